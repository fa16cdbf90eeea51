#include <charconv>

#include "player/client/server_link.hpp"

namespace zoe::player {

Result<ServerAddress> ServerAddress::parse(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  const auto bad = [&](const char* why) {
    return fail(Errc::kInvalidArgument, "\"" + std::string(text.substr(0, 300)) + "\" is no server address: " + why +
                                            ". Write HOST or HOST:PORT, for example 192.168.1.20 or media.local:7340.");
  };
  if (text.empty()) return bad("it is empty");
  if (text.find("://") != std::string_view::npos) return bad("it has no scheme such as http://");
  const std::size_t colon = text.find(':');
  if (colon != text.rfind(':')) return bad("IPv6 addresses are not supported");
  ServerAddress address;
  address.host = std::string(text.substr(0, colon));
  if (address.host.empty() || address.host.size() > 253) return bad("the host name is missing or too long");
  for (const char c : address.host) {
    const bool is_name =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    if (!is_name) return bad("a host name has letters, digits, dots and hyphens only");
  }
  if (colon == std::string_view::npos) return address;
  const std::string_view digits = text.substr(colon + 1);
  unsigned port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool is_port = error == std::errc() && end == digits.data() + digits.size() && port >= 1 && port <= 65'535;
  if (!is_port) return bad("the port is a number from 1 to 65535");
  address.port = static_cast<std::uint16_t>(port);
  return address;
}

std::string ServerAddress::to_string() const { return port == kDefaultPort ? host : host + ':' + std::to_string(port); }

}  // namespace zoe::player
