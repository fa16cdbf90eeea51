#include "tests/plugins/http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace zoe::test {

using std::chrono::steady_clock;

std::string page_headers(const HttpReply& signed_in) {
  const std::string set = signed_in.header("set-cookie");
  const auto value_of = [&set](const std::string& name) {
    const auto at = set.find(name + "=");
    return at == std::string::npos ? std::string()
                                   : set.substr(at + name.size() + 1, set.find(';', at) - at - name.size() - 1);
  };
  const std::string csrf = value_of("zoetrope_csrf");
  return "Cookie: zoetrope_session=" + value_of("zoetrope_session") + "; zoetrope_csrf=" + csrf +
         "\r\nX-CSRF-Token: " + csrf + "\r\n";
}

HttpClient::HttpClient(std::uint16_t port, int receive_buffer_bytes)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer_bytes > 0)
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect");
}

void HttpClient::send(std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // what the server says then is read all the same
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool HttpClient::receive(steady_clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now()).count();
  pollfd watched{socket_.get(), POLLIN, 0};
  if (left <= 0 || ::poll(&watched, 1, static_cast<int>(left)) <= 0) return false;
  char part[65'536];
  const ssize_t size = ::recv(socket_.get(), part, sizeof part, 0);
  if (size <= 0) return false;
  received_.append(part, static_cast<std::size_t>(size));
  return true;
}

std::optional<HttpReply> HttpClient::read(Body body, std::chrono::milliseconds patience) {
  const auto until = steady_clock::now() + patience;
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos)
    if (!receive(until)) return std::nullopt;
  HttpReply reply;
  reply.status = std::stoi(received_.substr(received_.find(' ') + 1, 3));
  for (std::size_t at = received_.find("\r\n") + 2; at < end + 2;) {
    const auto line_end = received_.find("\r\n", at);
    const auto colon = received_.find(':', at);
    std::string name = received_.substr(at, colon - at);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    std::string& value = reply.headers[name];
    if (!value.empty()) value += '\n';
    value += received_.substr(colon + 2, line_end - colon - 2);
    at = line_end + 2;
  }
  received_.erase(0, end + 4);
  const std::string length = reply.header("content-length");
  const std::size_t size = body == Body::kNone || length.empty() ? 0 : std::stoull(length);
  while (received_.size() < size)
    if (!receive(until)) return std::nullopt;
  reply.body = received_.substr(0, size);
  received_.erase(0, size);
  return reply;
}

HttpReply HttpClient::exchange(const std::string& request, Body body) {
  send(request);
  const auto reply = read(body);
  if (!reply) throw std::runtime_error("no answer to " + request.substr(0, 60));
  return *reply;
}

HttpReply HttpClient::get(const std::string& target, const std::string& headers) {
  return exchange("GET " + target + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n", Body::kExpected);
}

HttpReply HttpClient::head(const std::string& target, const std::string& headers) {
  return exchange("HEAD " + target + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n", Body::kNone);
}

HttpReply HttpClient::post(const std::string& target, const std::string& body, const std::string& headers) {
  const std::string type =
      headers.find("Content-Type") == std::string::npos ? "Content-Type: application/json\r\n" : "";
  return exchange("POST " + target + " HTTP/1.1\r\nHost: h\r\n" + type + headers +
                      "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
                  Body::kExpected);
}

std::optional<std::string> HttpClient::read_bytes(std::size_t size) {
  const auto until = steady_clock::now() + kPatience;
  while (received_.size() < size)
    if (!receive(until)) return std::nullopt;
  std::string bytes = received_.substr(0, size);
  received_.erase(0, size);
  return bytes;
}

std::string HttpClient::read_all(std::chrono::milliseconds patience) {
  const auto until = steady_clock::now() + patience;
  while (receive(until)) {
  }
  return std::exchange(received_, {});
}

bool HttpClient::wait_closed(std::chrono::milliseconds patience) {
  const auto until = steady_clock::now() + patience;
  while (receive(until)) received_.clear();
  return steady_clock::now() < until;
}

}  // namespace zoe::test
