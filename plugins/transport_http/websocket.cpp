#include "plugins/transport_http/websocket.hpp"

#include <array>

#include <openssl/evp.h>

#include "engine/net/base64.hpp"

namespace zoe::transport_http {
namespace {

constexpr std::size_t kKeyBytes = 16;
constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, section 1.3
constexpr std::size_t kSmall = 125;
constexpr std::uint8_t kLast = 0x80;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::uint8_t kLength16 = 126;
constexpr std::uint8_t kLength64 = 127;
constexpr std::size_t kMaskBytes = 4;

bool is_known(std::uint8_t opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }
bool is_control(std::uint8_t opcode) { return opcode >= 8; }

}  // namespace

bool is_websocket_key(std::string_view key) {
  const auto bytes = net::from_base64(key);
  return bytes && bytes->size() == kKeyBytes;
}

std::string websocket_accept(std::string_view key) {
  std::string text(key);
  text += kGuid;
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) return {};
  return net::to_base64(Bytes(digest).first(size));
}

std::string websocket_frame(Opcode opcode, std::string_view payload) {
  std::string frame;
  frame.reserve(payload.size() + 10);
  frame += static_cast<char>(kLast | static_cast<std::uint8_t>(opcode));
  const auto put = [&frame](std::uint64_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) frame += static_cast<char>(value >> shift & 0xFF);
  };
  if (payload.size() <= kSmall) {
    put(payload.size(), 1);
  } else if (payload.size() <= 0xFFFF) {
    put(kLength16, 1);
    put(payload.size(), 2);
  } else {
    put(kLength64, 1);
    put(payload.size(), 8);
  }
  frame += payload;
  return frame;
}

std::string websocket_close(std::uint16_t code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
  payload += reason.substr(0, kSmall - 2);
  return websocket_frame(Opcode::kClose, payload);
}

Result<std::optional<WebSocketReader::Frame>> WebSocketReader::next() {
  const auto at = [this](std::size_t i) { return static_cast<std::uint8_t>(pending_[i]); };
  if (pending_.size() < 2) return std::optional<Frame>();
  const std::uint8_t opcode = at(0) & 0x0F;
  const bool is_last = (at(0) & kLast) != 0;
  if ((at(0) & 0x70) != 0 || !is_known(opcode)) return fail(Errc::kMalformed, "a frame of an unknown kind");
  if ((at(1) & kMasked) == 0) return fail(Errc::kMalformed, "a client's frame without a mask");
  if (is_control(opcode) ? !is_last : (opcode == 0) != is_inside_)
    return fail(Errc::kMalformed, "a message in pieces that do not fit");
  std::uint64_t length = at(1) & 0x7F;
  std::size_t head = 2;
  if (length >= kLength16) {
    const std::size_t bytes = length == kLength16 ? 2 : 8;
    if (is_control(opcode)) return fail(Errc::kMalformed, "a control frame of more than 125 bytes");
    if (pending_.size() < head + bytes) return std::optional<Frame>();
    length = 0;
    for (std::size_t i = 0; i < bytes; ++i) length = length << 8 | at(head + i);
    head += bytes;
  }
  if (length > kMostPayload)
    return fail(Errc::kTooLarge, "a frame of more than " + std::to_string(kMostPayload) + " bytes");
  const auto size = static_cast<std::size_t>(length);
  if (pending_.size() < head + kMaskBytes + size) return std::optional<Frame>();
  Frame frame;
  frame.opcode = static_cast<Opcode>(opcode);
  frame.is_last = is_last;
  frame.payload = pending_.substr(head + kMaskBytes, size);
  for (std::size_t i = 0; i < size; ++i)
    frame.payload[i] = static_cast<char>(static_cast<std::uint8_t>(frame.payload[i]) ^ at(head + i % kMaskBytes));
  pending_.erase(0, head + kMaskBytes + size);
  if (!is_control(opcode)) is_inside_ = !is_last;
  return std::optional(std::move(frame));
}

}  // namespace zoe::transport_http
