// One thread with an event loop of its own, and the connections that it serves.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "engine/core/threads.hpp"
#include "engine/net/tls.hpp"
#include "engine/plugin/sdk/host.hpp"
#include "plugins/transport_tcp/options.hpp"

namespace zoe::transport_tcp {

class Session;

// Counts what is there, so that the end of the plugin can wait for it. Thread-safe.
class Census {
 public:
  // False, and nothing is counted, where `most` are there already.
  bool enter(std::uint32_t most = UINT32_MAX) {
    MutexLock lock(mutex_);
    if (count_ >= most) return false;
    ++count_;
    return true;
  }
  void leave() {
    MutexLock lock(mutex_);
    if (--count_ == 0) changed_.notify_all();
  }
  std::uint32_t count() const {
    MutexLock lock(mutex_);
    return count_;
  }
  void wait_empty() {
    MutexLock lock(mutex_);
    while (count_ > 0) changed_.wait(mutex_);
  }
  void wait_empty_for(std::chrono::nanoseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    MutexLock lock(mutex_);
    while (count_ > 0 && changed_.wait_until(mutex_, deadline)) {
    }
  }

 private:
  mutable Mutex mutex_;
  CondVar changed_;
  std::uint32_t count_ ZOE_GUARDED_BY(mutex_) = 0;
};

// What all connections share; outlives them.
struct Shared {
  sdk::Host host;
  Options options;
  std::string software;  // of the server: "zoetrope/0.1.0"
  std::shared_ptr<const net::TlsContext> tls;
  Census jobs;                         // of ours on the host's pool
  Census connections;                  // accepted and not closed
  std::atomic<bool> is_moving{false};  // every connection is told to resume elsewhere, also one that still comes
};

// Sums of one thread since they were last told to the host, which counts under a lock.
struct Totals {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t runs = 0;
  std::uint64_t writes = 0;
  std::uint64_t resumed = 0;  // connections that were told to go on elsewhere
  std::uint64_t stalls = 0;   // clients that were disconnected because they took nothing
};

// Functions without a tag: on its own thread only.
class IoThread {
 public:
  static constexpr std::size_t kReadBytes = 64U << 10;

  IoThread(Shared& shared, unsigned index);
  ~IoThread();  // [main] after `stop`
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  // [main]
  void start();
  // [main] Returns when the thread has ended; connections that are left are dropped without a word.
  void stop();

  // [any] Runs on the thread, soon.
  void post(std::function<void()> job);

  // [any] Connections that it has or is about to get.
  std::uint32_t load() const { return load_.load(std::memory_order_relaxed); }
  void expect_one() { load_.fetch_add(1, std::memory_order_relaxed); }

  void add(std::shared_ptr<Session> session);
  void remove(const std::shared_ptr<Session>& session);
  void forget_one() { load_.fetch_sub(1, std::memory_order_relaxed); }

  // Calls `each` for every connection; it may remove its own.
  void for_each(const std::function<void(Session&)>& each);

  Shared& shared() { return shared_; }
  Totals& totals() { return totals_; }
  boost::asio::io_context& context() { return context_; }

  // Room for one read of whichever connection has its turn.
  std::array<std::uint8_t, kReadBytes>& read_buffer() { return read_buffer_; }
  std::array<std::uint8_t, kReadBytes>& plain_buffer() { return plain_buffer_; }

 private:
  void schedule_tick();
  void tick();
  void tell_metrics();

  Shared& shared_;
  const unsigned index_;
  const std::int64_t period_ns_;
  std::atomic<std::uint32_t> load_{0};
  Totals totals_;
  std::array<std::uint8_t, kReadBytes> read_buffer_;
  std::array<std::uint8_t, kReadBytes> plain_buffer_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  std::unordered_set<std::shared_ptr<Session>> sessions_;
  std::jthread thread_;
};

}  // namespace zoe::transport_tcp
