#include "plugins/auth_sql/hash_gate.hpp"

namespace zoe::plugins::auth_sql {
namespace {

tl::unexpected<Error> crowded() {
  return fail(Errc::kUnavailable, "many people are signing in just now: try again in a few seconds");
}

}  // namespace

Result<HashGate::Slot> HashGate::enter() {
  const auto deadline = std::chrono::steady_clock::now() + kLongestWait;
  MutexLock lock(mutex_);
  if (free_slots_ == 0 && waiting_ >= kMostWaiting) return crowded();
  ++waiting_;
  bool is_in_time = true;
  while (free_slots_ == 0 && is_in_time) is_in_time = freed_.wait_until(mutex_, deadline);
  --waiting_;
  if (free_slots_ == 0) return crowded();
  --free_slots_;
  return Slot(*this);
}

void HashGate::leave() {
  MutexLock lock(mutex_);
  ++free_slots_;
  freed_.notify_one();
}

}  // namespace zoe::plugins::auth_sql
