#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "engine/core/threads.hpp"
#include "engine/plugin/bridge/status.hpp"
#include "server/host/acceptor.hpp"

namespace zoe::server {
namespace {

constexpr const char* kComponent = "listen";
constexpr int kBacklog = 1024;
// After a failure that does not go away by itself, accepting rests for this long instead of spinning.
constexpr int kRestMs = 100;
constexpr std::uint64_t kWakeTag = UINT64_MAX;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr_in& v4() const { return reinterpret_cast<const sockaddr_in&>(storage); }
  const sockaddr_in6& v6() const { return reinterpret_cast<const sockaddr_in6&>(storage); }
};

std::optional<Address> parse_address(const std::string& text, std::uint16_t port) {
  Address address;
  in_addr v4{};
  in6_addr v6{};
  if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr = v4;
    to.sin_port = htons(port);
    std::memcpy(&address.storage, &to, sizeof to);
    address.size = sizeof to;
    return address;
  }
  if (::inet_pton(AF_INET6, text.c_str(), &v6) == 1) {
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_addr = v6;
    to.sin6_port = htons(port);
    std::memcpy(&address.storage, &to, sizeof to);
    address.size = sizeof to;
    return address;
  }
  return std::nullopt;
}

// An IPv4 peer of a socket that takes both is told as IPv4.
zoe_peer peer_of(const Address& address) {
  zoe_peer peer{};
  peer.struct_size = sizeof peer;
  std::array<char, INET6_ADDRSTRLEN> text{};
  in_addr v4{};
  bool is_v4 = address.storage.ss_family == AF_INET;
  if (is_v4) {
    v4 = address.v4().sin_addr;
    peer.port = ntohs(address.v4().sin_port);
  } else {
    const in6_addr& v6 = address.v6().sin6_addr;
    peer.port = ntohs(address.v6().sin6_port);
    is_v4 = IN6_IS_ADDR_V4MAPPED(&v6);
    if (is_v4) {
      std::memcpy(&v4, v6.s6_addr + 12, sizeof v4);
    } else {
      peer.is_loopback = IN6_IS_ADDR_LOOPBACK(&v6) ? 1 : 0;
      ::inet_ntop(AF_INET6, &v6, text.data(), text.size());
    }
  }
  if (is_v4) {
    peer.is_loopback = (ntohl(v4.s_addr) >> 24) == 127 ? 1 : 0;
    ::inet_ntop(AF_INET, &v4, text.data(), text.size());
  }
  abi::copy_text(peer.address, text.data());
  return peer;
}

std::uint16_t bound_port(int fd) {
  Address address;
  address.size = sizeof address.storage;
  if (::getsockname(fd, address.raw(), &address.size) != 0) return 0;
  return address.storage.ss_family == AF_INET ? ntohs(address.v4().sin_port) : ntohs(address.v6().sin6_port);
}

Error listen_error(const ListenWish& wish, int errnum) {
  const std::string place = BoundListener{wish.name, wish.address, wish.port}.to_string();
  const std::string what = "cannot listen on " + place + " (" + wish.name + "): ";
  switch (errnum) {
    case EADDRINUSE:
      return {Errc::kConflict, what +
                                   "the port is in use, perhaps by another zoetrope-server; stop that program, or "
                                   "choose another port with --port (0 lets the system choose)"};
    case EADDRNOTAVAIL:
      return {Errc::kInvalidArgument, what + "this machine has no such address; choose one that it has with --address"};
    case EACCES:
      return {Errc::kDenied, what + "ports below 1024 are for the system; choose a higher one with --port"};
    default:
      return errno_error("cannot listen on " + place + " (" + wish.name + ")", errnum);
  }
}

UniqueFd open_reserve() { return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

}  // namespace

