// Names of machines to IPv4 addresses, and what SDL2_net's select() can take. Any thread; may block for a long time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/result.hpp"

namespace zoe::net {

// The addresses in network byte order, each once, in the system's order; never empty. kNotFound says what to check,
// also when the machine has IPv6 addresses only. (SDLNet_ResolveHost is built on gethostbyname, which two threads must
// not use at once.)
Result<std::vector<std::uint32_t>> resolve_ipv4(const std::string& host);

// 127.0.0.0/8, in network byte order.
bool is_loopback_ipv4(std::uint32_t address);

// kUnavailable when the next socket might not fit into an fd_set.
Status check_select_room();

}  // namespace zoe::net
