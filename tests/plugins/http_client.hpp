// A client of the web transport: a plain socket, on the test's own thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/unique_fd.hpp"
#include "tests/support/wait.hpp"

namespace zoe::test {

struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case; what comes several times on lines of its own
  std::string body;

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

// The headers of a page that signed in by this answer.
std::string page_headers(const HttpReply& signed_in);

class HttpClient {
 public:
  // Connects to 127.0.0.1; throws std::runtime_error. A `receive_buffer_bytes` above 0 is the socket's.
  explicit HttpClient(std::uint16_t port, int receive_buffer_bytes = 0);

  void send(std::string_view text);

  enum class Body { kExpected = 1, kNone };  // kNone: of an answer to HEAD
  // The next answer; nothing where the connection ends before it is whole, or the time is up.
  std::optional<HttpReply> read(Body body = Body::kExpected, std::chrono::milliseconds patience = kPatience);

  // Sends a request and reads its answer.
  HttpReply get(const std::string& target, const std::string& headers = {});
  HttpReply head(const std::string& target, const std::string& headers = {});
  HttpReply post(const std::string& target, const std::string& body, const std::string& headers = {});

  // Exactly so many bytes that follow; nothing where they do not come.
  std::optional<std::string> read_bytes(std::size_t size);
  // All that follows until the connection ends, or the time is up.
  std::string read_all(std::chrono::milliseconds patience = kPatience);

  // True when the server closes the connection, whatever comes before.
  bool wait_closed(std::chrono::milliseconds patience = kPatience);

 private:
  HttpReply exchange(const std::string& request, Body body);
  bool receive(std::chrono::steady_clock::time_point until);

  UniqueFd socket_;
  std::string received_;
};

}  // namespace zoe::test
