#include "server/store/schema.hpp"

#include <filesystem>

#include "engine/core/file.hpp"
#include "server/store/soci.hpp"

namespace zoe::server {
namespace {

constexpr const char* kVersionTable = "zoetrope_schema";

// Times are nanoseconds of UTC, positions microseconds of media time. `user_id` holds the 64 bits of an unsigned
// number. Two versions of the server may use one database for a while (an update), so a migration only adds.
std::vector<Migration> make_migrations() {
  return {
      {
          "create table people ("
          " id {id},"
          " provider text not null,"
          " user_id bigint not null,"
          " name text not null,"
          " is_leaving integer not null default 0,"
          " created_ns bigint not null,"
          " unique (provider, user_id))",

          "create table progress ("
          " person bigint not null references people (id) on delete cascade,"
          " media text not null,"
          " title text not null,"
          " position_us bigint not null,"
          " duration_us bigint not null,"
          " is_watched integer not null,"
          " updated_ns bigint not null,"
          " primary key (person, media))",
          "create index progress_recent on progress (person, updated_ns)",

          "create table viewings ("
          " id {id},"
          " person bigint not null references people (id) on delete cascade,"
          " media text not null,"
          " title text not null,"
          " client text not null,"
          " began_ns bigint not null,"
          " ended_ns bigint not null,"
          " from_us bigint not null,"
          " to_us bigint not null,"
          " duration_us bigint not null)",
          "create index viewings_recent on viewings (person, ended_ns)",
          "create index viewings_sitting on viewings (person, media, client, ended_ns)",

          "create table favourites ("
          " person bigint not null references people (id) on delete cascade,"
          " media text not null,"
          " title text not null,"
          " added_ns bigint not null,"
          " primary key (person, media))",

          "create table ratings ("
          " person bigint not null references people (id) on delete cascade,"
          " media text not null,"
          " title text not null,"
          " stars integer not null,"
          " rated_ns bigint not null,"
          " primary key (person, media))",

          "create table playlists ("
          " id {id},"
          " owner bigint not null references people (id) on delete cascade,"
          " name text not null,"
          " sharing integer not null,"
          " revision bigint not null,"
          " updated_ns bigint not null,"
          " unique (owner, name))",
          "create table playlist_entries ("
          " id {id},"
          " playlist bigint not null references playlists (id) on delete cascade,"
          " place bigint not null,"
          " media text not null,"
          " title text not null)",
          "create index playlist_entries_in_order on playlist_entries (playlist, place)",
          "create table playlist_shares ("
          " playlist bigint not null references playlists (id) on delete cascade,"
          " person bigint not null references people (id) on delete cascade,"
          " may_edit integer not null,"
          " primary key (playlist, person))",
          "create index playlist_shares_by_person on playlist_shares (person)",

          "create table settings ("
          " person bigint not null references people (id) on delete cascade,"
          " name text not null,"
          " value text not null,"
          " updated_ns bigint not null,"
          " primary key (person, name))",

          "create table roots ("
          " name text primary key,"
          " policy integer not null)",
          "create table access_groups ("
          " id {id},"
          " name text not null unique)",
          "create table access_members ("
          " group_id bigint not null references access_groups (id) on delete cascade,"
          " provider text not null,"
          " user_id bigint not null,"
          " primary key (group_id, provider, user_id))",
          "create table access_roots ("
          " root text not null references roots (name) on delete cascade,"
          " group_id bigint not null references access_groups (id) on delete cascade,"
          " primary key (root, group_id))",

          "create table audit ("
          " id {id},"
          " at_ns bigint not null,"
          " actor text not null,"
          " action text not null,"
          " subject text not null,"
          " address text not null,"
          " is_ok integer not null,"
          " detail text not null)",
      },
      {
          "create table rooms ("
          " id text primary key,"
          " owner bigint not null references people (id) on delete cascade,"
          " name text not null,"
          " code text not null unique,"
          " is_private integer not null,"
          " policy integer not null,"
          " patience integer not null,"
          " owner_leaves integer not null,"
          " entry bigint not null,"
          " position_us bigint not null,"
          " rate text not null,"
          " is_paused integer not null,"
          " at_ns bigint not null,"
          " used_ns bigint not null)",
          "create table room_entries ("
          " room text not null references rooms (id) on delete cascade,"
          " place bigint not null,"
          " media text not null,"
          " title text not null,"
          " duration_us bigint not null,"
          " frame_us bigint not null,"
          " primary key (room, place))",
          "create table room_named ("
          " room text not null references rooms (id) on delete cascade,"
          " provider text not null,"
          " user_id bigint not null,"
          " primary key (room, provider, user_id))",
          "create table room_messages ("
          " room text not null references rooms (id) on delete cascade,"
          " message bigint not null,"
          " at_ns bigint not null,"
          " name text not null,"
          " text text not null,"
          " primary key (room, message))",
      },
      {
          "create table analyses ("
          " id {id},"
          " job text not null unique,"
          " media text not null,"
          " media_version text not null,"
          " title text not null,"
          " analyser text not null,"
          " name text not null,"
          " analyser_version text not null,"
          " parameters text not null,"
          " person bigint references people (id) on delete set null,"
          " created_ns bigint not null,"
          " state integer not null,"
          " fraction_ppm bigint not null,"
          " message text not null,"
          " error text not null,"
          " analysed_us bigint not null,"
          " points bigint not null,"
          " events bigint not null,"
          " samples bigint not null,"
          " summary text not null,"
          " started_ns bigint not null,"
          " ended_ns bigint not null)",
          "create index analyses_of_media on analyses (media, id)",
          "create index analyses_by_state on analyses (state, id)",
          "create index analyses_by_person on analyses (person)",
      },
      {
          "create table notes ("
          " id {id},"
          " media text not null,"
          " time_us bigint not null,"
          " room text not null,"
          " person bigint references people (id) on delete cascade,"
          " name text not null,"
          " shape text not null,"
          " created_ns bigint not null)",
          "create index notes_of_media on notes (media, time_us, id)",
          "create index notes_by_person on notes (person)",
          "alter table rooms add column drawing integer not null default 1",
      },
      {
          "create table channels ("
          " id {id},"
          " name text not null,"
          " begins_ns bigint not null)",
          "create table channel_items ("
          " channel bigint not null references channels (id) on delete cascade,"
          " place bigint not null,"
          " media text not null,"
          " duration_us bigint not null,"
          " primary key (channel, place))",
      },
  };
}

std::string in_dialect(std::string statement, Dialect dialect) {
  const std::string id = dialect == Dialect::kSqlite ? "integer primary key autoincrement"
                                                     : "bigint generated by default as identity primary key";
  for (auto at = statement.find("{id}"); at != std::string::npos; at = statement.find("{id}"))
    statement.replace(at, 4, id);
  return statement;
}

long long count_of(soci::session& sql, const std::string& query) {
  long long count = 0;
  sql << query, soci::into(count);
  return count;
}

std::string tables_of(Dialect dialect) {
  return dialect == Dialect::kSqlite ? "select count(*) from sqlite_master where type = 'table'"
                                     : "select count(*) from information_schema.tables where table_schema = "
                                       "current_schema()";
}

// 0: an empty database.
Result<int> version_of(soci::session& sql, const DatabaseLocation& location) {
  const std::string name_column = location.dialect == Dialect::kSqlite ? "name" : "table_name";
  if (count_of(sql, tables_of(location.dialect)) == 0) return 0;
  if (count_of(sql, tables_of(location.dialect) + " and " + name_column + " = '" + kVersionTable + "'") == 0)
    return fail(Errc::kConflict, "the database " + location.shown +
                                     " holds something that is not Zoetrope's: name another one with --database");
  long long version = 0;
  sql << "select version from " << kVersionTable, soci::into(version);
  return static_cast<int>(version);
}

Status check_version(int version, std::size_t newest, const DatabaseLocation& location) {
  if (version <= static_cast<int>(newest)) return {};
  return fail(Errc::kUnsupported, "the database " + location.shown + " is of version " + std::to_string(version) +
                                      ", and this server knows up to " + std::to_string(newest) +
                                      ": install the newer server again, or restore the backup of before");
}

// A consistent copy; the file is private from the start.
Status back_up(Database& database, std::size_t newest) {
  const std::string target = database.location().target + ".before-version-" + std::to_string(newest);
  const std::string unfinished = target + ".part";
  ZOE_CHECK(write_file_atomic(unfinished, {}, 0600));
  return catch_to_result("back up " + database.location().shown, [&]() -> Status {
    soci::session sql(*soci::factory_sqlite3(), "dbname=\"" + database.location().target + "\"");
    sql << "vacuum into :file", soci::use(unfinished);
    std::filesystem::rename(unfinished, target);
    return {};
  });
}

Status check_sound(soci::session& sql, const DatabaseLocation& location) {
  if (location.dialect != Dialect::kSqlite) return {};
  std::string verdict;
  sql << "pragma quick_check(1)", soci::into(verdict);
  if (verdict == "ok") return {};
  return fail(Errc::kMalformed, "the database " + location.shown + " is damaged (" + verdict +
                                    "): restore it from a backup, or move it away to begin without history");
}

}  // namespace

const std::vector<Migration>& migrations() {
  static const std::vector<Migration> all = make_migrations();
  return all;
}

Status migrate(Database& database, const std::vector<Migration>& all) {
  const DatabaseLocation& location = database.location();
  ZOE_TRY(const int found, database.write_value([&](soci::session& sql) -> Result<int> {
    ZOE_TRY(const int version, version_of(sql, location));
    ZOE_CHECK(check_version(version, all.size(), location));
    ZOE_CHECK(check_sound(sql, location));
    return version;
  }));
  if (found == static_cast<int>(all.size())) return {};
  if (found > 0 && location.dialect == Dialect::kSqlite) ZOE_CHECK(back_up(database, all.size()));
  return database.write([&](soci::session& sql) -> Status {
    // SQLite's write lock is taken already.
    if (location.dialect == Dialect::kPostgres) sql << "select pg_advisory_xact_lock(1516200559)";
    ZOE_TRY(const int version, version_of(sql, location));  // another server may have been faster
    ZOE_CHECK(check_version(version, all.size(), location));
    if (version == 0) {
      sql << "create table " << kVersionTable << " (version integer not null)";
      sql << "insert into " << kVersionTable << " (version) values (0)";
    }
    for (std::size_t next = static_cast<std::size_t>(version); next < all.size(); ++next)
      for (const std::string& statement : all[next]) sql << in_dialect(statement, location.dialect);
    sql << "update " << kVersionTable << " set version = " << all.size();
    return {};
  });
}

}  // namespace zoe::server
