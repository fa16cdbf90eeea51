#include "plugins/transport_http/byte_ranges.hpp"

#include <algorithm>
#include <charconv>

#include "plugins/transport_http/http_text.hpp"

namespace zoe::transport_http {
namespace {

// Digits alone; a number beyond 64 bits counts as the largest.
std::optional<std::uint64_t> number_of(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() ? value : UINT64_MAX;
}

// False: malformed. What lies outside the body adds nothing.
bool add_range(std::string_view text, std::uint64_t size, std::vector<ByteRange>& out) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return false;
  const std::string_view before = trim(text.substr(0, dash));
  const std::string_view behind = trim(text.substr(dash + 1));
  if (before.empty()) {
    const auto last = number_of(behind);
    if (!last) return false;
    const std::uint64_t count = std::min(*last, size);
    if (count > 0) out.push_back({size - count, count});
    return true;
  }
  const auto first = number_of(before);
  const auto last = behind.empty() ? std::optional<std::uint64_t>(UINT64_MAX) : number_of(behind);
  if (!first || !last || *last < *first) return false;
  if (*first < size) out.push_back({*first, std::min(*last, size - 1) - *first + 1});
  return true;
}

}  // namespace

std::optional<std::vector<ByteRange>> parse_ranges(std::string_view header, std::uint64_t size) {
  header = trim(header);
  const auto equals = header.find('=');
  if (equals == std::string_view::npos || !equals_ignoring_case(trim(header.substr(0, equals)), "bytes"))
    return std::nullopt;
  std::string_view list = header.substr(equals + 1);
  std::vector<ByteRange> ranges;
  for (std::size_t count = 1;; ++count) {
    const auto comma = list.find(',');
    if (count > kMostRanges || !add_range(trim(list.substr(0, comma)), size, ranges)) return std::nullopt;
    if (comma == std::string_view::npos) return ranges;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace zoe::transport_http
