// The table `sessions`: who is logged in. All functions throw soci::soci_error, and are called inside Database::read or
// write.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/plugin/abi/auth.h"

namespace soci {
class session;
}

namespace zoe::plugins::auth_sql {

// A user who logs in more often loses the oldest.
inline constexpr int kMostSessionsOfUser = 1000;

// A session with what is needed of its user.
struct Session {
  std::uint64_t id = 0;
  std::uint64_t user_id = 0;
  std::int64_t expires_ns = 0;
  std::string user_name;
  std::uint32_t role = 0;
  bool is_disabled = false;
};

std::optional<Session> find_session(soci::session& sql, const std::string& token_digest);
std::optional<Session> find_session(soci::session& sql, std::uint64_t id);

struct NewSession {
  std::uint64_t user_id = 0;
  std::string token_digest;
  std::string client;
  std::int64_t now_ns = 0;
  std::int64_t expires_ns = 0;
};
std::uint64_t insert_session(soci::session& sql, const NewSession& session);

// False when the user has no such session.
bool delete_session(soci::session& sql, std::uint64_t user_id, std::uint64_t session_id);
void delete_sessions_but(soci::session& sql, std::uint64_t user_id, std::uint64_t kept_session_id);
void delete_expired_sessions(soci::session& sql, std::int64_t now_ns);

// Of each session id, when it was used last. Times only move forwards.
void update_last_used(soci::session& sql, const std::map<std::uint64_t, std::int64_t>& last_used_ns);

// Those of a user that have not expired, by id.
std::vector<zoe_session_info> list_sessions_of(soci::session& sql, std::uint64_t user_id, std::int64_t now_ns);

}  // namespace zoe::plugins::auth_sql
