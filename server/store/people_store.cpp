#include "server/store/people_store.hpp"

#include <bit>

#include "server/store/database.hpp"
#include "server/store/soci.hpp"

namespace zoe::server {
namespace {

long long stored(std::uint64_t user_id) { return std::bit_cast<long long>(user_id); }

constexpr const char* kColumns = "select id, provider, user_id, name from people ";

struct Row {
  long long id = 0;
  std::string provider;
  long long user_id = 0;
  std::string name;

  Person person() const { return {id, {provider, std::bit_cast<std::uint64_t>(user_id)}, name}; }
};

}  // namespace

Result<PersonId> PeopleStore::enter(const AccountKey& account, const std::string& name, std::int64_t now_utc_ns) {
  ZOE_CHECK(check_text(account.provider, "the provider"));
  ZOE_CHECK(check_text(name, "the name"));
  ZOE_TRY(const std::optional<Person> known, find(account));
  if (known && known->name == name) return known->id;
  return database_.write_value([&](soci::session& sql) -> Result<PersonId> {
    const long long user = stored(account.user_id);
    const long long now = now_utc_ns;
    long long id = 0;
    sql << "insert into people (provider, user_id, name, created_ns) values (:provider, :user, :name, :now) "
           "on conflict (provider, user_id) do update set name = excluded.name returning id",
        soci::use(account.provider), soci::use(user), soci::use(name), soci::use(now), soci::into(id);
    return PersonId{id};
  });
}

Result<std::optional<Person>> PeopleStore::find(const AccountKey& account) {
  return database_.read_value([&](soci::session& sql) -> Result<std::optional<Person>> {
    Row row;
    const long long user = stored(account.user_id);
    sql << kColumns << "where provider = :provider and user_id = :user", soci::use(account.provider), soci::use(user),
        soci::into(row.id), soci::into(row.provider), soci::into(row.user_id), soci::into(row.name);
    return sql.got_data() ? std::optional(row.person()) : std::nullopt;
  });
}

Result<std::optional<Person>> PeopleStore::find_named(const std::string& provider, const std::string& name) {
  ZOE_CHECK(check_text(name, "the name"));
  return database_.read_value([&](soci::session& sql) -> Result<std::optional<Person>> {
    Row row;
    sql << kColumns << "where provider = :provider and name = :name and is_leaving = 0 order by id limit 1",
        soci::use(provider), soci::use(name), soci::into(row.id), soci::into(row.provider), soci::into(row.user_id),
        soci::into(row.name);
    return sql.got_data() ? std::optional(row.person()) : std::nullopt;
  });
}

Result<std::vector<Person>> PeopleStore::list() {
  return database_.read_value([&](soci::session& sql) -> Result<std::vector<Person>> {
    std::vector<Person> people;
    Row row;
    soci::statement statement = (sql.prepare << kColumns << "order by id", soci::into(row.id), soci::into(row.provider),
                                 soci::into(row.user_id), soci::into(row.name));
    statement.execute();
    while (statement.fetch()) people.push_back(row.person());
    return people;
  });
}

Status PeopleStore::mark_leaving(const AccountKey& account) {
  return database_.write([&](soci::session& sql) -> Status {
    const long long user = stored(account.user_id);
    sql << "update people set is_leaving = 1 where provider = :provider and user_id = :user",
        soci::use(account.provider), soci::use(user);
    return {};
  });
}

Status PeopleStore::unmark_leaving(const AccountKey& account) {
  return database_.write([&](soci::session& sql) -> Status {
    const long long user = stored(account.user_id);
    sql << "update people set is_leaving = 0 where provider = :provider and user_id = :user",
        soci::use(account.provider), soci::use(user);
    return {};
  });
}

Result<std::vector<AccountKey>> PeopleStore::leaving() {
  return database_.read_value([&](soci::session& sql) -> Result<std::vector<AccountKey>> {
    std::vector<AccountKey> accounts;
    std::string provider;
    long long user = 0;
    soci::statement statement = (sql.prepare << "select provider, user_id from people where is_leaving = 1 order by id",
                                 soci::into(provider), soci::into(user));
    statement.execute();
    while (statement.fetch()) accounts.push_back({provider, std::bit_cast<std::uint64_t>(user)});
    return accounts;
  });
}

// What is the person's hangs on the row and goes with it.
Status PeopleStore::forget(const AccountKey& account) {
  return database_.write([&](soci::session& sql) -> Status {
    const long long user = stored(account.user_id);
    sql << "delete from access_members where provider = :provider and user_id = :user", soci::use(account.provider),
        soci::use(user);
    sql << "delete from people where provider = :provider and user_id = :user", soci::use(account.provider),
        soci::use(user);
    return {};
  });
}

}  // namespace zoe::server
