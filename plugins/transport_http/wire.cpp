#include "plugins/transport_http/wire.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace zoe::transport_http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kReadBytes = 16U << 10;
constexpr std::size_t kTlsPieceBytes = 64U << 10;
constexpr std::size_t kSendfileBytes = std::size_t{2} << 20;  // of one call of the kernel's
// A reader that is as quick as this lets others of the thread have their turn in between.
constexpr std::uint64_t kTurnBytes = std::uint64_t{8} << 20;

// A peer that opens a window of a few bytes makes the kernel cut all that it takes into as small packets, at
// milliseconds for a socket buffer: until the peer has shown that it reads, the kernel is given little.
constexpr std::uint32_t kUnsentBytes = 64U << 10;
constexpr std::uint64_t kTrustedBytes = std::uint64_t{4} << 20;

tl::unexpected<Error> gone() { return fail(Errc::kUnavailable, "the connection has ended"); }

// What the kernel takes before it has room to send it.
void limit_unsent(int socket, std::uint32_t bytes) {
  static_cast<void>(::setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes));
}

bool is_passing(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

Wire::Wire(asio::io_context& context, UniqueFd socket) : socket_(context), in_(kReadBytes) {
  const int on = 1;
  static_cast<void>(::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
  limit_unsent(socket.get(), kUnsentBytes);
  socket_.assign(socket.get());
  static_cast<void>(socket.release());
}

Status Wire::begin_tls(std::shared_ptr<const net::TlsContext> context) {
  ZOE_TRY(tls_, net::TlsEngine::create(std::move(context)));
  plain_.resize(kReadBytes);
  return {};
}

asio::awaitable<Result<std::uint8_t>> Wire::peek() {
  for (;;) {
    const auto [error] =
        co_await socket_.async_wait(asio::posix::descriptor_base::wait_read, asio::as_tuple(asio::use_awaitable));
    if (error || !socket_.is_open()) co_return gone();
    std::uint8_t first = 0;
    const ssize_t size = ::recv(socket_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (size == 1) co_return first;
    if (size == 0 || !is_passing(errno)) co_return gone();
  }
}

asio::awaitable<Result<Bytes>> Wire::receive() {
  for (;;) {
    if (tls_) {
      auto size = tls_->read(plain_);
      if (!size) co_return fail(std::move(size).error());
      if (*size > 0) co_return Bytes(plain_.data(), *size);
      if (tls_->state() == net::TlsEngine::State::kClosed) co_return Bytes();
    }
    const auto [error, size] = co_await socket_.async_read_some(asio::buffer(in_), asio::as_tuple(asio::use_awaitable));
    if (error || size == 0 || !socket_.is_open()) co_return Bytes();
    received_ += size;
    const Bytes bytes(in_.data(), size);
    if (!tls_) co_return bytes;
    Status taken = tls_->receive(bytes);
    // The handshake's answer, or the alert that says what is wrong.
    Status flushed = co_await flush_tls();
    if (!taken) co_return fail(std::move(taken).error());
    if (!flushed) co_return fail(std::move(flushed).error());
  }
}

void Wire::count_sent(std::uint64_t bytes) {
  const bool was_trusted = sent_ >= kTrustedBytes;
  sent_ += bytes;
  if (!was_trusted && sent_ >= kTrustedBytes) limit_unsent(socket_.native_handle(), UINT32_MAX);
}

asio::awaitable<Status> Wire::wait_writable() {
  const auto [error] =
      co_await socket_.async_wait(asio::posix::descriptor_base::wait_write, asio::as_tuple(asio::use_awaitable));
  if (error || !socket_.is_open()) co_return gone();
  co_return Status();
}

std::size_t Wire::send_now(Bytes plain, More more) {
  if (tls_ || !socket_.is_open()) return 0;
  const int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more == More::kFollows ? MSG_MORE : 0);
  const ssize_t size = ::send(socket_.native_handle(), plain.data(), plain.size(), flags);
  if (size <= 0) return 0;
  count_sent(static_cast<std::uint64_t>(size));
  return static_cast<std::size_t>(size);
}

std::uint64_t Wire::send_file_now(int fd, std::uint64_t offset, std::uint64_t count) {
  if (tls_ || !socket_.is_open()) return 0;
  auto at = static_cast<off_t>(offset);
  const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(count, kSendfileBytes));
  const ssize_t size = ::sendfile(socket_.native_handle(), fd, &at, most);
  if (size <= 0) return 0;
  count_sent(static_cast<std::uint64_t>(size));
  return static_cast<std::uint64_t>(size);
}

asio::awaitable<Status> Wire::send_raw(Bytes bytes, int flags) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    if (!socket_.is_open()) co_return gone();
    const ssize_t size =
        ::send(socket_.native_handle(), bytes.data() + done, bytes.size() - done, MSG_DONTWAIT | MSG_NOSIGNAL | flags);
    if (size >= 0) {
      done += static_cast<std::size_t>(size);
      count_sent(static_cast<std::uint64_t>(size));
      continue;
    }
    if (!is_passing(errno)) co_return gone();
    Status ready = co_await wait_writable();
    if (!ready) co_return ready;
  }
  co_return Status();
}