std::string BoundListener::to_string() const {
  const bool is_v6 = address.find(':') != std::string::npos;
  return (is_v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

Acceptor::Acceptor(Log& log, Metrics& metrics)
    : log_(log),
      accepted_(metrics.counter("connections_accepted_total")),
      failures_(metrics.counter("accept_failures_total")) {}

Acceptor::~Acceptor() { stop(); }

Result<BoundListener> Acceptor::listen(const ListenWish& wish, Accepted accepted) {
  auto address = parse_address(wish.address, wish.port);
  if (!address)
    return fail(Errc::kInvalidArgument, "cannot listen on '" + wish.address + "' (" + wish.name +
                                            "): not a numeric IPv4 or IPv6 address such as 0.0.0.0 or ::");
  UniqueFd fd(::socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return fail(listen_error(wish, errno));
  const int yes = 1;
  const int no = 0;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (address->storage.ss_family == AF_INET6) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  if (::bind(fd.get(), address->raw(), address->size) != 0 || ::listen(fd.get(), kBacklog) != 0)
    return fail(listen_error(wish, errno));
  BoundListener bound{wish.name, wish.address, bound_port(fd.get())};
  MutexLock lock(mutex_);
  bound.id = ++last_id_;
  listeners_[bound.id] = std::make_shared<const Listener>(Listener{std::move(fd), bound, std::move(accepted)});
  return bound;
}

Status Acceptor::watch(std::uint64_t id) {
  const ListenerPtr listener = find(id);
  if (!listener) return fail(Errc::kNotFound, "this port is closed");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = id;
  if (::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, listener->fd.get(), &event) != 0 && errno != EEXIST)
    return fail(errno_error("watch " + listener->bound.to_string(), errno));
  return {};
}

void Acceptor::close(std::uint64_t id) {
  ListenerPtr gone;  // closed without the lock, or when the accepting thread lets go of it
  MutexLock lock(mutex_);
  const auto found = listeners_.find(id);
  if (found == listeners_.end()) return;
  gone = std::move(found->second);
  listeners_.erase(found);
  lock.unlock();
  if (poll_) ::epoll_ctl(poll_.get(), EPOLL_CTL_DEL, gone->fd.get(), nullptr);
}

Acceptor::ListenerPtr Acceptor::find(std::uint64_t id) const {
  MutexLock lock(mutex_);
  const auto found = listeners_.find(id);
  return found == listeners_.end() ? nullptr : found->second;
}

Status Acceptor::start() {
  poll_.reset(::epoll_create1(EPOLL_CLOEXEC));
  wake_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  reserve_ = open_reserve();
  if (!poll_ || !wake_) return fail(errno_error("make the accepting thread's descriptors", errno));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kWakeTag;
  if (::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0)
    return fail(errno_error("watch the accepting thread's descriptors", errno));
  std::vector<std::uint64_t> open;
  {
    MutexLock lock(mutex_);
    for (const auto& [id, listener] : listeners_) open.push_back(id);
  }
  for (const std::uint64_t id : open) ZOE_CHECK(watch(id));
  thread_ = std::jthread([this] { run(); });
  is_started_ = true;
  return {};
}

void Acceptor::stop() {
  if (thread_.joinable()) {
    is_stopping_ = true;
    const std::uint64_t one = 1;
    static_cast<void>(!::write(wake_.get(), &one, sizeof one));
    thread_.join();
  }
  MutexLock lock(mutex_);
  listeners_.clear();
}

void Acceptor::run() {
  set_thread_name("accept");
  std::array<epoll_event, 16> events{};
  bool is_resting = false;
  while (!is_stopping_) {
    if (is_resting) {
      // Only the wake-up is watched: the listeners stay readable and would return at once.
      pollfd stop{wake_.get(), POLLIN, 0};
      ::poll(&stop, 1, kRestMs);
    }
    const int count = ::epoll_wait(poll_.get(), events.data(), static_cast<int>(events.size()), -1);
    is_resting = false;
    for (int i = 0; i < count && !is_stopping_; ++i) {
      const std::uint64_t tag = events[static_cast<std::size_t>(i)].data.u64;
      if (tag == kWakeTag) continue;
      if (const ListenerPtr listener = find(tag); listener && !accept_all(*listener)) is_resting = true;
    }
  }
}

// False when accepting should rest.
bool Acceptor::accept_all(const Listener& listener) {
  // A bound, so that one busy listener cannot starve the others.
  constexpr int kMostInARow = 64;
  for (int i = 0; i < kMostInARow; ++i) {
    Address address;
    address.size = sizeof address.storage;
    UniqueFd socket(::accept4(listener.fd.get(), address.raw(), &address.size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket) {
      is_short_of_descriptors_ = false;
      accepted_.add();
      listener.accepted(std::move(socket), peer_of(address));
      continue;
    }
    switch (errno) {
      case EAGAIN:
        return true;
      case EMFILE:
      case ENFILE:
        failures_.add();
        if (!make_room()) return false;
        continue;
      case ENOBUFS:
      case ENOMEM:
        failures_.add();
        log_.warning(kComponent, "{}: {}", listener.bound.to_string(), errno_error("accept", errno).message);
        return false;
      default:
        // The connection ended before it was accepted, or the network failed it: its own affair.
        failures_.add();
        continue;
    }
  }
  return true;
}

// Descriptors have run out: takes the next connection on the one kept for this and closes it, so that its peer knows.
bool Acceptor::make_room() {
  if (!is_short_of_descriptors_) {
    is_short_of_descriptors_ = true;
    log_.error(kComponent, "no file descriptors are left, so new connections are closed; raise the limit (ulimit -n)");
  }
  if (!reserve_) return false;
  reserve_.reset();
  {
    MutexLock lock(mutex_);
    for (const auto& [id, listener] : listeners_)
      const UniqueFd refused(::accept4(listener->fd.get(), nullptr, nullptr, SOCK_CLOEXEC));
  }
  reserve_ = open_reserve();
  return static_cast<bool>(reserve_);
}

}  // namespace zoe::server
