#include "plugins/auth_sql/utf8.hpp"

#include <cstddef>

namespace zoe::plugins::auth_sql {
namespace {

// What a first byte says of its sequence; `length` 0 where no sequence begins so.
struct Lead {
  std::size_t length;
  char32_t bits;
  char32_t least;  // the first code point that needs this length
};

Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {1, byte, 0};
  if (byte >= 0xC2 && byte <= 0xDF) return {2, byte & 0x1FU, 0x80};
  if (byte >= 0xE0 && byte <= 0xEF) return {3, byte & 0x0FU, 0x800};
  if (byte >= 0xF0 && byte <= 0xF4) return {4, byte & 0x07U, 0x10000};
  return {0, 0, 0};
}

bool is_scalar(char32_t point) { return point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF); }

}  // namespace

std::optional<std::u32string> decode_utf8(std::string_view text) {
  std::u32string points;
  for (std::size_t at = 0; at < text.size();) {
    const Lead lead = lead_of(static_cast<unsigned char>(text[at]));
    if (lead.length == 0 || lead.length > text.size() - at) return std::nullopt;
    char32_t point = lead.bits;
    for (std::size_t i = 1; i < lead.length; ++i) {
      const auto byte = static_cast<unsigned char>(text[at + i]);
      if ((byte & 0xC0U) != 0x80U) return std::nullopt;
      point = (point << 6U) | (byte & 0x3FU);
    }
    if (point < lead.least || !is_scalar(point)) return std::nullopt;
    points.push_back(point);
    at += lead.length;
  }
  return points;
}

std::string encode_utf8(std::u32string_view code_points) {
  std::string text;
  const auto put = [&](char32_t bits) { text.push_back(static_cast<char>(static_cast<unsigned char>(bits))); };
  const auto put_tail = [&](char32_t point, unsigned shift) { put(0x80U | ((point >> shift) & 0x3FU)); };
  for (const char32_t point : code_points) {
    if (point < 0x80) {
      put(point);
      continue;
    }
    if (point < 0x800) {
      put(0xC0U | (point >> 6U));
    } else {
      if (point < 0x10000) {
        put(0xE0U | (point >> 12U));
      } else {
        put(0xF0U | (point >> 18U));
        put_tail(point, 12);
      }
      put_tail(point, 6);
    }
    put_tail(point, 0);
  }
  return text;
}

}  // namespace zoe::plugins::auth_sql
