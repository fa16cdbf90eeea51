// By what a peer is known when its failures are counted.
#pragma once

#include <string>
#include <string_view>

namespace zoe::plugins::auth_sql {

// An IPv4 address as it is; of an IPv6 one the network of 64 bits, since one subscriber has all of it; an IPv4 address
// written as IPv6 as IPv4. What is no address, by its first 64 bytes.
std::string peer_key(std::string_view address);

}  // namespace zoe::plugins::auth_sql
