#include "plugins/transport_http/http_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <utility>

#include <fmt/format.h>

namespace zoe::transport_http {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::optional<int> number_of(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// Days since 1970 of a date of the Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
std::int64_t days_of(int year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const int era = (year >= 0 ? year : year - 399) / 400;
  const int year_of_era = year - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return std::int64_t{era} * 146'097 + day_of_era - 719'468;
}

}  // namespace

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : (lead & 0xF0) == 0xE0       ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || i + length > text.size()) return false;
    std::uint32_t code = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t k = 1; k < length; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      if ((byte & 0xC0) != 0x80) return false;
      code = (code << 6) | (byte & 0x3F);
    }
    const bool is_overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    if (is_overlong || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
    i += length;
  }
  return true;
}

void append_number(std::string& text, std::uint64_t number) {
  std::array<char, 20> digits{};  // of 2^64 - 1
  const auto [end, error] = std::to_chars(digits.begin(), digits.end(), number);
  static_cast<void>(error);
  text.append(digits.begin(), end);
}

std::string http_date(std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr) return "Thu, 01 Jan 1970 00:00:00 GMT";
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[static_cast<std::size_t>(parts.tm_wday)],
                     parts.tm_mday, kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  text = trim(text);
  if (text.size() != 29 || text.substr(25) != " GMT") return std::nullopt;
  const auto* month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  const auto day = number_of(text.substr(5, 2));
  const auto year = number_of(text.substr(12, 4));
  const auto hour = number_of(text.substr(17, 2));
  const auto minute = number_of(text.substr(20, 2));
  const auto second = number_of(text.substr(23, 2));
  if (month == kMonths.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
  if (*day < 1 || *day > 31 || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const int number = static_cast<int>(month - kMonths.begin()) + 1;
  return days_of(*year, number, *day) * 86'400 + *hour * 3600 + *minute * 60 + *second;
}

bool names_tag(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    std::string_view each = trim(list.substr(0, comma));
    if (each == "*") return true;
    if (each.starts_with("W/")) each.remove_prefix(2);
    if (each == tag) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

std::string cookie_of(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const auto end = header.find(';');
    const std::string_view pair = trim(header.substr(0, end));
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) return std::string(pair.substr(equals + 1));
    if (end == std::string_view::npos) break;
    header.remove_prefix(end + 1);
  }
  return {};
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kPlain = "-._~";
  std::string encoded;
  for (const char c : text) {
    const bool is_word = (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
    if (is_word || kPlain.find(c) != std::string_view::npos)
      encoded.push_back(c);
    else
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

std::string attachment_of(std::string_view name) {
  std::string ascii;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    // Of a character outside ASCII one sign is left for its first byte.
    if (byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\' && c != '%')
      ascii.push_back(c);
    else if (byte < 0x80 || byte >= 0xC0)
      ascii.push_back('_');
  }
  return fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", ascii, percent_encoded(name));
}

std::string_view type_of(std::string_view name) {
  struct Type {
    std::string_view ending;
    std::string_view type;
  };
  constexpr std::array kTypes = {
      Type{".mp4", "video/mp4"},
      Type{".m4v", "video/mp4"},
      Type{".mov", "video/quicktime"},
      Type{".qt", "video/quicktime"},
      Type{".webm", "video/webm"},
      Type{".mkv", "video/x-matroska"},
      Type{".avi", "video/x-msvideo"},
      Type{".ts", "video/mp2t"},
      Type{".m2ts", "video/mp2t"},
      Type{".mts", "video/mp2t"},
      Type{".mpg", "video/mpeg"},
      Type{".mpeg", "video/mpeg"},
      Type{".ogv", "video/ogg"},
      Type{".wmv", "video/x-ms-wmv"},
      Type{".flv", "video/x-flv"},
      Type{".3gp", "video/3gpp"},
      Type{".jpg", "image/jpeg"},
      Type{".vtt", "text/vtt; charset=utf-8"},
      Type{".html", "text/html; charset=utf-8"},
      Type{".css", "text/css; charset=utf-8"},
      Type{".js", "text/javascript; charset=utf-8"},
      Type{".json", "application/json"},
      Type{".csv", "text/csv; charset=utf-8"},
      Type{".svg", "image/svg+xml"},
  };
  const auto dot = name.find_last_of('.');
  if (dot == std::string_view::npos) return "application/octet-stream";
  const auto* found = std::find_if(kTypes.begin(), kTypes.end(), [&](const Type& each) {
    return equals_ignoring_case(name.substr(dot), each.ending);
  });
  return found == kTypes.end() ? "application/octet-stream" : found->type;
}

}  // namespace zoe::transport_http
