#include "plugins/auth_sql/upkeep.hpp"

#include <algorithm>
#include <utility>

#include "engine/core/clock.hpp"
#include "plugins/auth_sql/sessions.hpp"

namespace zoe::plugins::auth_sql {
namespace {

constexpr std::int64_t kPeriodNs = 60 * kNsPerS;

}  // namespace

Upkeep::Upkeep(const sdk::Host& host, Database& database) : host_(host), database_(database) {}

Result<std::unique_ptr<Upkeep>> Upkeep::start(const sdk::Host& host, Database& database) {
  std::unique_ptr<Upkeep> upkeep(new Upkeep(host, database));
  {
    MutexLock lock(upkeep->gate_->mutex);
    upkeep->gate_->owner = upkeep.get();
  }
  upkeep->run();
  ZOE_TRY(upkeep->timer_, sdk::Timer::start(host, kPeriodNs, kPeriodNs, [self = upkeep.get()] { self->post(); }));
  return upkeep;
}

Upkeep::~Upkeep() {
  timer_.cancel();
  {
    MutexLock lock(gate_->mutex);  // waits for a run in progress
    gate_->owner = nullptr;
  }
  run();
}

void Upkeep::post() {
  if (is_posted_.exchange(true)) return;  // the last one still waits or runs
  const Status posted = host_.post([gate = gate_] {
    MutexLock lock(gate->mutex);
    if (!gate->owner) return;
    gate->owner->is_posted_ = false;
    gate->owner->run();
  });
  if (!posted) is_posted_ = false;  // the pool is full: in a minute again
}

void Upkeep::run() {
  std::map<std::uint64_t, std::int64_t> notes;
  {
    MutexLock lock(mutex_);
    notes = std::exchange(notes_, {});
  }
  // A failure was logged, and costs no more than these times.
  static_cast<void>(database_.write([&](soci::session& sql) -> Status {
    update_last_used(sql, notes);
    delete_expired_sessions(sql, host_.utc_ns());
    return {};
  }));
}

void Upkeep::note_use(std::uint64_t session_id, std::int64_t utc_ns) {
  MutexLock lock(mutex_);
  if (notes_.size() >= kMostNotes && !notes_.contains(session_id)) return;
  std::int64_t& noted_ns = notes_[session_id];
  noted_ns = std::max(noted_ns, utc_ns);
}

std::int64_t Upkeep::last_used_ns(std::uint64_t session_id, std::int64_t stored_ns) const {
  MutexLock lock(mutex_);
  const auto found = notes_.find(session_id);
  return found == notes_.end() ? stored_ns : std::max(stored_ns, found->second);
}

}  // namespace zoe::plugins::auth_sql
