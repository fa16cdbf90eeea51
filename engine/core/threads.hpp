// Mutexes that Clang's thread-safety analysis can check, and the names of threads.
//
// Members guarded by a lock say so with ZOE_GUARDED_BY(mutex_), functions that need it with ZOE_REQUIRES(mutex_);
// `-Wthread-safety` then proves it. Under other compilers the attributes vanish.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>

#if defined(__clang__)
#define ZOE_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define ZOE_THREAD_ATTRIBUTE(x)
#endif

#define ZOE_CAPABILITY(name) ZOE_THREAD_ATTRIBUTE(capability(name))
#define ZOE_SCOPED_CAPABILITY ZOE_THREAD_ATTRIBUTE(scoped_lockable)
#define ZOE_GUARDED_BY(x) ZOE_THREAD_ATTRIBUTE(guarded_by(x))
#define ZOE_PT_GUARDED_BY(x) ZOE_THREAD_ATTRIBUTE(pt_guarded_by(x))
#define ZOE_REQUIRES(...) ZOE_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define ZOE_ACQUIRE(...) ZOE_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define ZOE_RELEASE(...) ZOE_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define ZOE_TRY_ACQUIRE(...) ZOE_THREAD_ATTRIBUTE(try_acquire_capability(__VA_ARGS__))
#define ZOE_EXCLUDES(...) ZOE_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define ZOE_NO_THREAD_SAFETY_ANALYSIS ZOE_THREAD_ATTRIBUTE(no_thread_safety_analysis)

namespace zoe {

class ZOE_CAPABILITY("mutex") Mutex {
 public:
  void lock() ZOE_ACQUIRE() { mutex_.lock(); }
  void unlock() ZOE_RELEASE() { mutex_.unlock(); }
  bool try_lock() ZOE_TRY_ACQUIRE(true) { return mutex_.try_lock(); }

 private:
  std::mutex mutex_;
};

// Holds a Mutex for a scope; may be released early and taken again.
class ZOE_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ZOE_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() ZOE_RELEASE() {
    if (is_held_) mutex_.unlock();
  }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void unlock() ZOE_RELEASE() {
    is_held_ = false;
    mutex_.unlock();
  }
  void lock() ZOE_ACQUIRE() {
    mutex_.lock();
    is_held_ = true;
  }

 private:
  Mutex& mutex_;
  bool is_held_ = true;
};

// A condition variable over Mutex. Waits are written as loops round `wait`, so that the analysis sees the guarded
// reads:
//   MutexLock lock(mutex_);
//   while (queue_.empty() && !is_stopped_) changed_.wait(mutex_);
class CondVar {
 public:
  void wait(Mutex& mutex) ZOE_REQUIRES(mutex) { cond_.wait(mutex); }

  // False when `deadline` passed first.
  template <typename Clock, typename Duration>
  bool wait_until(Mutex& mutex, const std::chrono::time_point<Clock, Duration>& deadline) ZOE_REQUIRES(mutex) {
    return cond_.wait_until(mutex, deadline) == std::cv_status::no_timeout;
  }

  template <typename Rep, typename Period>
  bool wait_for(Mutex& mutex, const std::chrono::duration<Rep, Period>& timeout) ZOE_REQUIRES(mutex) {
    return wait_until(mutex, std::chrono::steady_clock::now() + timeout);
  }

  void notify_one() { cond_.notify_one(); }
  void notify_all() { cond_.notify_all(); }

 private:
  std::condition_variable_any cond_;
};

// Names the calling thread for debuggers and profilers; the system keeps the first 15 bytes.
void set_thread_name(std::string_view name);

}  // namespace zoe
