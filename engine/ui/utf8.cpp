#include "engine/ui/utf8.hpp"

#include <cstddef>

namespace zoe::ui {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// Bytes of the sequence that `lead` begins, and the payload bits of `lead`; 0 when it begins none.
struct Lead {
  std::size_t size = 0;
  char32_t bits = 0;
  char32_t least = 0;  // below it the sequence is overlong
};

Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {1, byte, 0};
  if (byte >= 0xC2 && byte < 0xE0) return {2, byte & 0x1FU, 0x80};
  if (byte >= 0xE0 && byte < 0xF0) return {3, byte & 0x0FU, 0x800};
  if (byte >= 0xF0 && byte < 0xF5) return {4, byte & 0x07U, 0x10000};
  return {};
}

}  // namespace

char32_t take_code_point(std::string_view& text) {
  const Lead lead = lead_of(static_cast<unsigned char>(text.front()));
  char32_t code_point = lead.bits;
  bool is_good = lead.size > 0 && text.size() >= lead.size;
  for (std::size_t i = 1; is_good && i < lead.size; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    is_good = (byte & 0xC0U) == 0x80U;
    code_point = (code_point << 6U) | (byte & 0x3FU);
  }
  is_good =
      is_good && code_point >= lead.least && code_point <= 0x10FFFF && !(code_point >= 0xD800 && code_point <= 0xDFFF);
  text.remove_prefix(is_good ? lead.size : 1);
  return is_good ? code_point : kReplacement;
}

void append_code_point(std::string& to, char32_t code_point) {
  const auto put = [&](char32_t byte) { to.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0U | (code_point >> 6U));
    put(0x80U | (code_point & 0x3FU));
  } else if (code_point < 0x10000) {
    put(0xE0U | (code_point >> 12U));
    put(0x80U | ((code_point >> 6U) & 0x3FU));
    put(0x80U | (code_point & 0x3FU));
  } else {
    put(0xF0U | (code_point >> 18U));
    put(0x80U | ((code_point >> 12U) & 0x3FU));
    put(0x80U | ((code_point >> 6U) & 0x3FU));
    put(0x80U | (code_point & 0x3FU));
  }
}

std::u32string to_code_points(std::string_view text) {
  std::u32string result;
  result.reserve(text.size());
  while (!text.empty()) result.push_back(take_code_point(text));
  return result;
}

std::string to_utf8(std::u32string_view code_points) {
  std::string result;
  result.reserve(code_points.size());
  for (const char32_t code_point : code_points) append_code_point(result, code_point);
  return result;
}

}  // namespace zoe::ui
