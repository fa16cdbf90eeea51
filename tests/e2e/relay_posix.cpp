#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "tests/e2e/relay.hpp"

namespace zoe::test {
namespace {

constexpr std::size_t kPiece = 64U << 10;  // held at most for each way, so that a slow reader slows its writer

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void set_non_blocking(int descriptor) { ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK); }

}  // namespace

Relay::Relay(std::uint16_t target) : target_(target) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool is_there = listener_ >= 0 && ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                        ::listen(listener_, 16) == 0 &&
                        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
                        ::pipe2(wake_, O_CLOEXEC) == 0;
  if (!is_there) throw std::runtime_error("the relay cannot listen");
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Relay::~Relay() {
  thread_.request_stop();
  wake();
  thread_.join();
  for (const int descriptor : {listener_, wake_[0], wake_[1]}) ::close(descriptor);
}

void Relay::cut() {
  const MutexLock lock(mutex_);
  // Shut down only: the descriptors are closed by the thread that polls them.
  for (const Link& link : links_) {
    ::shutdown(link.up.from, SHUT_RDWR);
    ::shutdown(link.down.from, SHUT_RDWR);
  }
}

void Relay::let_down(std::uint64_t bytes) {
  {
    const MutexLock lock(mutex_);
    down_left_ = bytes;
  }
  wake();
}

void Relay::set_target(std::uint16_t target) {
  const MutexLock lock(mutex_);
  target_ = target;
}

void Relay::wake() {
  const char byte = 0;
  [[maybe_unused]] const auto written = ::write(wake_[1], &byte, 1);
}

int Relay::connections() const {
  const MutexLock lock(mutex_);
  return connections_;
}

void Relay::run(const std::stop_token& stop) {
  std::vector<pollfd> polled;
  while (!stop.stop_requested()) {
    polled = {{listener_, POLLIN, 0}, {wake_[0], POLLIN, 0}};
    {
      const MutexLock lock(mutex_);
      for (const Link& link : links_) {
        const auto wanted = [](const Way& reads, std::uint64_t allowance, const Way& writes) {
          const bool may_read = reads.waiting.empty() && allowance > 0;
          return static_cast<short>((may_read ? POLLIN : 0) | (writes.waiting.empty() ? 0 : POLLOUT));
        };
        polled.push_back({link.up.from, wanted(link.up, UINT64_MAX, link.down), 0});
        polled.push_back({link.down.from, wanted(link.down, down_left_, link.up), 0});
      }
    }
    if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) return;
    if (polled[1].revents != 0) {
      char byte = 0;
      [[maybe_unused]] const auto taken = ::read(wake_[0], &byte, 1);
    }
    const MutexLock lock(mutex_);
    std::uint64_t up_left = UINT64_MAX;
    // Only this thread adds and removes links: they are those that were polled.
    for (std::size_t i = links_.size(); i-- > 0;) {
      const short client = polled[2 + 2 * i].revents;
      const short server = polled[3 + 2 * i].revents;
      if (move(links_[i].up, client, server, up_left) && move(links_[i].down, server, client, down_left_)) continue;
      close_link(links_[i]);
      links_.erase(links_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if ((polled[0].revents & POLLIN) != 0) accept_one();
  }
  const MutexLock lock(mutex_);
  for (const Link& link : links_) close_link(link);
  links_.clear();
}

void Relay::accept_one() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(target_);
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(client);
    ::close(server);
    return;
  }
  set_non_blocking(client);
  set_non_blocking(server);
  links_.push_back({{client, server, {}}, {server, client, {}}});
  ++connections_;
}

// False when the connection is over.
bool Relay::move(Way& way, short from_events, short to_events, std::uint64_t& allowance) {
  if (way.waiting.empty() && (from_events & (POLLIN | POLLHUP | POLLERR)) != 0) {
    if (allowance == 0) return (from_events & (POLLHUP | POLLERR)) == 0;
    way.waiting.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, allowance)));
    const auto got = ::recv(way.from, way.waiting.data(), way.waiting.size(), 0);
    way.waiting.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return false;
    if (allowance != UINT64_MAX) allowance -= way.waiting.size();
  } else if ((to_events & (POLLHUP | POLLERR)) != 0) {
    return false;
  }
  if (way.waiting.empty()) return true;
  const auto sent = ::send(way.to, way.waiting.data(), way.waiting.size(), MSG_NOSIGNAL);
  if (sent < 0) return errno == EAGAIN || errno == EINTR;
  way.waiting.erase(way.waiting.begin(), way.waiting.begin() + sent);
  return true;
}

void Relay::close_link(const Link& link) {
  ::close(link.up.from);
  ::close(link.down.from);
}

}  // namespace zoe::test
