// The socket below a Connection, shared by its two threads: one connects and then sends, the other receives. Private to
// engine/net.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "engine/net/connection.hpp"
#include "engine/net/sdl_net.hpp"
#include "engine/net/tls.hpp"

namespace zoe::net {

// A shared_ptr of it is all that the sending thread owns, so that the thread can be left behind while it hangs in a
// look-up, a connect or a send, none of which SDL2_net can interrupt.
//
// Lock order: queue_mutex_ and tls_mutex_ are never held together.
class Line {
 public:
  // More than this waiting to be sent means that the server stopped reading: a request is 64 KiB at most, 64 are in
  // progress at once, and credits are small.
  static constexpr std::size_t kMostQueuedBytes = 8U << 20;

  Line(std::string host, std::uint16_t port, Security security);

  // [sending thread] Connects, then sends until `stop`.
  void run_sender();

  // What the sending thread has come to. Empty: it is still connecting.
  struct Connected {
    bool is_encrypted = false;
  };
  std::optional<Result<Connected>> wait_connected(std::chrono::milliseconds patience);

  // [receiving thread] From here on it is TLS; the first flight goes out.
  Status start_tls(std::shared_ptr<const TlsContext> context);
  // kHandshaking while `receive` has to go on; the pin once it is open.
  TlsEngine::State tls_state();
  Result<std::string> peer_pin();

  // [receiving thread] Waits up to `patience` for bytes.
  bool wait_readable(std::chrono::milliseconds patience);

  // [receiving thread] Reads once from the socket: plain bytes that arrived (none during a handshake), to be asked for
  // with `more` until there are none. kUnavailable when the peer closed or the socket broke.
  Result<std::span<const std::uint8_t>> receive();
  Result<std::span<const std::uint8_t>> more();
  std::uint64_t received_bytes() const { return received_bytes_.load(std::memory_order_relaxed); }
  std::uint64_t sent_bytes() const { return sent_bytes_.load(std::memory_order_relaxed); }

  // [any] Queues bytes. kTooLarge when kMostQueuedBytes wait already.
  Status send(Bytes plain);

  // [any] The sending thread ends when it has sent what is queued (or at once, while connecting).
  void stop();
  bool wait_sender_done(std::chrono::milliseconds patience);

  // [receiving thread] Once the sending thread is done.
  void close_socket();

 private:
  Result<Connected> connect();
  bool is_stopped();
  bool send_out(const std::vector<std::uint8_t>& bytes);

  const std::string host_;
  const std::uint16_t port_;
  const Security security_;

  TcpSocketPtr socket_;               // set before connected_ is, then constant
  SocketSetPtr set_;                  // likewise; used by the receiving thread
  std::vector<std::uint8_t> cipher_;  // receiving thread
  std::vector<std::uint8_t> plain_;   // receiving thread
  std::atomic<std::uint64_t> received_bytes_{0};
  std::atomic<std::uint64_t> sent_bytes_{0};

  Mutex queue_mutex_;
  CondVar changed_;
  std::optional<Result<Connected>> connected_ ZOE_GUARDED_BY(queue_mutex_);
  std::vector<std::uint8_t> queue_ ZOE_GUARDED_BY(queue_mutex_);
  bool has_tls_output_ ZOE_GUARDED_BY(queue_mutex_) = false;
  bool is_stopped_ ZOE_GUARDED_BY(queue_mutex_) = false;
  bool is_sender_done_ ZOE_GUARDED_BY(queue_mutex_) = false;

  Mutex tls_mutex_;
  std::unique_ptr<TlsEngine> tls_ ZOE_GUARDED_BY(tls_mutex_);
  std::atomic<bool> is_tls_{false};
};

}  // namespace zoe::net
