#include "plugins/transport_http/credentials.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include "engine/core/byte_io.hpp"
#include "plugins/transport_http/http_text.hpp"

namespace zoe::transport_http {

Credentials credentials_of(const Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  if (request.authorization.size() > kBearer.size() &&
      equals_ignoring_case(std::string_view(request.authorization).substr(0, kBearer.size()), kBearer))
    return {std::string(trim(std::string_view(request.authorization).substr(kBearer.size()))), false};
  return {cookie_of(request.cookie, kCookie), true};
}

std::string csrf_token(std::string_view session) {
  if (session.empty()) return {};
  const Bytes purpose = as_bytes("zoetrope csrf");
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (HMAC(EVP_sha256(), session.data(), static_cast<int>(session.size()), purpose.data(), purpose.size(),
           digest.data(), &size) == nullptr)
    return {};
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

bool has_csrf_token(const Request& request) {
  const Credentials who = credentials_of(request);
  if (!who.is_cookie || who.token.empty()) return true;
  const std::string wanted = csrf_token(who.token);
  return !wanted.empty() && request.csrf_token.size() == wanted.size() &&
         CRYPTO_memcmp(request.csrf_token.data(), wanted.data(), wanted.size()) == 0;
}

bool is_from_elsewhere(const Request& request) {
  if (request.fetch_site == "cross-site" || request.fetch_site == "same-site") return true;
  if (request.origin.empty()) return false;
  const auto scheme = request.origin.find("://");
  return scheme == std::string::npos ||
         !equals_ignoring_case(std::string_view(request.origin).substr(scheme + 3), request.host);
}

}  // namespace zoe::transport_http
