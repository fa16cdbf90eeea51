// The connections of the store: one that writes, some that read, to SQLite or PostgreSQL.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/log.hpp"
#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"

namespace soci {
class session;
}

namespace zoe::server {

enum class Dialect { kSqlite = 1, kPostgres };

// Where the data lie, taken apart.
struct DatabaseLocation {
  Dialect dialect = Dialect::kSqlite;
  std::string target;  // a file's absolute path, or libpq's connection string
  std::string shown;   // for people: without a password

  // kInvalidArgument for what is neither an absolute path nor "postgresql://…".
  static Result<DatabaseLocation> parse(const std::string& location);
};

// Thread-safe. Every function blocks for the database and for other callers, ten seconds at most.
//
// Nobody meets "database is locked": one connection writes, behind a lock of ours, and its transactions take SQLite's
// write lock when they begin. A connection that PostgreSQL has closed is opened again, and what it was to do is done
// anew where it certainly was not done.
class Database {
 public:
  using Body = std::function<Status(soci::session& sql)>;

  // Connects; the schema is the affair of schema.hpp.
  static Result<std::unique_ptr<Database>> open(DatabaseLocation location, std::size_t readers, Log& log);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs `body` in a transaction, which is undone when it returns an Error or throws; success is durable.
  Status write(const Body& body);
  // The same for what returns a value: `body` is given the connection and returns a Result.
  template <typename Value>
  auto write_value(Value&& body) -> decltype(body(std::declval<soci::session&>())) {
    return run_value(std::forward<Value>(body), [this](const Body& inner) { return write(inner); });
  }

  // Runs `body` on one state of the data, which it cannot change.
  Status read(const Body& body);
  template <typename Value>
  auto read_value(Value&& body) -> decltype(body(std::declval<soci::session&>())) {
    return run_value(std::forward<Value>(body), [this](const Body& inner) { return read(inner); });
  }

  const DatabaseLocation& location() const { return location_; }
  Dialect dialect() const { return location_.dialect; }

 private:
  enum class Access { kRead, kWrite };

  Database(DatabaseLocation location, Log& log);

  template <typename Value, typename Run>
  static auto run_value(Value&& body, Run&& run) -> decltype(body(std::declval<soci::session&>())) {
    decltype(body(std::declval<soci::session&>())) result = fail(Errc::kInternal, "nothing was asked");
    ZOE_CHECK(run([&](soci::session& sql) -> Status {
      result = body(sql);
      if (!result) return fail(result.error());
      return {};
    }));
    return result;
  }

  std::unique_ptr<soci::session> connect(Access access) const;
  Status run(Access access, const Body& body);
  Status attempt(Access access, soci::session& sql, const Body& body, bool& is_undecided) const;
  Error explain(const std::exception& thrown) const;
  bool is_worth_another_try(const std::exception& thrown) const;

  Result<std::unique_ptr<soci::session>> borrow(Access access);
  void give_back(Access access, std::unique_ptr<soci::session> session);

  const DatabaseLocation location_;
  Log& log_;
  Mutex mutex_;
  CondVar returned_;
  // Null: to be connected by who takes it.
  std::vector<std::unique_ptr<soci::session>> writers_ ZOE_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<soci::session>> readers_ ZOE_GUARDED_BY(mutex_);
};

// kInvalidArgument for a text that not every database holds: one with a zero byte, or that is no UTF-8. `what` names
// it.
Status check_text(std::string_view text, std::string_view what);

}  // namespace zoe::server
