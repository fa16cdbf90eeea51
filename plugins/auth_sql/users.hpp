// The table `users`. All functions throw soci::soci_error, and are called inside Database::read or write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/plugin/abi/auth.h"
#include "plugins/auth_sql/names.hpp"

namespace soci {
class session;
}

namespace zoe::plugins::auth_sql {

struct User {
  std::uint64_t id = 0;
  std::string name;
  std::string name_key;
  std::string password_hash;
  std::uint32_t role = 0;  // ZOE_ROLE_...
  bool is_disabled = false;
};

std::optional<User> find_user(soci::session& sql, const std::string& name_key);
std::optional<User> find_user(soci::session& sql, std::uint64_t id);

std::int64_t count_users(soci::session& sql);

// Those who can act as one: not disabled. Once there is one, there always is: `set_role` and `set_disabled` of the
// plugin see to that.
std::int64_t count_admins(soci::session& sql);

struct NewUser {
  Name name;
  std::string password_hash;
  std::uint32_t role = 0;
  std::int64_t now_ns = 0;
};
std::uint64_t insert_user(soci::session& sql, const NewUser& user);

// With all that hangs on it.
void delete_user_row(soci::session& sql, std::uint64_t id);

void set_user_role(soci::session& sql, std::uint64_t id, std::uint32_t role);
void set_user_disabled(soci::session& sql, std::uint64_t id, bool is_disabled);
void set_user_password(soci::session& sql, std::uint64_t id, const std::string& password_hash);

// All, by id.
std::vector<zoe_user_info> list_all_users(soci::session& sql);

}  // namespace zoe::plugins::auth_sql
