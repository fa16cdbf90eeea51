// A client of the native protocol for end-to-end tests: one plain loopback connection, on the test's own thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/core/byte_io.hpp"
#include "engine/core/unique_fd.hpp"
#include "engine/net/media_run.hpp"
#include "engine/net/wire.hpp"
#include "tests/support/wait.hpp"

namespace zoe::test {

// One packet as it arrived.
struct Received {
  std::uint32_t segment = 0;
  std::uint32_t ordinal = 0;
  std::uint32_t flags = 0;
  std::int64_t pts = 0;
  std::uint32_t crc32 = 0;

  friend auto operator<=>(const Received&, const Received&) = default;
};

struct Watched {
  std::vector<Received> packets;
  std::uint16_t flags = 0;  // of all runs together
};

// Everything throws std::runtime_error where the connection ends unexpectedly or the time is up.
class WireClient {
 public:
  enum class Greeting { kSent = 1, kNone };
  explicit WireClient(std::uint16_t port, Greeting greeting = Greeting::kSent);

  // The whole answer, {"result"} or {"error"}; what else arrives is kept for later.
  nlohmann::json call(std::string_view method, const nlohmann::json& params = nlohmann::json::object());
  // The result of a request that must succeed.
  nlohmann::json result(std::string_view method, const nlohmann::json& params = nlohmann::json::object());
  // "ok", or the error's code.
  std::string outcome(std::string_view method, const nlohmann::json& params = nlohmann::json::object());

  // The media's id once a title is listed; waits for the scan.
  std::string media(const std::string& title);

  // Opens a stream and takes it to its end, or until `most_packets` have come.
  Watched watch(const nlohmann::json& open_params, std::size_t most_packets = SIZE_MAX);
  // Goes on with an open stream: the runs of `serial` until END, `most_packets`, or `patience` without any.
  Watched take(std::uint32_t stream, std::uint32_t serial, std::size_t most_packets = SIZE_MAX,
               std::chrono::milliseconds patience = kPatience);

  void credit(std::uint32_t stream, std::uint32_t serial, std::uint64_t total);

  // The next event of that name.
  nlohmann::json event(std::string_view name, std::chrono::milliseconds patience = kPatience);

  // The code of the GOODBYE, passing over what comes before it; "closed" where it comes without one.
  std::string goodbye(std::chrono::milliseconds patience = kPatience);

  // Raw, for clients that misbehave.
  void send(Bytes bytes);
  void send(std::string_view text) { send(as_bytes(text)); }
  void send_request(std::uint64_t id, std::string_view method, const nlohmann::json& params);
  std::optional<net::Message> read(std::chrono::milliseconds patience = kPatience);
  int socket() const { return socket_.get(); }

 private:
  std::optional<net::Message> receive(std::chrono::steady_clock::time_point deadline);

  UniqueFd socket_;
  net::MessageParser parser_{net::Sender::kServer};
  std::vector<std::uint8_t> buffer_;
  std::size_t taken_ = 0;
  bool is_ended_ = false;  // the server closed the connection
  std::deque<net::Message> waiting_;
  std::uint64_t next_id_ = 1;
};

}  // namespace zoe::test
