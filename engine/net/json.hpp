// JSON from strangers: bounded before it is parsed, and never an exception.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"

namespace zoe::net {

// nlohmann's destructor and our own walks recurse, so the nesting is counted first.
inline constexpr std::size_t kMostJsonDepth = 32;

// An object. kTooLarge for text above `most_bytes`, kMalformed for anything that is not valid JSON in valid UTF-8, for
// deeper nesting than kMostJsonDepth, and for another value than an object.
Result<nlohmann::json> parse_json_object(std::string_view text, std::size_t most_bytes);

// Compact text; bytes that are not UTF-8 become U+FFFD instead of an exception.
std::string to_text(const nlohmann::json& value);

}  // namespace zoe::net
