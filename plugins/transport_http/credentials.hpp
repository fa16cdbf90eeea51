// Who asks, and whether a page of another site made them.
#pragma once

#include <string>
#include <string_view>

#include "plugins/transport_http/message.hpp"

namespace zoe::transport_http {

// Who asks: what a request brings to say so.
struct Credentials {
  enum class Kind { kSession = 1, kTicket };
  std::string token;       // a session's, kGuest for a guest, or a ticket's; empty: nobody
  bool is_cookie = false;  // which a browser sends along whoever made it ask
  Kind kind = Kind::kSession;
};
inline constexpr std::string_view kGuest = "guest";
inline constexpr std::string_view kCookie = "zoetrope_session";
inline constexpr std::string_view kCsrfCookie = "zoetrope_csrf";

// What the request brings; the Authorization header counts before the cookie.
Credentials credentials_of(const Request& request);

// What a change in the name of a session's cookie brings as X-CSRF-Token: pages of this site read it from a cookie,
// those of others cannot. HMAC-SHA-256 keyed with the session's token, as 64 hexadecimal digits; empty for nobody.
std::string csrf_token(std::string_view session);

// Whether it needs no such token, its name being given by no cookie, or brings the right one.
bool has_csrf_token(const Request& request);

// Whether a browser made it on behalf of another site.
bool is_from_elsewhere(const Request& request);

}  // namespace zoe::transport_http
