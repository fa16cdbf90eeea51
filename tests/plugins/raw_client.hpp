// A client of the native protocol that may misbehave: a plain socket and the wire's parser, on the test's own thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/byte_io.hpp"
#include "engine/core/unique_fd.hpp"
#include "engine/net/wire.hpp"
#include "tests/support/wait.hpp"

namespace zoe::test {

class RawClient {
 public:
  // Connects to 127.0.0.1; throws std::runtime_error. A `receive_buffer_bytes` above 0 is the socket's, for clients
  // that do not read.
  explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0);

  void send(Bytes bytes);
  void send(std::string_view text) { send(as_bytes(text)); }
  void greet();  // preface, HELLO, and the wait for the server's
  void request(std::uint64_t id, std::string_view method, std::string_view params = "{}");

  // The next message; nothing when the server closes, or when the time is up.
  std::optional<net::Message> read(std::chrono::milliseconds patience = kPatience);

  // The code of the server's GOODBYE, skipping what comes before it; "closed" when it closes without one, "silent" when
  // neither comes.
  std::string read_goodbye(std::chrono::milliseconds patience = kPatience);

  // True when the server closes the connection.
  bool wait_closed(std::chrono::milliseconds patience = kPatience);

  int socket() const { return socket_.get(); }

 private:
  bool fill(std::chrono::steady_clock::time_point deadline);

  UniqueFd socket_;
  net::MessageParser parser_{net::Sender::kServer};
  std::vector<std::uint8_t> buffer_;
  std::size_t taken_ = 0;
  bool is_closed_ = false;
};

}  // namespace zoe::test
