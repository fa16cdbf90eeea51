// Writes down who signed in and what administrators did, behind the requests' backs.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <thread>

#include "engine/core/log.hpp"
#include "engine/core/threads.hpp"
#include "server/store/audit_store.hpp"

namespace zoe::server {

class Store;

// Thread-safe. `add` never waits; one thread writes, in order. What finds the queue full (the database is away), or
// cannot be written, is counted and told in the log: an audit log that held requests up could be used to stop the
// server.
class AuditLog {
 public:
  static constexpr std::size_t kMostWaiting = 4096;
  static constexpr std::size_t kMostKept = 100'000;  // the oldest go

  AuditLog(Store& store, Log& log);
  ~AuditLog();  // writes what waits
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  void add(AuditEntry entry);

  // Waits until what was added is written or given up. For tests, and before reading.
  void flush();

 private:
  void run(const std::stop_token& stop);
  void write(const AuditEntry& entry);

  Store& store_;
  Log& log_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<AuditEntry> waiting_ ZOE_GUARDED_BY(mutex_);
  bool is_writing_ ZOE_GUARDED_BY(mutex_) = false;
  std::size_t lost_ ZOE_GUARDED_BY(mutex_) = 0;
  std::size_t written_ = 0;  // the thread's own
  std::jthread thread_;
};

}  // namespace zoe::server
