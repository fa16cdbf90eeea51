// One thread that calls functions at their time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "engine/core/threads.hpp"

namespace zoe {

// Thread-safe. The functions run one after another on the object's own thread, so each must return quickly and must not
// throw. Times are of CLOCK_MONOTONIC. The destructor cancels all timers and joins.
class TimerThread {
 public:
  using Id = std::uint64_t;  // never 0, never used twice

  explicit TimerThread(std::string name);
  ~TimerThread();
  TimerThread(const TimerThread&) = delete;
  TimerThread& operator=(const TimerThread&) = delete;

  // Calls `fire` after `delay_ns` (below 0 counts as 0), then every `period_ns` (0 or below: once). A period that was
  // missed is skipped, not made up for.
  Id start(std::int64_t delay_ns, std::int64_t period_ns, std::function<void()> fire);

  // When it returns, `fire` neither runs nor will run; called from within that `fire` it only prevents further ones.
  // True when the timer was still to fire.
  bool cancel(Id id);

 private:
  struct Timer {
    std::int64_t at_ns;
    std::int64_t period_ns;
    std::shared_ptr<std::function<void()>> fire;
  };
  void run();
  void fire_next(std::int64_t now_ns) ZOE_REQUIRES(mutex_);

  const std::string name_;
  Mutex mutex_;
  CondVar changed_;  // a new earliest time, or the end
  CondVar fired_;    // running_ was reset
  std::map<Id, Timer> timers_ ZOE_GUARDED_BY(mutex_);
  std::multimap<std::int64_t, Id> order_ ZOE_GUARDED_BY(mutex_);  // every timer by its at_ns
  Id next_id_ ZOE_GUARDED_BY(mutex_) = 1;
  Id running_ ZOE_GUARDED_BY(mutex_) = 0;
  bool is_stopped_ ZOE_GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace zoe
