#include "engine/media/text_encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace zoe::media {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

void add_utf8(std::string& out, std::uint32_t code) {
  if (code == 0) return;
  const auto tail = [&](int shift) { out.push_back(static_cast<char>(0x80U | ((code >> shift) & 0x3FU))); };
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0U | (code >> 6)));
    tail(0);
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xE0U | (code >> 12)));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xF0U | (code >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

enum class Order { kLittle = 1, kBig };

std::string from_utf16(Bytes bytes, Order order) {
  const auto unit = [&](std::size_t i) -> std::uint32_t {
    const std::uint32_t first = bytes[i];
    const std::uint32_t second = bytes[i + 1];
    return order == Order::kLittle ? first | (second << 8) : (first << 8) | second;
  };
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    std::uint32_t code = unit(i);
    const bool is_high = code >= 0xD800 && code < 0xDC00;
    const std::uint32_t low = is_high && i + 3 < bytes.size() ? unit(i + 2) : 0;
    if (low >= 0xDC00 && low < 0xE000) {
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      i += 2;
    } else if (code >= 0xD800 && code < 0xE000) {
      code = kReplacement;
    }
    add_utf8(out, code);
  }
  return out;
}

std::string from_windows_1252(Bytes bytes) {
  // 0x80 to 0x9F; the rest is that of Latin-1.
  constexpr std::array<std::uint16_t, 32> kHigh = {0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
                                                   0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (const std::uint8_t byte : bytes) add_utf8(out, byte >= 0x80 && byte < 0xA0 ? kHigh[byte - 0x80U] : byte);
  return out;
}

bool is_utf8_throughout(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool begins_with(Bytes bytes, std::initializer_list<std::uint8_t> mark) {
  return bytes.size() >= mark.size() && std::equal(mark.begin(), mark.end(), bytes.begin());
}

// How many of the first bytes at even (0) or odd (1) places are 0, in hundredths.
std::size_t zeros_at(Bytes bytes, std::size_t from) {
  const std::size_t looked_at = std::min<std::size_t>(bytes.size(), 4096) & ~std::size_t{1};
  if (looked_at < 2) return 0;
  std::size_t zeros = 0;
  for (std::size_t i = from; i < looked_at; i += 2) zeros += bytes[i] == 0 ? 1 : 0;
  return zeros * 200 / looked_at;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) > 0x9F) return 0;
    return follows(1) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

std::string to_utf8(Bytes bytes) {
  constexpr std::size_t kMostlyZero = 40;  // of a hundred: spaces, digits and line ends are in every script's text
  if (begins_with(bytes, {0xFF, 0xFE})) return from_utf16(bytes.subspan(2), Order::kLittle);
  if (begins_with(bytes, {0xFE, 0xFF})) return from_utf16(bytes.subspan(2), Order::kBig);
  if (begins_with(bytes, {0xEF, 0xBB, 0xBF})) bytes = bytes.subspan(3);
  if (zeros_at(bytes, 1) >= kMostlyZero) return from_utf16(bytes, Order::kLittle);
  if (zeros_at(bytes, 0) >= kMostlyZero) return from_utf16(bytes, Order::kBig);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!is_utf8_throughout(text)) return from_windows_1252(bytes);
  std::string out(text);
  std::erase(out, '\0');
  return out;
}

}  // namespace zoe::media
