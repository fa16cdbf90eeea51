#include "engine/core/worker_pool.hpp"

#include <algorithm>

namespace zoe {

WorkerPool::WorkerPool(std::string name, std::size_t threads, std::size_t most_waiting)
    : name_(std::move(name)), most_waiting_(most_waiting) {
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this, i] { run(i); });
}

WorkerPool::~WorkerPool() { stop(); }

Status WorkerPool::post(Job job, int priority) {
  {
    MutexLock lock(mutex_);
    if (is_stopped_) return fail(Errc::kUnavailable, name_ + ": the worker pool has stopped");
    if (heap_.size() >= most_waiting_)
      return fail(Errc::kTooLarge, name_ + ": " + std::to_string(heap_.size()) + " jobs wait already");
    heap_.push_back({priority, next_order_++, std::move(job)});
    std::push_heap(heap_.begin(), heap_.end(), runs_later);
  }
  changed_.notify_one();
  return {};
}

void WorkerPool::stop() {
  std::vector<Waiting> dropped;
  {
    MutexLock lock(mutex_);
    is_stopped_ = true;
    dropped.swap(heap_);
  }
  changed_.notify_all();
  for (std::jthread& thread : threads_)
    if (thread.joinable()) thread.join();
}

std::size_t WorkerPool::waiting() const {
  MutexLock lock(mutex_);
  return heap_.size();
}

void WorkerPool::run(std::size_t index) {
  set_thread_name(name_ + "/" + std::to_string(index));
  while (true) {
    Job job;
    {
      MutexLock lock(mutex_);
      while (heap_.empty() && !is_stopped_) changed_.wait(mutex_);
      if (is_stopped_) return;
      std::pop_heap(heap_.begin(), heap_.end(), runs_later);
      job = std::move(heap_.back().job);
      heap_.pop_back();
    }
    job();
  }
}

}  // namespace zoe
