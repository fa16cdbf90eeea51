// Walking UTF-8 that may be anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zoe::ui {

// The code point at the front of `text`, which is cut by it; U+FFFD for each byte that is not well-formed UTF-8.
// `text` must not be empty.
char32_t take_code_point(std::string_view& text);

void append_code_point(std::string& to, char32_t code_point);

std::u32string to_code_points(std::string_view text);
std::string to_utf8(std::u32string_view code_points);

}  // namespace zoe::ui
