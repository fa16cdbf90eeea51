// One SQLite file: one connection that writes, a few that read.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "engine/core/result.hpp"
#include "engine/plugin/sdk/host.hpp"

namespace soci {
class session;
}

namespace zoe::plugins::auth_sql {

class SessionPool;

// Thread-safe once open. The file is in WAL mode, so readers and the writer do not wait for each other; writers wait
// their turn here, and up to five seconds for another process.
//
// The program must not open the file by other means while this lives: closing any descriptor of it drops the locks that
// SQLite holds for the whole process (fcntl's rule).
class Database {
 public:
  // Uses the connection; what it throws becomes an Error. An Error that it returns is passed on, and undoes a `write`.
  using Body = std::function<Status(soci::session&)>;

  // Makes the file (0600) where there is none, refuses what is no account database or a newer one, and brings an older
  // one up to date (schema.hpp). The errors name the file and say what to do.
  static Result<std::unique_ptr<Database>> open(const sdk::Host& host, std::string path);

  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Failures of the database itself are logged with their reason, and come back as kUnavailable in words that may be
  // shown to anybody.
  Status read(const Body& body);

  // In one transaction, which holds the write lock from its beginning (a deferred one that upgrades fails with
  // "locked").
  Status write(const Body& body);

 private:
  Database(const sdk::Host& host, std::string path);

  Status open_connections();
  Error hide(const Error& error);

  const sdk::Host host_;
  const std::string path_;
  std::unique_ptr<SessionPool> writer_;  // of one
  std::unique_ptr<SessionPool> readers_;
  std::atomic<std::int64_t> last_logged_ns_;
};

}  // namespace zoe::plugins::auth_sql
