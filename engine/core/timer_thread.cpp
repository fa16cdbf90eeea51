#include "engine/core/timer_thread.hpp"

#include <algorithm>
#include <chrono>

namespace zoe {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

SteadyTime to_time(std::int64_t ns) { return SteadyTime(std::chrono::nanoseconds(ns)); }

// Far enough to mean never, and near enough that adding it to the time of day does not overflow.
constexpr std::int64_t kLongestDelay_ns = 365LL * 24 * 3600 * 1'000'000'000;

}  // namespace

TimerThread::TimerThread(std::string name) : name_(std::move(name)), thread_([this] { run(); }) {}

TimerThread::~TimerThread() {
  {
    MutexLock lock(mutex_);
    is_stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

TimerThread::Id TimerThread::start(std::int64_t delay_ns, std::int64_t period_ns, std::function<void()> fire) {
  const std::int64_t at_ns = now_ns() + std::clamp<std::int64_t>(delay_ns, 0, kLongestDelay_ns);
  MutexLock lock(mutex_);
  const Id id = next_id_++;
  timers_.emplace(id, Timer{at_ns, std::clamp<std::int64_t>(period_ns, 0, kLongestDelay_ns),
                            std::make_shared<std::function<void()>>(std::move(fire))});
  const auto place = order_.emplace(at_ns, id);
  const bool is_earliest = place == order_.begin();
  lock.unlock();
  if (is_earliest) changed_.notify_one();
  return id;
}

bool TimerThread::cancel(Id id) {
  MutexLock lock(mutex_);
  const auto found = timers_.find(id);
  const bool was_to_fire = found != timers_.end();
  if (was_to_fire) {
    const auto [first, last] = order_.equal_range(found->second.at_ns);
    const auto place = std::find_if(first, last, [id](const auto& entry) { return entry.second == id; });
    if (place != last) order_.erase(place);
    timers_.erase(found);
  }
  if (std::this_thread::get_id() == thread_.get_id()) return was_to_fire;
  while (running_ == id) fired_.wait(mutex_);
  return was_to_fire;
}

void TimerThread::run() {
  set_thread_name(name_);
  MutexLock lock(mutex_);
  while (!is_stopped_) {
    if (order_.empty()) {
      changed_.wait(mutex_);
      continue;
    }
    const std::int64_t earliest_ns = order_.begin()->first;
    const std::int64_t now = now_ns();
    if (earliest_ns > now) {
      changed_.wait_until(mutex_, to_time(earliest_ns));
      continue;
    }
    fire_next(now);
  }
}

void TimerThread::fire_next(std::int64_t now) {
  const Id id = order_.begin()->second;
  order_.erase(order_.begin());
  const auto found = timers_.find(id);
  const std::shared_ptr<std::function<void()>> fire = found->second.fire;
  if (const std::int64_t period_ns = found->second.period_ns; period_ns > 0) {
    const std::int64_t missed = (now - found->second.at_ns) / period_ns;
    found->second.at_ns += (missed + 1) * period_ns;
    order_.emplace(found->second.at_ns, id);
  } else {
    timers_.erase(found);
  }
  running_ = id;
  mutex_.unlock();
  (*fire)();
  mutex_.lock();
  running_ = 0;
  fired_.notify_all();
}

}  // namespace zoe
