// SQLite connections by SOCI: opening them, borrowing them, and what their errors mean.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"

namespace soci {
class session;
}

namespace zoe::plugins::auth_sql {

enum class Access { kRead, kWrite };

// Waits up to five seconds for locks of others. Makes the file when it may write. Throws soci::soci_error;
// std::invalid_argument for a path that SOCI cannot be given.
std::unique_ptr<soci::session> open_connection(const std::string& path, Access access);

// What a thrown exception says about the database at `path`, and what to do about it.
Error explain(const std::exception& thrown, const std::string& path);

// Runs `body` between BEGIN IMMEDIATE and COMMIT; rolls back when it returns an Error or throws.
Status in_transaction(soci::session& sql, const std::function<Status(soci::session&)>& body);

// Connections to be borrowed one at a time each. Thread-safe.
class SessionPool {
 public:
  class Lease {
   public:
    Lease(SessionPool& pool, std::unique_ptr<soci::session> session);
    Lease(Lease&&) noexcept;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    soci::session& operator*() const { return *session_; }

   private:
    SessionPool* pool_;
    std::unique_ptr<soci::session> session_;
  };

  SessionPool();
  ~SessionPool();
  SessionPool(const SessionPool&) = delete;
  SessionPool& operator=(const SessionPool&) = delete;

  void add(std::unique_ptr<soci::session> session);

  // kUnavailable when none came free in ten seconds.
  Result<Lease> borrow();

 private:
  Mutex mutex_;
  CondVar returned_;
  std::vector<std::unique_ptr<soci::session>> idle_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::plugins::auth_sql
