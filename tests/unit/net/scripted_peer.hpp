// A server of one connection whose every byte the test decides.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/byte_io.hpp"
#include "engine/core/unique_fd.hpp"
#include "engine/net/messages.hpp"
#include "engine/net/wire.hpp"
#include "tests/support/wait.hpp"

namespace zoe::net {

class ScriptedPeer {
 public:
  explicit ScriptedPeer(int backlog = 16) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), generic, size) != 0 || ::listen(listener_.get(), backlog) != 0 ||
        ::getsockname(listener_.get(), generic, &size) != 0)
      throw std::runtime_error("no loopback port");
    port_ = ntohs(address.sin_port);
  }

  std::uint16_t port() const { return port_; }

  bool accept() {
    pollfd waiting{.fd = listener_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, kPatienceMs) <= 0) return false;
    socket_.reset(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    return static_cast<bool>(socket_);
  }

  void send(Bytes bytes) { ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  void send(std::string_view text) { send(as_bytes(text)); }
  void hang_up() { socket_.reset(); }

  // Takes the preface and answers HELLO.
  bool greet() {
    return accept() && read_preface() && read().header.kind == Kind::kHello &&
           (send(encode_text(Kind::kHello, encode_hello(ServerHello{1, "scripted/1", "scripted"}))), true);
  }

  bool read_preface() {
    std::string preface;
    while (preface.size() < kPreface.size()) {
      if (buffer_.empty() && !fill()) return false;
      preface += static_cast<char>(buffer_.front());
      buffer_.erase(buffer_.begin());
    }
    return preface == kPreface;
  }

  // The next message of the client; throws when none comes.
  Message read() {
    Message message;
    for (;;) {
      Bytes input = buffer_;
      const auto step = parser_.next(input, message);
      if (!step) throw std::runtime_error(step.error().message);
      buffer_.erase(buffer_.begin(), buffer_.end() - static_cast<std::ptrdiff_t>(input.size()));
      if (*step == MessageParser::Step::kMessage) return message;
      if (!fill()) throw std::runtime_error("the client sends nothing");
    }
  }

  // Nothing more comes within `milliseconds`.
  bool is_quiet(int milliseconds) {
    pollfd waiting{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    return buffer_.empty() && ::poll(&waiting, 1, milliseconds) == 0;
  }

 private:
  static constexpr int kPatienceMs = 30'000;

  bool fill() {
    pollfd waiting{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, kPatienceMs) <= 0) return false;
    std::uint8_t part[65536];
    const ssize_t size = ::recv(socket_.get(), part, sizeof part, 0);
    if (size <= 0) return false;
    buffer_.insert(buffer_.end(), part, part + size);
    return true;
  }

  UniqueFd listener_;
  UniqueFd socket_;
  std::uint16_t port_ = 0;
  std::vector<std::uint8_t> buffer_;
  MessageParser parser_{Sender::kClient};
};

}  // namespace zoe::net
