// What players and servers of one network say to find each other: two datagrams (docs/protocol.md, "Finding servers").
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/byte_io.hpp"

namespace zoe::net {

inline constexpr std::uint16_t kDiscoveryPort = 7340;  // UDP; where servers are asked
inline constexpr std::size_t kMostServerName = 64;

// A player's question. As long as the longest answer, so that nobody is sent more than they (or who forged their
// address) have sent.
inline constexpr std::size_t kAskBytes = 128;

// A server's answer: how it wants to be called, and the TCP port of the native protocol. It says nothing that is to be
// believed: whoever connects checks the server's key as always.
struct ServerAnswer {
  std::uint64_t nonce = 0;  // the question's
  std::uint16_t port = 0;
  std::string name;  // without control characters; what is no UTF-8 is replaced
};

std::array<std::uint8_t, kAskBytes> encode_ask(std::uint64_t nonce);
// Names are cut to kMostServerName bytes.
std::vector<std::uint8_t> encode_answer(const ServerAnswer& answer);

// Nothing for whatever else came.
std::optional<std::uint64_t> parse_ask(Bytes datagram);
std::optional<ServerAnswer> parse_answer(Bytes datagram);

// Of the networks that people have at home and at work (RFC 1918, 3927, 6598), and this machine: whom a server answers.
bool is_near(std::uint32_t ipv4_host_order);

}  // namespace zoe::net
