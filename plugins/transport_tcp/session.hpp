// One connection: from its first byte to the farewell.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "engine/core/threads.hpp"
#include "engine/core/unique_fd.hpp"
#include "engine/net/tls.hpp"
#include "engine/net/wire.hpp"
#include "engine/plugin/sdk/transport.hpp"
#include "plugins/transport_tcp/file_sender.hpp"
#include "plugins/transport_tcp/io_thread.hpp"
#include "plugins/transport_tcp/outbox.hpp"
#include "plugins/transport_tcp/write_batch.hpp"

namespace zoe::transport_tcp {

// A coroutine may wait for it; `set` wakes it, or lets it pass at its next wait. One thread.
class Event {
 public:
  explicit Event(boost::asio::io_context& context) : timer_(context, boost::asio::steady_timer::time_point::max()) {}

  void set() {
    is_set_ = true;
    timer_.cancel();
  }
  boost::asio::awaitable<void> wait();

 private:
  boost::asio::steady_timer timer_;
  bool is_set_ = false;
};

// Two coroutines on one IoThread: the reader (admission, TLS, greeting, messages) and the writer (whatever waits to be
// sent). Everything is called on that thread, but for the ClientEvents, which only queue and wake. It lives while one
// of its coroutines or its thread's list holds it.
class Session final : public sdk::ClientEvents, public RunSource, public std::enable_shared_from_this<Session> {
 public:
  // Takes the socket over. Throws what Asio throws when the event loop takes no more descriptors.
  Session(IoThread& thread, UniqueFd socket, const zoe_peer& peer);
  ~Session() override;

  void start();

  // Each tick of the thread.
  void check_deadlines(std::int64_t now_ns);

  // Says why, sends what was promised before, and closes; at most the farewell timeout from now.
  void end(Error reason);
  // Another generation serves from now on: answers what was asked already (for at most the farewell timeout), takes no
  // further request, then hands the client a ticket with which it goes on over a new connection, and ends. A peer that
  // has not greeted yet is told so once it has.
  void resume_elsewhere();

  // [any]
  void wake() override;
  void reply(std::uint64_t call_id, std::string_view json) override;
  void event(std::string_view json) override;
  void close(Errc code, std::string_view reason) override;

 private:
  // A request that the server has not answered.
  struct Call {
    std::uint64_t id = 0;  // the client's
    bool opens_file = false;
    bool opens_stream = false;
    std::uint64_t offset = 0;
    std::uint64_t chunk_bytes = 0;
    std::uint64_t credit_bytes = 0;
  };

  // session_read.cpp
  boost::asio::awaitable<void> run_reader();
  boost::asio::awaitable<Status> read_messages();
  boost::asio::awaitable<Result<Bytes>> next_bytes();
  boost::asio::awaitable<std::size_t> receive();
  boost::asio::awaitable<void> discard();
  Status admit_first(std::uint8_t first_byte);
  Status consume(Bytes input);
  Status take_preface(Bytes& input);
  Status dispatch(const net::Message& message);
  Status take_hello(const net::Message& message);
  Status take_request(const net::Message& message);

  // session_write.cpp
  boost::asio::awaitable<void> run_writer();
  boost::asio::awaitable<bool> send_batch();
  Status fill_batch();
  void say_last();
  Result<sdk::Flow> pull_run(std::size_t most_bytes, zoe_run& run) override;
  void release_run(zoe_run& run) override;
  bool is_announced(std::uint32_t stream);
  void drop_client();
  void say_resume();
  static Error moved_reason();

  // session_files.cpp
  void open_file(std::uint32_t file, const Call& call);
  void close_file(std::uint32_t file);
  void start_reads();
  void start_read(std::uint32_t file, FileSender& sender);
  void end_read(std::uint32_t file, Result<FilePiecePtr> piece);
  FilePiecePtr take_piece();
  void fail_file(std::uint32_t file, const Error& error);

  void remember(std::uint64_t number, const Call& call);
  void note_opened_stream(std::string_view reply);
  void push(Bytes message, Outbox::Counts counts = Outbox::Counts::kMessage);
  void close_now();
  void leave();
  void on_coroutine_end(const std::exception_ptr& thrown);
  std::int64_t now_ns() const { return thread_.shared().host.now_ns(); }
  std::string name() const;

  IoThread& thread_;
  const zoe_peer peer_;
  boost::asio::posix::stream_descriptor socket_;
  std::unique_ptr<net::TlsEngine> tls_;
  std::optional<sdk::Client> client_;  // from HELLO on
  int coroutines_ = 0;

  // Reading.
  net::MessageParser parser_{net::Sender::kClient};
  std::size_t preface_fill_ = 0;
  std::vector<std::uint8_t> held_;  // received, and not looked at while too many requests are in progress
  std::size_t in_progress_ = 0;     // requests whose answer is not sent
  Event slots_;
  std::uint64_t next_call_ = 1;
  const std::int64_t accepted_ns_;
  std::int64_t received_ns_ = 0;  // last byte
  bool is_admitted_ = false;

  // Writing.
  WriteBatch batch_;
  std::vector<std::uint8_t> control_;
  std::uint32_t batch_responses_ = 0;
  std::optional<zoe_run> early_run_;  // of a stream whose opening is not answered
  Event kick_;
  std::int64_t blocked_ns_ = 0;  // the socket takes nothing since then; 0: it does
  bool is_leaving_ = false;      // asked to resume elsewhere
  std::int64_t leave_ns_ = 0;    // and says so then, answered or not
  bool is_ending_ = false;
  bool has_said_last_ = false;
  std::int64_t end_ns_ = 0;

  std::map<std::uint32_t, FileSender> files_;
  std::uint32_t last_file_ = 0;

  // Any thread.
  Outbox outbox_;
  std::atomic<bool> is_wake_posted_{false};
  Mutex calls_mutex_;
  std::map<std::uint64_t, Call> calls_ ZOE_GUARDED_BY(calls_mutex_);
  int opening_streams_ ZOE_GUARDED_BY(calls_mutex_) = 0;
  std::set<std::uint32_t> announced_streams_ ZOE_GUARDED_BY(calls_mutex_);
};

}  // namespace zoe::transport_tcp
