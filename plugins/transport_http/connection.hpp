// One connection: requests in, answers out.
#pragma once

#include <cstdint>
#include <memory>

#include "engine/plugin/sdk/transport.hpp"
#include "plugins/transport_http/coroutines.hpp"
#include "plugins/transport_http/exchange.hpp"
#include "plugins/transport_http/io_thread.hpp"
#include "plugins/transport_http/request_reader.hpp"
#include "plugins/transport_http/wire.hpp"

namespace zoe::transport_http {

// One coroutine on one IoThread; everything is called on that thread. It lives while its coroutine or its thread's list
// holds it.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  // Takes the socket over. Throws what Asio throws when the event loop takes no more descriptors.
  Connection(IoThread& thread, UniqueFd socket, const zoe_peer& peer);

  void start();

  // Each tick of the thread.
  void check_deadlines(std::int64_t now_ns);

  // Another generation serves from now on: an answer that is under way is finished, whatever it takes, then the
  // connection ends; one that waits for a request ends now.
  void drain();

  void close();

 private:
  enum class Phase { kAdmission = 1, kIdle, kReading, kAnswering, kSending, kEvents, kEnding };

  boost::asio::awaitable<void> run();
  boost::asio::awaitable<bool> admit();
  boost::asio::awaitable<Result<bool>> read_request();
  boost::asio::awaitable<bool> send(Response& response, const Request& request);
  bool send_body_now(FileBody& body);
  boost::asio::awaitable<bool> send_body(const FileBody& body);
  boost::asio::awaitable<void> send_source(BodySource& source);
  boost::asio::awaitable<void> send_events();
  boost::asio::awaitable<void> hear();
  boost::asio::awaitable<void> refuse(const Error& error);
  boost::asio::awaitable<void> linger();
  void set_phase(Phase phase);

  IoThread& thread_;
  const zoe_peer peer_;
  Wire wire_;
  Exchange exchange_;
  RequestReader reader_;
  std::string head_;  // of the answer
  Phase phase_ = Phase::kAdmission;
  std::int64_t phase_ns_ = 0;  // since when
  std::int64_t sent_ns_ = 0;   // last time that the socket took something
  std::uint64_t sent_ = 0;
  bool is_draining_ = false;

  // Of a WebSocket.
  std::string to_send_;      // answers to what the client says
  bool is_heard_ = true;     // something came since the last ping
  bool is_closing_ = false;  // what has to be said is in to_send_, and then it ends
};

}  // namespace zoe::transport_http
