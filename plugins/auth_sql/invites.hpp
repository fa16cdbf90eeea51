// The table `invites`: codes with which somebody may register. All functions throw soci::soci_error, and are called
// inside Database::read or write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plugin/abi/auth.h"

namespace soci {
class session;
}

namespace zoe::plugins::auth_sql {

// That can be used at once; more are refused, so that a script gone wild fills no disk.
inline constexpr std::int64_t kMostInvites = 10'000;
inline constexpr std::uint32_t kMostUses = 1000;
inline constexpr std::size_t kLongestNoteBytes = 128;

struct NewInvite {
  std::string code_digest;
  std::string hint;
  std::string note;
  std::uint32_t role = 0;
  std::uint32_t uses = 0;
  std::int64_t now_ns = 0;
  std::int64_t expires_ns = 0;
};
std::uint64_t insert_invite(soci::session& sql, const NewInvite& invite);

std::int64_t count_invites(soci::session& sql, std::int64_t now_ns);

// The role that the code gives; nothing where there is none such, or it is used up or too old.
std::optional<std::uint32_t> find_invite(soci::session& sql, const std::string& code_digest, std::int64_t now_ns);

// Takes one use of it. False where there is none left.
bool use_invite(soci::session& sql, const std::string& code_digest, std::int64_t now_ns);

bool delete_invite(soci::session& sql, std::uint64_t id);

// What is used up or too old.
void delete_spent_invites(soci::session& sql, std::int64_t now_ns);

// Those that can be used, by id.
std::vector<zoe_invite_info> list_live_invites(soci::session& sql, std::int64_t now_ns);

}  // namespace zoe::plugins::auth_sql
