#include "plugins/auth_sql/schema.hpp"

#include <filesystem>
#include <vector>

#include "engine/core/file.hpp"
#include "plugins/auth_sql/connection.hpp"
#include "plugins/auth_sql/soci.hpp"

namespace zoe::plugins::auth_sql {
namespace {

constexpr int kApplicationId = 0x5A6F6541;  // "ZoeA"

// Version n is what the first n made. Two generations of the plugin may use one file at once, so a migration only adds:
// tables, indexes, columns with a default. Times are nanoseconds of UTC; roles those of abi/auth.h. AUTOINCREMENT keeps
// the number of something deleted from being given again.
const std::vector<std::vector<const char*>>& migrations() {
  static const std::vector<std::vector<const char*>> all = {
      {
          "create table users ("
          " id integer primary key autoincrement,"
          " name text not null,"
          " name_key text not null unique,"  // folded: names.hpp
          " password_hash text not null,"
          " role integer not null,"
          " is_disabled integer not null default 0,"
          " created_ns integer not null)",
      },
      {
          "create table sessions ("
          " id integer primary key autoincrement,"
          " user_id integer not null references users (id) on delete cascade,"
          " token_digest text not null unique,"  // secrets.hpp
          " client text not null,"
          " created_ns integer not null,"
          " last_used_ns integer not null,"
          " expires_ns integer not null)",
          "create index sessions_by_user on sessions (user_id)",
          "create index sessions_by_expiry on sessions (expires_ns)",
      },
      {
          "create table invites ("
          " id integer primary key autoincrement,"
          " code_digest text not null unique,"  // secrets.hpp
          " hint text not null,"
          " note text not null,"
          " role integer not null,"
          " uses_left integer not null,"
          " created_ns integer not null,"
          " expires_ns integer not null)",
      },
  };
  return all;
}

int newest_version() { return static_cast<int>(migrations().size()); }

int read_number(soci::session& sql, const char* query) {
  int number = 0;
  sql << query, soci::into(number);
  return number;
}

// A consistent copy, by a connection of its own: VACUUM does not run inside the transaction that holds the lock.
Status back_up(const std::string& path, int version) {
  const std::string target = path + ".before-version-" + std::to_string(version);
  const std::string unfinished = target + ".part";
  ZOE_CHECK(write_file_atomic(unfinished, {}, 0600));  // empty, and private from the start: it will hold hashes
  *open_connection(path, Access::kWrite) << "vacuum into :file", soci::use(unfinished);
  std::filesystem::rename(unfinished, target);
  return {};
}

}  // namespace

Status check_schema(soci::session& sql, const std::string& path) {
  const int version = read_number(sql, "pragma user_version");
  const int application = read_number(sql, "pragma application_id");
  if (application != kApplicationId && (version != 0 || read_number(sql, "select count(*) from sqlite_master") != 0)) {
    return fail(Errc::kConflict,
                path + " is no account database of Zoetrope: move it away, or choose another data folder");
  }
  if (version > newest_version()) {
    return fail(Errc::kUnsupported, "the account database " + path + " is of version " + std::to_string(version) +
                                        ", and this plugin knows up to " + std::to_string(newest_version()) +
                                        ": install the newer plugin again, or restore the backup beside the file");
  }
  std::string verdict;
  sql << "pragma quick_check(1)", soci::into(verdict);
  if (verdict != "ok") {
    return fail(Errc::kMalformed, "the account database " + path + " is damaged (" + verdict +
                                      "): restore it from a backup, or move it away to begin without accounts");
  }
  return {};
}

Status migrate_schema(soci::session& sql, const std::string& path) {
  const int version = read_number(sql, "pragma user_version");
  if (version >= newest_version()) return {};
  if (version > 0) ZOE_CHECK(back_up(path, newest_version()));
  for (int next = version; next < newest_version(); ++next)
    for (const char* statement : migrations()[static_cast<std::size_t>(next)]) sql << statement;
  sql << "pragma application_id = " << kApplicationId;
  sql << "pragma user_version = " << newest_version();
  return {};
}

}  // namespace zoe::plugins::auth_sql
