#include "engine/net/connection_line.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "engine/net/resolve.hpp"

namespace zoe::net {
namespace {

constexpr std::size_t kReadBytes = 256U << 10;

Error connect_error(const std::string& host, std::uint16_t port, int errnum) {
  switch (errnum) {
    case ECONNREFUSED:
      return {Errc::kUnavailable,
              fmt::format("nothing listens at {}:{}: check that the server runs, and the port", host, port)};
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
      return {Errc::kUnavailable,
              fmt::format("{}:{} cannot be reached from here: check the network and the address", host, port)};
    case ETIMEDOUT:
      return {Errc::kTimeout, fmt::format("{}:{} does not answer: check the address and any firewall", host, port)};
    default:
      return {Errc::kUnavailable, fmt::format("{}:{} could not be connected to", host, port)};
  }
}

}  // namespace

Status start_sdl_net() {
  static const bool is_started = SDLNet_Init() == 0;  // the library's own count is not thread-safe
  if (!is_started) return fail(Errc::kInternal, fmt::format("SDL2_net does not start: {}", SDLNet_GetError()));
  return {};
}

Line::Line(std::string host, std::uint16_t port, Security security)
    : host_(std::move(host)), port_(port), security_(security), cipher_(kReadBytes) {}

void Line::run_sender() {
  const SdlThreadScope sdl;
  auto connected = connect();
  const bool is_up = connected.has_value();
  {
    MutexLock lock(queue_mutex_);
    connected_ = std::move(connected);
    changed_.notify_all();
  }
  std::vector<std::uint8_t> plain;
  std::vector<std::uint8_t> records;
  bool is_working = is_up;
  while (is_working) {
    {
      MutexLock lock(queue_mutex_);
      while (queue_.empty() && !has_tls_output_ && !is_stopped_) changed_.wait(queue_mutex_);
      if (queue_.empty() && !has_tls_output_) break;
      plain.clear();
      plain.swap(queue_);
      has_tls_output_ = false;
    }
    if (!is_tls_.load(std::memory_order_acquire)) {
      is_working = send_out(plain);
      continue;
    }
    records.clear();
    {
      MutexLock lock(tls_mutex_);
      if (!plain.empty()) is_working = tls_->write(plain).has_value();
      tls_->take_output(records);
    }
    is_working = send_out(records) && is_working;
  }
  MutexLock lock(queue_mutex_);
  is_sender_done_ = true;
  changed_.notify_all();
}

Result<Line::Connected> Line::connect() {
  set_thread_name("zoe-net-send");
  ZOE_CHECK(start_sdl_net());
  ZOE_TRY(const auto addresses, resolve_ipv4(host_));
  const bool is_local = std::all_of(addresses.begin(), addresses.end(), is_loopback_ipv4);
  const Connected result{.is_encrypted =
                             security_ == Security::kTls || (security_ == Security::kAutomatic && !is_local)};
  Error error = connect_error(host_, port_, 0);
  for (const std::uint32_t address : addresses) {
    if (is_stopped()) return fail(Errc::kCancelled, "the connection was closed");
    ZOE_CHECK(check_select_room());
    IPaddress target{};
    target.host = address;
    SDLNet_Write16(port_, &target.port);
    errno = 0;
    socket_.reset(SDLNet_TCP_Open(&target));  // sets TCP_NODELAY
    if (socket_ == nullptr) {
      error = connect_error(host_, port_, errno);
      continue;
    }
    set_.reset(SDLNet_AllocSocketSet(1));
    if (set_ == nullptr || SDLNet_TCP_AddSocket(set_.get(), socket_.get()) < 0)
      return fail(Errc::kNoMemory, "no memory for a connection");
    return result;
  }
  return fail(std::move(error));
}

bool Line::send_out(const std::vector<std::uint8_t>& bytes) {
  if (bytes.empty()) return true;
  const int size = static_cast<int>(bytes.size());  // below kMostQueuedBytes and a little for TLS
  const int sent = SDLNet_TCP_Send(socket_.get(), bytes.data(), size);
  if (sent > 0) sent_bytes_.fetch_add(static_cast<std::uint64_t>(sent), std::memory_order_relaxed);
  return sent == size;
}

std::optional<Result<Line::Connected>> Line::wait_connected(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  MutexLock lock(queue_mutex_);
  while (!connected_.has_value() && changed_.wait_until(queue_mutex_, deadline)) {
  }
  return connected_;
}

Status Line::start_tls(std::shared_ptr<const TlsContext> context) {
  ZOE_TRY(auto engine, TlsEngine::create(std::move(context), host_));
  plain_.resize(kReadBytes);
  {
    MutexLock lock(tls_mutex_);
    tls_ = std::move(engine);
  }
  is_tls_.store(true, std::memory_order_release);
  MutexLock lock(queue_mutex_);
  has_tls_output_ = true;
  changed_.notify_all();
  return {};
}

TlsEngine::State Line::tls_state() {
  MutexLock lock(tls_mutex_);
  return tls_->state();
}

Result<std::string> Line::peer_pin() {
  MutexLock lock(tls_mutex_);
  return tls_->peer_pin();
}

bool Line::wait_readable(std::chrono::milliseconds patience) {
  return SDLNet_CheckSockets(set_.get(), static_cast<Uint32>(patience.count())) > 0;
}

Result<std::span<const std::uint8_t>> Line::receive() {
  const int size = SDLNet_TCP_Recv(socket_.get(), cipher_.data(), static_cast<int>(cipher_.size()));
  if (size <= 0) return fail(Errc::kUnavailable, fmt::format("{}:{} closed the connection", host_, port_));
  received_bytes_.fetch_add(static_cast<std::uint64_t>(size), std::memory_order_relaxed);
  const std::span<const std::uint8_t> bytes(cipher_.data(), static_cast<std::size_t>(size));
  if (!is_tls_.load(std::memory_order_relaxed)) return bytes;
  bool has_output = false;
  Status status;
  {
    MutexLock lock(tls_mutex_);
    status = tls_->receive(bytes);
    has_output = tls_->has_output();
  }
  if (has_output) {
    MutexLock lock(queue_mutex_);
    has_tls_output_ = true;
    changed_.notify_all();
  }
  ZOE_CHECK(status);
  return more();
}

Result<std::span<const std::uint8_t>> Line::more() {
  if (!is_tls_.load(std::memory_order_relaxed)) return std::span<const std::uint8_t>();
  MutexLock lock(tls_mutex_);
  ZOE_TRY(const std::size_t size, tls_->read(plain_));
  return std::span<const std::uint8_t>(plain_.data(), size);
}

Status Line::send(Bytes plain) {
  MutexLock lock(queue_mutex_);
  if (queue_.size() + plain.size() > kMostQueuedBytes)
    return fail(Errc::kTooLarge, fmt::format("{}:{} does not take what is sent to it", host_, port_));
  queue_.insert(queue_.end(), plain.begin(), plain.end());
  changed_.notify_all();
  return {};
}

void Line::stop() {
  MutexLock lock(queue_mutex_);
  is_stopped_ = true;
  changed_.notify_all();
}

bool Line::is_stopped() {
  MutexLock lock(queue_mutex_);
  return is_stopped_;
}

bool Line::wait_sender_done(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  MutexLock lock(queue_mutex_);
  while (!is_sender_done_ && changed_.wait_until(queue_mutex_, deadline)) {
  }
  return is_sender_done_;
}

void Line::close_socket() {
  set_.reset();
  socket_.reset();
}

}  // namespace zoe::net
