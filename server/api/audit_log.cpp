#include "server/api/audit_log.hpp"

#include <utility>

#include "server/store/store.hpp"

namespace zoe::server {
namespace {

constexpr std::size_t kTrimEvery = 1000;

}  // namespace

AuditLog::AuditLog(Store& store, Log& log)
    : store_(store), log_(log), thread_([this](const std::stop_token& stop) { run(stop); }) {}

AuditLog::~AuditLog() {
  thread_.request_stop();
  const MutexLock lock(mutex_);
  changed_.notify_all();
}

void AuditLog::add(AuditEntry entry) {
  const MutexLock lock(mutex_);
  if (waiting_.size() >= kMostWaiting) {
    ++lost_;
    return;
  }
  waiting_.push_back(std::move(entry));
  changed_.notify_all();
}

void AuditLog::flush() {
  const MutexLock lock(mutex_);
  while (!waiting_.empty() || is_writing_) changed_.wait(mutex_);
}

void AuditLog::run(const std::stop_token& stop) {
  set_thread_name("audit");
  while (true) {
    AuditEntry entry;
    std::size_t lost = 0;
    {
      const MutexLock lock(mutex_);
      while (waiting_.empty() && !stop.stop_requested()) changed_.wait(mutex_);
      if (waiting_.empty()) return;
      entry = std::move(waiting_.front());
      waiting_.pop_front();
      is_writing_ = true;
      lost = std::exchange(lost_, 0);
    }
    if (lost > 0) log_.error("audit", "{} entries were not written: the database was too slow", lost);
    write(entry);
    const MutexLock lock(mutex_);
    is_writing_ = false;
    changed_.notify_all();
  }
}

void AuditLog::write(const AuditEntry& entry) {
  Status status = store_.audit().add(entry);
  if (status && ++written_ % kTrimEvery == 0) status = store_.audit().trim(kMostKept);
  if (!status)
    log_.error("audit", "not written: {} {} {} ({})", entry.actor, entry.action, entry.subject, status.error().message);
}

}  // namespace zoe::server
