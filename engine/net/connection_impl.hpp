// What a Connection is made of. Private to engine/net.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/core/threads.hpp"
#include "engine/net/clock_estimator.hpp"
#include "engine/net/connection.hpp"
#include "engine/net/connection_line.hpp"
#include "engine/net/request_table.hpp"
#include "engine/net/wire.hpp"

namespace zoe::net {

// The receiving thread drives the phases and calls every sink; the sending thread is the Line's. mutex_ is never held
// while a sink or a completion runs. Lock order: mutex_, then the Line's.
struct Connection::Impl {
  Impl(ConnectionOptions options, ConnectionSinks sinks);
  ~Impl();

  void start();
  void request(std::string_view method, std::string_view params, Completion completion);
  void send(const std::vector<std::uint8_t>& message);
  void probe();
  void close();
  Status wait_ready(std::chrono::milliseconds patience);
  ConnectionState state() const;
  ConnectionStats stats() const;

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Receiving thread: connection_receiver.cpp.
  void run();
  Status serve();
  Status wait_connected(bool& is_encrypted);
  Status secure();
  Status check_key();
  void greet();
  Status receive_all();
  Status feed(Bytes bytes);
  Status dispatch(const Message& message);
  Status take_hello(const Message& message);
  Status take_response(const Message& message);
  Status take_event(const Message& message);
  Status take_media(const Message& message);
  Status take_chunk(const Message& message);
  void take_probe_reply(const Message& message);
  Status tick();
  Status check_deadlines(std::int64_t now_ns);
  void measure(std::int64_t now_ns);
  void finish(const Error& error);
  void change_state(ConnectionPhase phase);
  std::string peer() const;

  void send_locked(const std::vector<std::uint8_t>& message) ZOE_REQUIRES(mutex_);

  const ConnectionOptions options_;
  const ConnectionSinks sinks_;
  const SystemClock clock_;
  const std::shared_ptr<Line> line_;
  std::thread receiver_;
  std::thread sender_;

  std::atomic<bool> is_closing_{false};
  std::atomic<std::uint64_t> media_bytes_{0};
  std::atomic<std::uint64_t> messages_{0};

  // Of the receiving thread alone.
  MessageParser parser_{Sender::kServer};
  std::int64_t started_ns_ = 0;
  std::int64_t last_received_ns_ = 0;
  std::int64_t last_probe_ns_ = 0;
  std::int64_t measured_ns_ = 0;
  std::uint64_t measured_bytes_ = 0;
  bool is_peer_gone_ = false;  // it said GOODBYE, or the socket broke
  ClockEstimator clock_estimator_;

  mutable Mutex mutex_;
  CondVar changed_;
  ConnectionState state_ ZOE_GUARDED_BY(mutex_);
  std::vector<std::uint8_t> early_ ZOE_GUARDED_BY(mutex_);  // until may_send_
  bool may_send_ ZOE_GUARDED_BY(mutex_) = false;
  std::optional<Error> send_error_ ZOE_GUARDED_BY(mutex_);
  RequestTable requests_ ZOE_GUARDED_BY(mutex_);
  std::map<std::uint64_t, std::int64_t> probes_ ZOE_GUARDED_BY(mutex_);  // token -> sent at, unanswered
  std::uint64_t next_token_ ZOE_GUARDED_BY(mutex_) = 1;
  std::optional<ClockEstimate> estimate_ ZOE_GUARDED_BY(mutex_);
  double receive_bytes_per_s_ ZOE_GUARDED_BY(mutex_) = 0;
};

}  // namespace zoe::net
