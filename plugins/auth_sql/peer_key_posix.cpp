#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

#include "plugins/auth_sql/peer_key.hpp"

namespace zoe::plugins::auth_sql {

std::string peer_key(std::string_view address) {
  const std::string text(address.substr(0, 64));
  in6_addr v6{};
  if (inet_pton(AF_INET6, text.c_str(), &v6) != 1) return text;
  std::array<char, INET6_ADDRSTRLEN> out{};
  if (IN6_IS_ADDR_V4MAPPED(&v6)) {
    inet_ntop(AF_INET, &v6.s6_addr[12], out.data(), out.size());
    return out.data();
  }
  if (IN6_IS_ADDR_LOOPBACK(&v6)) return text;
  std::memset(&v6.s6_addr[8], 0, 8);
  inet_ntop(AF_INET6, &v6, out.data(), out.size());
  return std::string(out.data()) + "/64";
}

}  // namespace zoe::plugins::auth_sql
