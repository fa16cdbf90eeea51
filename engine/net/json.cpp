#include "engine/net/json.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

namespace zoe::net {
namespace {

// Deepest nesting of brackets outside of strings; right for valid JSON, and an upper bound of what a parser enters
// before it notices that a text is not.
std::size_t nesting_of(std::string_view text) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool is_in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        is_in_string = false;
      }
    } else if (c == '"') {
      is_in_string = true;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

Result<nlohmann::json> parse_json_object(std::string_view text, std::size_t most_bytes) {
  if (text.size() > most_bytes)
    return fail(Errc::kTooLarge, fmt::format("JSON of {} bytes: at most {} are allowed", text.size(), most_bytes));
  if (nesting_of(text) > kMostJsonDepth)
    return fail(Errc::kMalformed, fmt::format("JSON is nested deeper than {} levels", kMostJsonDepth));
  nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded()) return fail(Errc::kMalformed, "the text is not valid JSON");
  if (!value.is_object()) return fail(Errc::kMalformed, "the JSON text is not an object");
  return value;
}

std::string to_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace zoe::net
