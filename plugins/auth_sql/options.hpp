// The settings of [plugins.auth_sql]:
//
//   registration        "open", "invite" or "closed"                                        "open"
//   token_days          from log-in to the end of the session, 0.01 to 3650                 30
//   hash_operations     Argon2id's passes over its memory, 1 to 64                          2
//   hash_memory_kib     Argon2id's memory, 8 to 1048576; existing passwords take up a
//                       changed cost at their next log-in                                   65536
//   concurrent_hashes   passwords that are hashed at once, 1 to 64: each takes a core and
//                       the memory above                                                    2
//   most_users          accounts that may be made, 1 to 1000000000                          100000
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/plugin/sdk/settings.hpp"

namespace zoe::plugins::auth_sql {

// Who may make an account. While there is no administrator, whoever has the one-time admin code may, whatever this
// says. Invites count unless it is closed.
enum class RegistrationPolicy {
  kOpen,    // everyone
  kInvite,  // who has the code of an invite (invites.hpp)
  kClosed,  // nobody
};

struct HashCost {
  std::uint64_t operations = 0;
  std::size_t memory_bytes = 0;
};

struct Options {
  RegistrationPolicy registration = RegistrationPolicy::kOpen;
  std::int64_t token_lifetime_ns = 0;  // from log-in to expiry
  HashCost hash_cost;
  std::size_t concurrent_hashes = 0;
  std::int64_t most_users = 0;

  // kInvalidArgument naming the setting and what it may be.
  static Result<Options> read(const sdk::Settings& settings);
};

}  // namespace zoe::plugins::auth_sql
