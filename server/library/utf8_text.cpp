#include "server/library/utf8_text.hpp"

#include <clocale>
#include <cstdint>
#include <cwctype>

#include <locale.h>

namespace zoe::server {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Decoded {
  std::uint32_t code_point = 0;
  std::size_t size = 0;  // 0: no character begins here
};

bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// The well-formed sequences of the Unicode standard, table 3-7: no overlong forms, no surrogates, up to U+10FFFF.
Decoded decode(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {};
  std::uint32_t value = lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if (!is_continuation(at(i))) return {};
    value = (value << 6) | (at(i) & 0x3FU);
  }
  const bool is_overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  const bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (is_overlong || is_surrogate || value > 0x10FFFF) return {};
  return {value, size};
}

void encode(std::uint32_t value, std::string& out) {
  if (value < 0x80) {
    out.push_back(static_cast<char>(value));
    return;
  }
  const int extra = value < 0x800 ? 1 : value < 0x10000 ? 2 : 3;
  const std::uint32_t lead = extra == 1 ? 0xC0 : extra == 2 ? 0xE0 : 0xF0;
  out.push_back(static_cast<char>(lead | (value >> (6 * extra))));
  for (int i = extra - 1; i >= 0; --i) out.push_back(static_cast<char>(0x80 | ((value >> (6 * i)) & 0x3F)));
}

// The C library knows the case of all of Unicode, but only under a Unicode locale; the program's own stays "C".
class UnicodeLocale {
 public:
  UnicodeLocale() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{})) {}
  ~UnicodeLocale() {
    if (locale_) ::freelocale(locale_);
  }
  UnicodeLocale(const UnicodeLocale&) = delete;
  UnicodeLocale& operator=(const UnicodeLocale&) = delete;

  std::uint32_t lower(std::uint32_t value) const {
    if (value < 0x80) return value >= 'A' && value <= 'Z' ? value + 32 : value;
    return locale_ ? static_cast<std::uint32_t>(::towlower_l(static_cast<wint_t>(value), locale_)) : value;
  }

 private:
  locale_t locale_;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const Decoded decoded = decode(text);
    if (decoded.size == 0) return false;
    text.remove_prefix(decoded.size);
  }
  return true;
}

std::string printable_utf8(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  while (!raw.empty()) {
    const Decoded character = decode(raw);
    if (character.size == 0) {
      out += kReplacement;
      raw.remove_prefix(1);
      continue;
    }
    const bool is_control =
        character.code_point < 0x20 || (character.code_point >= 0x7F && character.code_point < 0xA0);
    if (is_control) {
      out.push_back(' ');
    } else {
      out += raw.substr(0, character.size);
    }
    raw.remove_prefix(character.size);
  }
  return out;
}

std::string_view cut_utf8(std::string_view text, std::size_t most_bytes) {
  if (text.size() <= most_bytes) return text;
  std::size_t end = most_bytes;
  while (end > 0 && is_continuation(static_cast<unsigned char>(text[end]))) --end;
  return text.substr(0, end);
}

std::string fold_case(std::string_view text) {
  static const UnicodeLocale locale;
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Decoded character = decode(text);
    if (character.size == 0) {
      out.push_back(text.front());
      text.remove_prefix(1);
      continue;
    }
    encode(locale.lower(character.code_point), out);
    text.remove_prefix(character.size);
  }
  return out;
}

std::string sort_key(std::string_view text) {
  const std::string folded = fold_case(text);
  std::string key;
  key.reserve(folded.size() + 8);
  for (std::size_t i = 0; i < folded.size();) {
    if (!is_digit(folded[i])) {
      key.push_back(folded[i++]);
      continue;
    }
    std::size_t end = i;
    while (end < folded.size() && is_digit(folded[end])) ++end;
    while (i + 1 < end && folded[i] == '0') ++i;
    // A number sorts by how many digits it has, then by them; the count stays inside the digits' place among
    // characters.
    const std::size_t digits = end - i;
    key.push_back('0');
    key.push_back(static_cast<char>(digits < 200 ? 1 + digits : 201));
    key.append(folded, i, digits);
    i = end;
  }
  return key;
}

}  // namespace zoe::server
