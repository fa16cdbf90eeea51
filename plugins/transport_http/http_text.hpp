// Small texts of HTTP: dates, names of files, tags, cookies, types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zoe::transport_http {

std::string_view trim(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);
bool is_utf8(std::string_view text);

void append_number(std::string& text, std::uint64_t number);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7) of seconds since 1970, and back; the two obsolete forms
// that a server has to understand are not sent by anybody any more.
std::string http_date(std::int64_t seconds);
std::optional<std::int64_t> parse_http_date(std::string_view text);

// Whether a list of entity tags ("*", or `"a", W/"b"`) names `tag`, which is quoted; as If-None-Match compares, weakly.
bool names_tag(std::string_view list, std::string_view tag);

// The value of a cookie of that name in a Cookie header; empty where there is none.
std::string cookie_of(std::string_view header, std::string_view name);

// For an address: everything but letters, digits and -._~ by its bytes (RFC 3986).
std::string percent_encoded(std::string_view text);

// The value of Content-Disposition for a download of that name (UTF-8): an ASCII form for old programs, and the name
// itself (RFC 6266, RFC 8187).
std::string attachment_of(std::string_view name);

// The media type by a file name's ending; "application/octet-stream" where it says nothing.
std::string_view type_of(std::string_view name);

}  // namespace zoe::transport_http
