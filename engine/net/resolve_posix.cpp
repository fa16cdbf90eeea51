#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/select.h>

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "engine/core/unique_fd.hpp"
#include "engine/net/resolve.hpp"

namespace zoe::net {
namespace {

struct AddressFree {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using AddressListPtr = std::unique_ptr<addrinfo, AddressFree>;

int look_up(const std::string& host, int family, AddressListPtr& out) {
  addrinfo wish{};
  wish.ai_family = family;
  wish.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int code = getaddrinfo(host.c_str(), nullptr, &wish, &list);
  out.reset(list);
  return code;
}

Error explain(const std::string& host, int code) {
  AddressListPtr ignored;
  if ((code == EAI_NONAME || code == EAI_NODATA || code == EAI_ADDRFAMILY) && look_up(host, AF_INET6, ignored) == 0) {
    return {Errc::kNotFound,
            fmt::format("\"{}\" has IPv6 addresses only, and the player speaks IPv4: use its IPv4 address", host)};
  }
  if (code == EAI_AGAIN) {
    return {Errc::kUnavailable,
            fmt::format("the name \"{}\" could not be looked up: no name server answers; check the network, or use the "
                        "server's IPv4 address",
                        host)};
  }
  return {Errc::kNotFound,
          fmt::format("no machine called \"{}\" was found: check the spelling, or use its IPv4 address "
                      "({})",
                      host, gai_strerror(code))};
}

}  // namespace

Result<std::vector<std::uint32_t>> resolve_ipv4(const std::string& host) {
  if (host.empty() || host.find('\0') != std::string::npos)
    return fail(Errc::kInvalidArgument, "the server's address is empty");
  AddressListPtr list;
  if (const int code = look_up(host, AF_INET, list); code != 0) return fail(explain(host, code));
  std::vector<std::uint32_t> addresses;
  for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
    sockaddr_in address;
    if (entry->ai_family != AF_INET || entry->ai_addrlen < sizeof address) continue;
    std::memcpy(&address, entry->ai_addr, sizeof address);
    const std::uint32_t value = address.sin_addr.s_addr;
    if (std::find(addresses.begin(), addresses.end(), value) == addresses.end()) addresses.push_back(value);
  }
  if (addresses.empty()) return fail(explain(host, EAI_NONAME));
  return addresses;
}

bool is_loopback_ipv4(std::uint32_t address) { return (ntohl(address) >> 24U) == 127; }

Status check_select_room() {
  const UniqueFd lowest(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!lowest || lowest.get() >= FD_SETSIZE - 1) {
    return fail(Errc::kUnavailable,
                fmt::format("this program has too many files and connections open (at most {})", FD_SETSIZE - 1));
  }
  return {};
}

}  // namespace zoe::net
