// Who may come in how: TLS or plain, told by the first byte.
#pragma once

#include <cstdint>

namespace zoe::transport_tcp {

enum class Admission { kTls = 1, kPlain, kRefuse };

enum class PlainRule { kLoopbackOnly = 1, kEveryone };
enum class PeerPlace { kLoopback = 1, kNetwork };

// 0x16 begins a TLS handshake record, and no message of ours begins with it.
constexpr Admission admit(std::uint8_t first_byte, PeerPlace place, PlainRule rule) {
  if (first_byte == 0x16) return Admission::kTls;
  return place == PeerPlace::kLoopback || rule == PlainRule::kEveryone ? Admission::kPlain : Admission::kRefuse;
}

}  // namespace zoe::transport_tcp
