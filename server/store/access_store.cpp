#include "server/store/access_store.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include <fmt/format.h>

#include "server/store/database.hpp"
#include "server/store/soci.hpp"

namespace zoe::server {
namespace {

constexpr std::size_t kMostNameBytes = 200;

Status check_name(const std::string& name) {
  ZOE_CHECK(check_text(name, "the group's name"));
  if (name.empty() || name.size() > kMostNameBytes)
    return fail(Errc::kInvalidArgument, fmt::format("a group's name has 1 to {} bytes", kMostNameBytes));
  return {};
}

Status check_is_free(soci::session& sql, const std::string& name, std::int64_t but) {
  const long long id = but;
  long long found = 0;
  sql << "select count(*) from access_groups where name = :name and id <> :id", soci::use(name), soci::use(id),
      soci::into(found);
  if (found > 0) return fail(Errc::kConflict, "there is a group \"" + name + "\" already: choose another name");
  return {};
}

Status check_group(soci::session& sql, std::int64_t group) {
  const long long id = group;
  long long found = 0;
  sql << "select count(*) from access_groups where id = :id", soci::use(id), soci::into(found);
  if (found == 0) return fail(Errc::kNotFound, fmt::format("there is no group {}", group));
  return {};
}

std::vector<Group> read_groups(soci::session& sql) {
  std::vector<Group> groups;
  std::map<long long, std::size_t> index;
  std::string name;
  long long id = 0;
  soci::statement names =
      (sql.prepare << "select id, name from access_groups order by name", soci::into(id), soci::into(name));
  names.execute();
  while (names.fetch()) {
    index[id] = groups.size();
    groups.push_back({id, name, {}});
  }
  std::string provider;
  long long user = 0;
  soci::statement members =
      (sql.prepare << "select group_id, provider, user_id from access_members order by group_id, provider, user_id",
       soci::into(id), soci::into(provider), soci::into(user));
  members.execute();
  while (members.fetch())
    if (const auto found = index.find(id); found != index.end())
      groups[found->second].members.push_back({provider, std::bit_cast<std::uint64_t>(user)});
  return groups;
}

std::vector<RootRule> read_roots(soci::session& sql) {
  std::vector<RootRule> roots;
  std::map<std::string, std::size_t> index;
  std::string name;
  int policy = 0;
  soci::statement names =
      (sql.prepare << "select name, policy from roots order by name", soci::into(name), soci::into(policy));
  names.execute();
  while (names.fetch()) {
    index[name] = roots.size();
    // What is not known to be open is not.
    roots.push_back(
        {name, policy == static_cast<int>(RootPolicy::kEveryone) ? RootPolicy::kEveryone : RootPolicy::kGroups, {}});
  }
  long long group = 0;
  soci::statement groups = (sql.prepare << "select root, group_id from access_roots order by root, group_id",
                            soci::into(name), soci::into(group));
  groups.execute();
  while (groups.fetch())
    if (const auto found = index.find(name); found != index.end()) roots[found->second].groups.push_back(group);
  return roots;
}

void insert_root(soci::session& sql, const std::string& root, RootPolicy policy) {
  const int number = static_cast<int>(policy);
  sql << "insert into roots (name, policy) values (:name, :policy) "
         "on conflict (name) do update set policy = excluded.policy",
      soci::use(root), soci::use(number);
}

}  // namespace

Result<AccessRules> AccessStore::rules() {
  return database_.read_value([&](soci::session& sql) -> Result<AccessRules> {
    return AccessRules{read_groups(sql), read_roots(sql)};
  });
}

Result<std::vector<std::string>> AccessStore::enter_roots(const std::vector<std::string>& roots) {
  for (const std::string& each : roots) ZOE_CHECK(check_text(each, "the name of a root"));
  return database_.write_value([&](soci::session& sql) -> Result<std::vector<std::string>> {
    std::set<std::string> known;
    bool is_closed_one_gone = false;
    for (const RootRule& each : read_roots(sql)) {
      known.insert(each.root);
      const bool is_configured = std::find(roots.begin(), roots.end(), each.root) != roots.end();
      is_closed_one_gone = is_closed_one_gone || (!is_configured && each.policy == RootPolicy::kGroups);
    }
    std::vector<std::string> closed;
    for (const std::string& each : roots) {
      if (!known.insert(each).second) continue;
      insert_root(sql, each, is_closed_one_gone ? RootPolicy::kGroups : RootPolicy::kEveryone);
      if (is_closed_one_gone) closed.push_back(each);
    }
    return closed;
  });
}

Result<std::int64_t> AccessStore::create_group(const std::string& name) {
  ZOE_CHECK(check_name(name));
  return database_.write_value([&](soci::session& sql) -> Result<std::int64_t> {
    ZOE_CHECK(check_is_free(sql, name, 0));
    long long id = 0;
    sql << "insert into access_groups (name) values (:name) returning id", soci::use(name), soci::into(id);
    return std::int64_t{id};
  });
}

Status AccessStore::rename_group(std::int64_t group, const std::string& name) {
  ZOE_CHECK(check_name(name));
  return database_.write([&](soci::session& sql) -> Status {
    ZOE_CHECK(check_group(sql, group));
    ZOE_CHECK(check_is_free(sql, name, group));
    const long long id = group;
    sql << "update access_groups set name = :name where id = :id", soci::use(name), soci::use(id);
    return {};
  });
}

Status AccessStore::delete_group(std::int64_t group) {
  return database_.write([&](soci::session& sql) -> Status {
    ZOE_CHECK(check_group(sql, group));
    const long long id = group;
    sql << "delete from access_groups where id = :id", soci::use(id);
    return {};
  });
}

Status AccessStore::set_members(std::int64_t group, const std::vector<AccountKey>& members) {
  for (const AccountKey& each : members) ZOE_CHECK(check_text(each.provider, "the provider"));
  return database_.write([&](soci::session& sql) -> Status {
    ZOE_CHECK(check_group(sql, group));
    const long long id = group;
    sql << "delete from access_members where group_id = :id", soci::use(id);
    for (const AccountKey& each : std::set<AccountKey>(members.begin(), members.end())) {
      const auto user = std::bit_cast<long long>(each.user_id);
      sql << "insert into access_members (group_id, provider, user_id) values (:id, :provider, :user)", soci::use(id),
          soci::use(each.provider), soci::use(user);
    }
    return {};
  });
}

Status AccessStore::set_root(const RootRule& access) {
  ZOE_CHECK(check_text(access.root, "the name of a root"));
  return database_.write([&](soci::session& sql) -> Status {
    long long found = 0;
    sql << "select count(*) from roots where name = :root", soci::use(access.root), soci::into(found);
    if (found == 0) return fail(Errc::kNotFound, "there is no root \"" + access.root + "\"");
    insert_root(sql, access.root, access.policy);
    sql << "delete from access_roots where root = :root", soci::use(access.root);
    if (access.policy == RootPolicy::kEveryone) return {};
    for (const std::int64_t group : std::set<std::int64_t>(access.groups.begin(), access.groups.end())) {
      ZOE_CHECK(check_group(sql, group));
      const long long id = group;
      sql << "insert into access_roots (root, group_id) values (:root, :id)", soci::use(access.root), soci::use(id);
    }
    return {};
  });
}

}  // namespace zoe::server
