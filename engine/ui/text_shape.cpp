#include "engine/ui/text_shape.hpp"

#include <fribidi.h>

#include <algorithm>
#include <vector>

#include "engine/ui/utf8.hpp"

namespace zoe::ui {
namespace {

constexpr std::size_t kMostCodePoints = 1024;

// A name that a message quotes has a direction of its own, and does not pull the words and numbers beside it along.
constexpr char32_t kQuoteBegins = 0x201C, kQuoteEnds = 0x201D;
constexpr char32_t kIsolateBegins = 0x2068, kIsolateEnds = 0x2069;

bool is_right_to_left(char32_t c) {
  return (c >= 0x0590 && c <= 0x08FF) || (c >= 0xFB1D && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFE) ||
         (c >= 0x10800 && c <= 0x10FFF) || (c >= 0x1E800 && c <= 0x1EFFF);
}

// Marks, embeddings, overrides, isolates, joiners, the byte order mark: they steer and are not drawn.
bool is_steering(char32_t c) {
  return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF ||
         c == 0x061C;
}

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029; }

std::u32string visual_order(const std::u32string& logical) {
  const auto length = static_cast<FriBidiStrIndex>(logical.size());
  std::vector<FriBidiChar> text(logical.begin(), logical.end());
  std::vector<FriBidiCharType> types(text.size());
  std::vector<FriBidiBracketType> brackets(text.size());
  std::vector<FriBidiLevel> levels(text.size());
  fribidi_get_bidi_types(text.data(), length, types.data());
  fribidi_get_bracket_types(text.data(), length, types.data(), brackets.data());
  FriBidiParType direction = FRIBIDI_PAR_ON;
  if (fribidi_get_par_embedding_levels_ex(types.data(), brackets.data(), length, &direction, levels.data()) == 0)
    return logical;
  std::vector<FriBidiArabicProp> joining(text.size());
  fribidi_get_joining_types(text.data(), length, joining.data());
  fribidi_join_arabic(types.data(), length, levels.data(), joining.data());
  fribidi_shape(FRIBIDI_FLAGS_DEFAULT | FRIBIDI_FLAGS_ARABIC, levels.data(), length, joining.data(), text.data());
  if (fribidi_reorder_line(FRIBIDI_FLAGS_DEFAULT, types.data(), length, 0, direction, levels.data(), text.data(),
                           nullptr) == 0)
    return logical;
  return {text.begin(), text.end()};
}

}  // namespace

bool needs_shaping(std::string_view utf8) {
  // Every letter and mark in question lies above U+0590, which begins with the byte D6 or a greater one.
  if (std::none_of(utf8.begin(), utf8.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xD6; }))
    return false;
  while (!utf8.empty()) {
    const char32_t c = take_code_point(utf8);
    if (is_right_to_left(c) || is_steering(c)) return true;
  }
  return false;
}

std::string shape_line(std::string_view utf8) {
  const bool is_bidi = needs_shaping(utf8);
  const bool has_controls =
      std::any_of(utf8.begin(), utf8.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (!is_bidi && !has_controls) return std::string(utf8);
  std::u32string line;
  while (!utf8.empty() && line.size() < kMostCodePoints) {
    const char32_t c = take_code_point(utf8);
    if (c == kQuoteEnds) line.push_back(kIsolateEnds);
    line.push_back(is_control(c) ? U' ' : c);
    if (c == kQuoteBegins) line.push_back(kIsolateBegins);
  }
  if (is_bidi) line = visual_order(line);
  std::erase_if(line, is_steering);
  return to_utf8(line);
}

}  // namespace zoe::ui
