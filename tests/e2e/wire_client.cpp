#include "tests/e2e/wire_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace zoe::test {
namespace {

using nlohmann::json;

[[noreturn]] void fail_with(const std::string& what) { throw std::runtime_error("wire client: " + what); }

std::chrono::steady_clock::time_point from_now(std::chrono::milliseconds patience) {
  return std::chrono::steady_clock::now() + patience;
}

}  // namespace

WireClient::WireClient(std::uint16_t port, Greeting greeting)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
    throw std::system_error(errno, std::generic_category(), "connect");
  const int yes = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (greeting == Greeting::kNone) return;
  send(net::kPreface);
  send(net::encode_text(net::Kind::kHello, R"({"protocol": 1, "client": "e2e/1"})"));
  const auto hello = read();
  if (!hello || hello->header.kind != net::Kind::kHello) fail_with("no HELLO came");
}

void WireClient::send(Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno == EPIPE || errno == ECONNRESET) return;  // the server has had enough; reading tells
      throw std::system_error(errno, std::generic_category(), "send");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
}

void WireClient::send_request(std::uint64_t id, std::string_view method, const json& params) {
  send(net::encode_text(net::Kind::kRequest, json{{"id", id}, {"method", method}, {"params", params}}.dump()));
}

std::optional<net::Message> WireClient::receive(std::chrono::steady_clock::time_point deadline) {
  while (true) {
    Bytes input = Bytes(buffer_).subspan(taken_);
    const std::size_t before = input.size();
    net::Message message;
    const auto step = parser_.next(input, message);
    if (!step) fail_with("the server broke the protocol: " + step.error().message);
    taken_ += before - input.size();
    if (*step == net::MessageParser::Step::kMessage) return message;
    if (is_ended_) return std::nullopt;

    buffer_.resize(256U << 10);
    taken_ = 0;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd watched{socket_.get(), POLLIN, 0};
    const int ready = left.count() <= 0 ? 0 : ::poll(&watched, 1, static_cast<int>(left.count()));
    const ssize_t got = ready > 0 ? ::recv(socket_.get(), buffer_.data(), buffer_.size(), 0) : 0;
    buffer_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    if (ready == 0) return std::nullopt;
    if (got <= 0) is_ended_ = true;
  }
}

std::optional<net::Message> WireClient::read(std::chrono::milliseconds patience) {
  if (!waiting_.empty()) {
    net::Message message = std::move(waiting_.front());
    waiting_.pop_front();
    return message;
  }
  return receive(from_now(patience));
}

json WireClient::call(std::string_view method, const json& params) {
  const std::uint64_t id = next_id_++;
  send_request(id, method, params);
  const auto deadline = from_now(kPatience);
  while (true) {
    auto message = receive(deadline);
    if (!message) fail_with("no answer to " + std::string(method));
    if (message->header.kind == net::Kind::kResponse) {
      json answer = json::parse(message->body->text());
      if (answer.at("id") == id) return answer;
    }
    waiting_.push_back(std::move(*message));
  }
}

json WireClient::result(std::string_view method, const json& params) {
  json answer = call(method, params);
  if (!answer.contains("result")) fail_with(std::string(method) + " failed: " + answer.dump());
  return answer["result"];
}

std::string WireClient::outcome(std::string_view method, const json& params) {
  const json answer = call(method, params);
  return answer.contains("result") ? "ok" : answer.at("error").at("code").get<std::string>();
}

std::string WireClient::media(const std::string& title) {
  std::string id;
  const bool is_found = wait_until([&] {
    const json list = result("library.list", {{"search", title}, {"limit", 500}});
    for (const json& item : list.at("items"))
      if (item.at("title") == title) id = item.at("media");
    return !id.empty();
  });
  if (!is_found) fail_with("\"" + title + "\" is never listed");
  return id;
}

Watched WireClient::watch(const json& open_params, std::size_t most_packets) {
  json params = open_params;
  if (!params.contains("credit_us")) params["credit_us"] = 3'600'000'000ULL;
  const json opened = result("stream.open", params);
  const std::uint32_t stream = opened.at("stream");
  Watched watched = take(stream, opened.at("serial"), most_packets);
  call("stream.close", {{"stream", stream}});
  return watched;
}

Watched WireClient::take(std::uint32_t stream, std::uint32_t serial, std::size_t most_packets,
                         std::chrono::milliseconds patience) {
  Watched watched;
  while ((watched.flags & net::kRunEnd) == 0 && watched.packets.size() < most_packets) {
    const auto message = read(patience);
    if (!message) {
      if (is_ended_) fail_with("the connection ended in the middle of a stream");
      return watched;
    }
    if (message->header.kind == net::Kind::kGoodbye) fail_with("GOODBYE: " + std::string(message->body->text()));
    if (message->header.kind == net::Kind::kEvent) {
      const json event = json::parse(message->body->text());
      if (event.at("event") == "stream.failed" && event.at("stream") == stream) fail_with(event.dump());
    }
    if (message->header.kind != net::Kind::kMedia || message->header.stream != stream ||
        message->header.serial != serial)
      continue;
    const auto run = net::parse_media(*message);
    if (!run) fail_with(run.error().message);
    watched.flags = static_cast<std::uint16_t>(watched.flags | run->flags);
    for (const net::RunPacket& packet : run->packets)
      watched.packets.push_back({run->segment, packet.ordinal, packet.flags, packet.pts, net::crc32_of(packet.data)});
  }
  return watched;
}

void WireClient::credit(std::uint32_t stream, std::uint32_t serial, std::uint64_t total) {
  send(net::encode_credit(stream, serial, total));
}

json WireClient::event(std::string_view name, std::chrono::milliseconds patience) {
  const auto deadline = from_now(patience);
  while (true) {
    std::optional<net::Message> message;
    if (!waiting_.empty()) {
      message = std::move(waiting_.front());
      waiting_.pop_front();
    } else {
      message = receive(deadline);
    }
    if (!message) fail_with("the event " + std::string(name) + " never comes");
    if (message->header.kind != net::Kind::kEvent) continue;
    json event = json::parse(message->body->text());
    if (event.at("event") == name) return event;
  }
}

std::string WireClient::goodbye(std::chrono::milliseconds patience) {
  const auto deadline = from_now(patience);
  waiting_.clear();
  while (const auto message = receive(deadline))
    if (message->header.kind == net::Kind::kGoodbye)
      return json::parse(message->body->text()).at("code").get<std::string>();
  return is_ended_ ? "closed" : "silent";
}

}  // namespace zoe::test
