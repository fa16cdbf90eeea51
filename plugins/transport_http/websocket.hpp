// WebSocket (RFC 6455) as a server that mostly sends needs it: the handshake's answer, frames out, frames in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"

namespace zoe::transport_http {

enum class Opcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

// Sec-WebSocket-Key is 16 bytes in base64.
bool is_websocket_key(std::string_view key);
// Sec-WebSocket-Accept for such a key.
std::string websocket_accept(std::string_view key);

// One whole frame, unmasked as a server's are.
std::string websocket_frame(Opcode opcode, std::string_view payload);
// Its payload is a number of RFC 6455, section 7.4.1, and a reason of at most 123 bytes.
std::string websocket_close(std::uint16_t code, std::string_view reason);

// A client's frames out of the bytes that arrive.
class WebSocketReader {
 public:
  static constexpr std::size_t kMostPayload = 4096;

  struct Frame {
    Opcode opcode = Opcode::kText;
    bool is_last = true;  // of its message
    std::string payload;  // unmasked
  };

  void add(Bytes bytes) { pending_.append(as_text(bytes)); }

  // The next whole frame; nothing while there is none. kMalformed for what no client may send, kTooLarge for more than
  // kMostPayload in one frame: the connection cannot go on then.
  Result<std::optional<Frame>> next();

 private:
  std::string pending_;
  bool is_inside_ = false;  // of a message that came in part
};

}  // namespace zoe::transport_http
