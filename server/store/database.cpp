#include "server/store/database.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <thread>

#include <libpq-fe.h>

#include "server/library/utf8_text.hpp"
#include "server/store/soci.hpp"

namespace zoe::server {
namespace {

constexpr std::chrono::seconds kLongestWait{10};
constexpr int kAttempts = 4;

bool is_postgres(std::string_view location) {
  return location.starts_with("postgresql://") || location.starts_with("postgres://");
}

// Without what stands between the user's name and the host.
std::string without_password(const std::string& uri) {
  const auto begin = uri.find("://") + 3;
  const auto at = uri.find('@', begin);
  const auto colon = uri.find(':', begin);
  if (at == std::string::npos || colon == std::string::npos || colon > at) return uri.substr(0, uri.find('?'));
  return (uri.substr(0, colon) + uri.substr(at)).substr(0, uri.substr(0, colon).size() + uri.substr(at).find('?'));
}

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

// "key=value …" of a URI: SOCI takes connection strings apart by itself, and knows no URIs and no quotes.
Result<std::string> postgres_string(const std::string& uri) {
  char* words = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(PQconninfoParse(uri.c_str(), &words));
  if (!options) {
    std::string why = words == nullptr ? "out of memory" : words;
    PQfreemem(words);
    while (!why.empty() && why.back() == '\n') why.pop_back();
    return fail(Errc::kInvalidArgument, "database.location: " + why);
  }
  std::string text;
  for (const PQconninfoOption* each = options.get(); each->keyword != nullptr; ++each) {
    if (each->val == nullptr || *each->val == '\0') continue;
    const std::string_view value = each->val;
    if (value.find_first_of(" \t\n'\"\\=") != std::string_view::npos)
      return fail(Errc::kInvalidArgument,
                  std::string("database.location: the ") + each->keyword +
                      " must not hold spaces, quotes, backslashes or '='; a password like that goes into the file "
                      "~/.pgpass or the variable PGPASSWORD");
    text += (text.empty() ? "" : " ") + std::string(each->keyword) + "=" + std::string(value);
  }
  return text;
}

// SOCI takes a text without '=' as the path, and else pairs whose values may be quoted but not escaped.
std::string sqlite_string(const std::string& path) {
  if (path.find('=') == std::string::npos) return path;
  return "dbname=\"" + path + "\"";
}

// The database's own words, without the name of SOCI's function before them and the statement behind them.
std::string words_of(const std::exception& thrown) {
  const auto* error = dynamic_cast<const soci::soci_error*>(&thrown);
  std::string words = error ? error->get_error_message() : thrown.what();
  const std::size_t end = words.find(": ");
  if (words.starts_with("sqlite3_") && end != std::string::npos) words = words.substr(end + 2);
  while (!words.empty() && (words.back() == '\n' || words.back() == ' ')) words.pop_back();
  return words;
}

// PostgreSQL's five letters, empty where there are none: the connection itself failed.
std::string sqlstate_of(const std::exception& thrown) {
  const auto* error = dynamic_cast<const soci::postgresql_soci_error*>(&thrown);
  if (error == nullptr) return {};
  const std::string state = error->sqlstate();
  return state.size() == 5 && std::isalnum(static_cast<unsigned char>(state[0])) != 0 ? state : std::string();
}

// SQLite's busy timeout does not hold here: another server that starts on the same file is met with "busy" at once.
void use_wal(soci::session& sql) {
  const auto deadline = std::chrono::steady_clock::now() + kLongestWait;
  for (;;) {
    try {
      sql << "pragma journal_mode = wal";
      return;
    } catch (const soci::sqlite3_soci_error& busy) {
      if ((busy.result() & 0xFF) != SQLITE_BUSY || std::chrono::steady_clock::now() >= deadline) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void roll_back(soci::session& sql) {
  try {
    sql << "rollback";
  } catch (const std::exception&) {
    // Some failures end the transaction by themselves; then there is nothing to undo.
  }
}

}  // namespace

Result<DatabaseLocation> DatabaseLocation::parse(const std::string& location) {
  ZOE_CHECK(check_text(location, "database.location"));
  if (is_postgres(location)) {
    ZOE_TRY(std::string target, postgres_string(location));
    return DatabaseLocation{Dialect::kPostgres, std::move(target), without_password(location)};
  }
  if (!location.starts_with('/'))
    return fail(Errc::kInvalidArgument,
                "database.location \"" + location + "\": must be a file's absolute path or begin with postgresql://");
  if (location.find('=') != std::string::npos && location.find('"') != std::string::npos)
    return fail(Errc::kInvalidArgument,
                "database.location: a path with both '=' and '\"' cannot be opened; choose another");
  return DatabaseLocation{Dialect::kSqlite, location, location};
}

Database::Database(DatabaseLocation location, Log& log) : location_(std::move(location)), log_(log) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(DatabaseLocation location, std::size_t readers, Log& log) {
  std::unique_ptr<Database> database(new Database(std::move(location), log));
  try {
    auto writer = database->connect(Access::kWrite);
    const MutexLock lock(database->mutex_);
    database->writers_.push_back(std::move(writer));
    database->readers_.resize(std::max<std::size_t>(readers, 1));
  } catch (const std::exception& thrown) {
    return fail(database->explain(thrown));
  }
  return database;
}

std::unique_ptr<soci::session> Database::connect(Access access) const {
  if (location_.dialect == Dialect::kPostgres) {
    auto sql = std::make_unique<soci::session>(*soci::factory_postgresql(), location_.target);
    *sql << "set client_encoding to 'UTF8'";
    *sql << "set statement_timeout to 10000";
    *sql << "set lock_timeout to 10000";
    return sql;
  }
  auto sql = std::make_unique<soci::session>(*soci::factory_sqlite3(), sqlite_string(location_.target));
  if (is_read_only(*sql)) throw soci::sqlite3_soci_error("it is read-only", SQLITE_READONLY);
  *sql << "pragma busy_timeout = 10000";
  *sql << "pragma foreign_keys = on";
  if (access == Access::kRead) {
    *sql << "pragma query_only = on";
  } else {
    // What was acknowledged outlives a loss of power.
    *sql << "pragma synchronous = full";
    use_wal(*sql);
  }
  return sql;
}

Status Database::write(const Body& body) { return run(Access::kWrite, body); }
Status Database::read(const Body& body) { return run(Access::kRead, body); }

Status Database::attempt(Access access, soci::session& sql, const Body& body, bool& is_undecided) const {
  const bool is_sqlite = location_.dialect == Dialect::kSqlite;
  if (access == Access::kWrite)
    sql << (is_sqlite ? "begin immediate" : "begin");
  else
    sql << (is_sqlite ? "begin" : "begin isolation level repeatable read read only");
  try {
    const Status status = body(sql);
    if (!status) {
      roll_back(sql);
      return status;
    }
    is_undecided = access == Access::kWrite;
    sql << "commit";
    return {};
  } catch (...) {
    roll_back(sql);
    throw;
  }
}

Status Database::run(Access access, const Body& body) {
  for (int left = kAttempts - 1;; --left) {
    ZOE_TRY(std::unique_ptr<soci::session> sql, borrow(access));
    bool is_undecided = false;
    try {
      if (!sql) sql = connect(access);
      const Status status = attempt(access, *sql, body, is_undecided);
      give_back(access, std::move(sql));
      return status;
    } catch (const std::exception& thrown) {
      // A connection on which something failed is not used again; making one costs less than knowing what it is in.
      give_back(access, nullptr);
      if (is_undecided && sqlstate_of(thrown).empty() && location_.dialect == Dialect::kPostgres)
        return fail(Errc::kUnavailable, "the connection to the database " + location_.shown +
                                            " broke while a change was made: look whether it was, then try again");
      if (left > 0 && is_worth_another_try(thrown)) continue;
      const Error error = explain(thrown);
      log_.error("store", "{}", error.message);
      return fail(error);
    }
  }
}

// What another connection may do better: the old one is gone, or two transactions were in each other's way.
bool Database::is_worth_another_try(const std::exception& thrown) const {
  if (location_.dialect != Dialect::kPostgres || dynamic_cast<const soci::soci_error*>(&thrown) == nullptr)
    return false;
  const std::string state = sqlstate_of(thrown);
  return state.empty() || state == "40001" || state == "40P01" || state.starts_with("08") || state.starts_with("57P");
}

Error Database::explain(const std::exception& thrown) const {
  const std::string database = "the database " + location_.shown;
  const std::string words = words_of(thrown);
  if (location_.dialect == Dialect::kPostgres) {
    const std::string state = sqlstate_of(thrown);
    if (state.empty() || state.starts_with("08") || state.starts_with("57") || state.starts_with("55"))
      return {Errc::kUnavailable, database + " cannot be reached or is busy: " + words};
    if (state.starts_with("28") || state.starts_with("42501") || state == "3D000")
      return {Errc::kDenied, database + " does not let this server in: " + words};
    if (state.starts_with("53")) return {Errc::kIo, database + " has run out of something: " + words};
    return {Errc::kInternal, database + ": " + thrown.what()};
  }
  const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&thrown);
  switch (sqlite ? sqlite->result() & 0xFF : 0) {  // the low byte is the primary result code
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Errc::kUnavailable,
              database + " is held by another program: end that program's transaction, then try again"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Errc::kMalformed, database + " is damaged (" + words +
                                    "): restore it from a backup, or move it away to begin without history"};
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      return {Errc::kDenied, "cannot read and write " + database + " (" + words +
                                 "): give the user that runs the server write access to the file and to its folder"};
    case SQLITE_FULL:
      return {Errc::kIo, "no space is left on the disk of " + database};
    case SQLITE_NOMEM:
      return {Errc::kNoMemory, "no memory is left for " + database};
    case SQLITE_IOERR:
      return {Errc::kIo, "the disk of " + database + " fails: " + words};
    default:
      return {Errc::kInternal, database + ": " + thrown.what()};
  }
}

Result<std::unique_ptr<soci::session>> Database::borrow(Access access) {
  const auto deadline = std::chrono::steady_clock::now() + kLongestWait;
  const MutexLock lock(mutex_);
  auto& idle = access == Access::kWrite ? writers_ : readers_;
  bool is_in_time = true;
  while (idle.empty() && is_in_time) is_in_time = returned_.wait_until(mutex_, deadline);
  if (idle.empty()) return fail(Errc::kUnavailable, "the database is busy: try again in a moment");
  std::unique_ptr<soci::session> session = std::move(idle.back());
  idle.pop_back();
  return session;
}

void Database::give_back(Access access, std::unique_ptr<soci::session> session) {
  const MutexLock lock(mutex_);
  (access == Access::kWrite ? writers_ : readers_).push_back(std::move(session));
  returned_.notify_all();
}

Status check_text(std::string_view text, std::string_view what) {
  if (text.find('\0') != std::string_view::npos)
    return fail(Errc::kInvalidArgument, std::string(what) + ": must not hold a zero byte");
  if (!is_utf8(text)) return fail(Errc::kInvalidArgument, std::string(what) + ": must be UTF-8");
  return {};
}

}  // namespace zoe::server
