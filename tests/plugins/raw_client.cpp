#include "tests/plugins/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <stdexcept>

#include "engine/net/messages.hpp"

namespace zoe::test {

RawClient::RawClient(std::uint16_t port, int receive_buffer_bytes)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer_bytes > 0)
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect");
}

void RawClient::send(Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server has closed; the test sees that when it reads
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
}

void RawClient::greet() {
  send(net::kPreface);
  send(net::encode_text(net::Kind::kHello, net::encode_hello(net::ClientHello{net::kProtocolVersion, "raw/1"})));
  const auto hello = read();
  if (!hello || hello->header.kind != net::Kind::kHello) throw std::runtime_error("the server does not greet");
}

void RawClient::request(std::uint64_t id, std::string_view method, std::string_view params) {
  send(net::encode_text(net::Kind::kRequest, net::encode_request(id, method, params)));
}

bool RawClient::fill(std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  pollfd waiting{.fd = socket_.get(), .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))) <= 0) return false;
  buffer_.resize(64U << 10);
  taken_ = 0;
  const ssize_t size = ::recv(socket_.get(), buffer_.data(), buffer_.size(), 0);
  is_closed_ = size <= 0;
  buffer_.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return size > 0;
}

std::optional<net::Message> RawClient::read(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  net::Message message;
  for (;;) {
    Bytes input(buffer_.data() + taken_, buffer_.size() - taken_);
    const auto step = parser_.next(input, message);
    if (!step) throw std::runtime_error("the server sent: " + step.error().message);
    taken_ = buffer_.size() - input.size();
    if (*step == net::MessageParser::Step::kMessage) return message;
    if (!fill(deadline)) return std::nullopt;
  }
}

std::string RawClient::read_goodbye(std::chrono::milliseconds patience) {
  while (const auto message = read(patience)) {
    if (message->header.kind != net::Kind::kGoodbye) continue;
    const auto reason = net::parse_goodbye(message->body->text());
    return reason ? std::string(to_string(reason->code)) : "malformed goodbye";
  }
  return is_closed_ ? "closed" : "silent";
}

bool RawClient::wait_closed(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!is_closed_) {
    if (!fill(deadline) && !is_closed_) return false;
  }
  return true;
}

}  // namespace zoe::test
