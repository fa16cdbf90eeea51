// One thread with an event loop of its own, and the connections that it serves.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <unordered_set>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "engine/net/tls.hpp"
#include "engine/plugin/sdk/host.hpp"
#include "plugins/transport_http/options.hpp"

namespace zoe::transport_http {

class Connection;

// What all connections share; outlives them.
struct Shared {
  sdk::Host host;
  Options options;
  std::shared_ptr<const net::TlsContext> tls;
  std::atomic<std::uint32_t> connections{0};
  std::atomic<bool> is_draining{false};
};

// Functions without a tag: on its own thread only.
class IoThread {
 public:
  IoThread(Shared& shared, unsigned index);
  ~IoThread();  // [main] after `stop`
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  // [main] `stop` returns when the thread has ended; connections that are left are dropped.
  void start();
  void stop();

  // [any] Runs on the thread, soon.
  void post(std::function<void()> job);

  // [any] Connections that it has or is about to get.
  std::uint32_t load() const { return load_.load(std::memory_order_relaxed); }
  void expect_one() { load_.fetch_add(1, std::memory_order_relaxed); }

  void add(std::shared_ptr<Connection> connection);
  void remove(const std::shared_ptr<Connection>& connection);
  void forget_one();

  // Calls `each` for every connection; it may remove its own.
  void for_each(const std::function<void(Connection&)>& each);

  Shared& shared() { return shared_; }
  boost::asio::io_context& context() { return context_; }
  // The host's clock as of the last tick, a tenth of a second ago at most while the thread keeps up.
  std::int64_t now_ns() const { return now_ns_; }
  // What the header Date says now; good until the next tick.
  const std::string& date() const { return date_; }
  void count_request(std::uint64_t bytes) {
    ++requests_;
    bytes_out_ += bytes;
  }

 private:
  void schedule_tick();
  void read_clock();
  void tell_metrics();

  Shared& shared_;
  const unsigned index_;
  std::atomic<std::uint32_t> load_{0};
  std::uint64_t requests_ = 0;  // since they were last told to the host, which counts under a lock
  std::uint64_t bytes_out_ = 0;
  std::int64_t now_ns_ = 0;
  std::string date_;
  std::int64_t date_s_ = -1;                                                // what date_ says
  boost::asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};  // its sockets are this thread's alone
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  std::jthread thread_;
};

}  // namespace zoe::transport_http
