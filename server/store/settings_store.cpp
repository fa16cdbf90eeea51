#include "server/store/settings_store.hpp"

#include <fmt/format.h>

#include "server/store/database.hpp"
#include "server/store/soci.hpp"

namespace zoe::server {
namespace {

constexpr std::size_t kMostKeyBytes = 64;
constexpr std::size_t kMostValueBytes = 4096;

}  // namespace

Result<std::vector<PersonalSetting>> SettingsStore::all(PersonId person) {
  return database_.read_value([&](soci::session& sql) -> Result<std::vector<PersonalSetting>> {
    const long long id = person;
    PersonalSetting row;
    long long updated = 0;
    soci::statement statement =
        (sql.prepare << "select name, value, updated_ns from settings where person = :person order by name",
         soci::use(id), soci::into(row.key), soci::into(row.json), soci::into(updated));
    std::vector<PersonalSetting> settings;
    statement.execute();
    while (statement.fetch()) settings.push_back({row.key, row.json, updated});
    return settings;
  });
}

Status SettingsStore::put(PersonId person, const PersonalSetting& setting) {
  ZOE_CHECK(check_text(setting.key, "the setting's key"));
  ZOE_CHECK(check_text(setting.json, "the setting's value"));
  if (setting.key.empty() || setting.key.size() > kMostKeyBytes)
    return fail(Errc::kInvalidArgument, fmt::format("a setting's key has 1 to {} bytes", kMostKeyBytes));
  if (setting.json.size() > kMostValueBytes)
    return fail(Errc::kTooLarge, fmt::format("a setting's value has at most {} bytes as JSON", kMostValueBytes));
  return database_.write([&](soci::session& sql) -> Status {
    const long long id = person;
    const long long updated = setting.updated_utc_ns;
    long long others = 0;
    sql << "select count(*) from settings where person = :person and name <> :name", soci::use(id),
        soci::use(setting.key), soci::into(others);
    if (others >= static_cast<long long>(kMostSettings))
      return fail(Errc::kTooLarge, fmt::format("a person keeps at most {} settings", kMostSettings));
    sql << "insert into settings (person, name, value, updated_ns) values (:person, :name, :value, :updated) "
           "on conflict (person, name) do update set value = excluded.value, updated_ns = excluded.updated_ns "
           "where settings.updated_ns <= excluded.updated_ns",
        soci::use(id), soci::use(setting.key), soci::use(setting.json), soci::use(updated);
    return {};
  });
}

Status SettingsStore::remove(PersonId person, const std::string& key) {
  ZOE_CHECK(check_text(key, "the setting's key"));
  return database_.write([&](soci::session& sql) -> Status {
    const long long id = person;
    sql << "delete from settings where person = :person and name = :name", soci::use(id), soci::use(key);
    return {};
  });
}

}  // namespace zoe::server
