#include "plugins/auth_sql/users.hpp"

#include "engine/plugin/sdk/status.hpp"
#include "plugins/auth_sql/soci.hpp"

namespace zoe::plugins::auth_sql {
namespace {

// What SOCI reads an INTEGER column into without loss.
using Number = long long;

constexpr const char* kColumns = "select id, name, name_key, password_hash, role, is_disabled from users where ";

template <typename Key>
std::optional<User> find_by(soci::session& sql, const char* condition, const Key& key) {
  User user;
  Number id = 0;
  int role = 0;
  int is_disabled = 0;
  sql << kColumns << condition, soci::use(key, "key"), soci::into(id), soci::into(user.name), soci::into(user.name_key),
      soci::into(user.password_hash), soci::into(role), soci::into(is_disabled);
  if (!sql.got_data()) return std::nullopt;
  user.id = static_cast<std::uint64_t>(id);
  user.role = static_cast<std::uint32_t>(role);
  user.is_disabled = is_disabled != 0;
  return user;
}

std::int64_t count(soci::session& sql, const char* what) {
  Number number = 0;
  sql << "select count(*) from " << what, soci::into(number);
  return number;
}

}  // namespace

std::optional<User> find_user(soci::session& sql, const std::string& name_key) {
  return find_by(sql, "name_key = :key", name_key);
}

std::optional<User> find_user(soci::session& sql, std::uint64_t id) {
  return find_by(sql, "id = :key", static_cast<Number>(id));
}

std::int64_t count_users(soci::session& sql) { return count(sql, "users"); }

std::int64_t count_admins(soci::session& sql) {
  static_assert(ZOE_ROLE_ADMIN == 3);
  return count(sql, "users where role = 3 and is_disabled = 0");
}

std::uint64_t insert_user(soci::session& sql, const NewUser& user) {
  const int role = static_cast<int>(user.role);
  const Number created_ns = user.now_ns;
  sql << "insert into users (name, name_key, password_hash, role, created_ns)"
         " values (:name, :key, :hash, :role, :created)",
      soci::use(user.name.shown), soci::use(user.name.key), soci::use(user.password_hash), soci::use(role),
      soci::use(created_ns);
  Number id = 0;
  sql << "select last_insert_rowid()", soci::into(id);
  return static_cast<std::uint64_t>(id);
}

void delete_user_row(soci::session& sql, std::uint64_t id) {
  const auto key = static_cast<Number>(id);
  sql << "delete from users where id = :id", soci::use(key);
}

void set_user_role(soci::session& sql, std::uint64_t id, std::uint32_t role) {
  const int value = static_cast<int>(role);
  const auto key = static_cast<Number>(id);
  sql << "update users set role = :role where id = :id", soci::use(value), soci::use(key);
}

void set_user_disabled(soci::session& sql, std::uint64_t id, bool is_disabled) {
  const int value = is_disabled ? 1 : 0;
  const auto key = static_cast<Number>(id);
  sql << "update users set is_disabled = :value where id = :id", soci::use(value), soci::use(key);
}

void set_user_password(soci::session& sql, std::uint64_t id, const std::string& password_hash) {
  const auto key = static_cast<Number>(id);
  sql << "update users set password_hash = :hash where id = :id", soci::use(password_hash), soci::use(key);
}

std::vector<zoe_user_info> list_all_users(soci::session& sql) {
  std::vector<zoe_user_info> all;
  Number id = 0;
  std::string name;
  int role = 0;
  int is_disabled = 0;
  Number created_ns = 0;
  soci::statement rows =
      (sql.prepare << "select id, name, role, is_disabled, created_ns from users order by id", soci::into(id),
       soci::into(name), soci::into(role), soci::into(is_disabled), soci::into(created_ns));
  rows.execute();
  while (rows.fetch()) {
    zoe_user_info info{};
    info.struct_size = sizeof info;
    info.role = static_cast<std::uint32_t>(role);
    info.user_id = static_cast<std::uint64_t>(id);
    info.created_utc_ns = created_ns;
    info.is_disabled = is_disabled;
    sdk::copy_text(info.name, name);
    all.push_back(info);
  }
  return all;
}

}  // namespace zoe::plugins::auth_sql
