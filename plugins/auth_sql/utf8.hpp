// Strict UTF-8 to code points and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace zoe::plugins::auth_sql {

// Nothing for text that is not well-formed (overlong forms and surrogates included).
std::optional<std::u32string> decode_utf8(std::string_view text);

// `code_points` are Unicode scalar values.
std::string encode_utf8(std::u32string_view code_points);

}  // namespace zoe::plugins::auth_sql
