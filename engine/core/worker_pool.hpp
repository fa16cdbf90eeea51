// A fixed number of threads that run jobs by priority.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"

namespace zoe {

// Thread-safe. Jobs of higher priority first, equal ones in the order of posting. The destructor (or `stop`) lets the
// running jobs end, drops the waiting ones and joins.
class WorkerPool {
 public:
  using Job = std::function<void()>;

  WorkerPool(std::string name, std::size_t threads, std::size_t most_waiting = 65'536);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // kUnavailable after `stop`, kTooLarge when `most_waiting` jobs wait already. A job must not throw.
  Status post(Job job, int priority = 0);

  void stop();

  std::size_t waiting() const;

 private:
  struct Waiting {
    int priority;
    std::uint64_t order;
    Job job;
  };
  static bool runs_later(const Waiting& a, const Waiting& b) {
    return a.priority != b.priority ? a.priority < b.priority : a.order > b.order;
  }
  void run(std::size_t index);

  const std::string name_;
  const std::size_t most_waiting_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::vector<Waiting> heap_ ZOE_GUARDED_BY(mutex_);
  std::uint64_t next_order_ ZOE_GUARDED_BY(mutex_) = 0;
  bool is_stopped_ ZOE_GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_;
};

}  // namespace zoe