asio::awaitable<Status> Wire::flush_tls() {
  if (!tls_->has_output()) co_return Status();
  std::vector<std::uint8_t> records = std::exchange(out_, {});
  records.clear();
  tls_->take_output(records);
  Status sent = co_await send_raw(records, 0);
  out_ = std::move(records);
  co_return sent;
}

asio::awaitable<Status> Wire::send(Bytes plain, More more) {
  if (!tls_) {
    Status sent = co_await send_raw(plain, more == More::kFollows ? MSG_MORE : 0);
    co_return sent;
  }
  while (!plain.empty()) {
    const Bytes piece = plain.first(std::min(plain.size(), kTlsPieceBytes));
    plain = plain.subspan(piece.size());
    Status written = tls_->write(piece);
    if (!written) co_return written;
    Status flushed = co_await flush_tls();
    if (!flushed) co_return flushed;
  }
  co_return Status();
}

asio::awaitable<Status> Wire::send_file(int fd, std::uint64_t offset, std::uint64_t count) {
  std::vector<std::uint8_t> piece;
  std::uint64_t in_turn = 0;
  while (count > 0) {
    if (!socket_.is_open()) co_return gone();
    if (tls_) {
      piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(count, kTlsPieceBytes)));
      const ssize_t size = ::pread(fd, piece.data(), piece.size(), static_cast<off_t>(offset));
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) co_return fail(Errc::kIo, "the file became shorter while it was sent");
      Status sent = co_await send(Bytes(piece).first(static_cast<std::size_t>(size)));
      if (!sent) co_return sent;
      offset += static_cast<std::uint64_t>(size);
      count -= static_cast<std::uint64_t>(size);
      continue;
    }
    auto at = static_cast<off_t>(offset);
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(count, kSendfileBytes));
    const ssize_t size = ::sendfile(socket_.native_handle(), fd, &at, most);
    if (size == 0) co_return fail(Errc::kIo, "the file became shorter while it was sent");
    if (size > 0) {
      offset += static_cast<std::uint64_t>(size);
      count -= static_cast<std::uint64_t>(size);
      count_sent(static_cast<std::uint64_t>(size));
      in_turn += static_cast<std::uint64_t>(size);
      if (count > 0 && in_turn >= kTurnBytes) {
        in_turn = 0;
        co_await asio::post(socket_.get_executor(), asio::use_awaitable);
      }
      continue;
    }
    if (!is_passing(errno)) co_return gone();
    in_turn = 0;
    Status ready = co_await wait_writable();
    if (!ready) co_return ready;
  }
  co_return Status();
}

asio::awaitable<void> Wire::finish() {
  if (tls_ && tls_->state() == net::TlsEngine::State::kOpen) {
    tls_->close();
    static_cast<void>(co_await flush_tls());
  }
  if (socket_.is_open()) ::shutdown(socket_.native_handle(), SHUT_WR);
}

void Wire::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace zoe::transport_http
