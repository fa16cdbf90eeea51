// A connection's socket, plain or with TLS, as a coroutine reads and writes it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"
#include "engine/core/unique_fd.hpp"
#include "engine/net/tls.hpp"
#include "plugins/transport_http/coroutines.hpp"

namespace zoe::transport_http {

// One thread. Nothing here has a deadline: whoever wants one calls `close`, which ends what waits.
class Wire {
 public:
  Wire(boost::asio::io_context& context, UniqueFd socket);

  // What is sent from now on is encrypted, and what comes is expected to be.
  Status begin_tls(std::shared_ptr<const net::TlsContext> context);
  bool has_tls() const { return tls_ != nullptr; }

  // The first byte that comes, without taking it; nothing when none will. Before all else.
  boost::asio::awaitable<Result<std::uint8_t>> peek();

  // Plain bytes that came, good until the next call; none at the end. kMalformed where TLS is broken.
  boost::asio::awaitable<Result<Bytes>> receive();

  enum class More { kNo = 1, kFollows };  // kFollows: does not send a small packet of its own
  // How many of the bytes the socket takes at once: of a plain one all, mostly, and then nobody has to wait. `send`
  // takes the rest, and says what is wrong.
  std::size_t send_now(Bytes plain, More more);
  // kUnavailable when the peer is gone.
  boost::asio::awaitable<Status> send(Bytes plain, More more = More::kNo);

  // The same for `send_file`.
  std::uint64_t send_file_now(int fd, std::uint64_t offset, std::uint64_t count);
  // By the kernel from file to socket where the connection is plain. kIo when the file is shorter than that.
  boost::asio::awaitable<Status> send_file(int fd, std::uint64_t offset, std::uint64_t count);

  // TLS's farewell and the end of what is sent.
  boost::asio::awaitable<void> finish();

  void close();
  bool is_open() const { return socket_.is_open(); }

  std::uint64_t received() const { return received_; }
  std::uint64_t sent() const { return sent_; }

 private:
  boost::asio::awaitable<Status> send_raw(Bytes bytes, int flags);
  void count_sent(std::uint64_t bytes);
  boost::asio::awaitable<Status> flush_tls();
  boost::asio::awaitable<Status> wait_writable();

  boost::asio::posix::stream_descriptor socket_;
  std::unique_ptr<net::TlsEngine> tls_;
  std::vector<std::uint8_t> in_;
  std::vector<std::uint8_t> plain_;
  std::vector<std::uint8_t> out_;
  std::uint64_t received_ = 0;  // bytes of the socket, as `sent_`
  std::uint64_t sent_ = 0;
};

}  // namespace zoe::transport_http
