// Members that a script may or may not have told: what cannot be understood is as if it were not there.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/net/json.hpp"
#include "player/client/analysis_types.hpp"
#include "player/client/json_fields.hpp"

namespace zoe::player {

inline constexpr std::size_t kMostNameBytes = 256;
inline constexpr std::size_t kMostWordsBytes = 2048;

inline const nlohmann::json* member(const nlohmann::json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

inline std::optional<double> finite(const nlohmann::json& value) {
  const double read = value.is_number() ? value.get<double>() : NAN;
  return std::isfinite(read) ? std::optional(read) : std::nullopt;
}

inline std::optional<std::int64_t> whole(const nlohmann::json& value) {
  if (!value.is_number_integer() || (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX))
    return std::nullopt;
  return value.get<std::int64_t>();
}

// Cut at `most` bytes, not in the middle of a letter.
inline std::string cut_text(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

inline std::string text_or(const nlohmann::json& object, const char* key, std::size_t most) {
  const nlohmann::json* value = member(object, key);
  return value != nullptr && value->is_string() ? cut_text(value->get_ref<const std::string&>(), most) : std::string();
}

inline std::int64_t integer_or(const nlohmann::json& object, const char* key, std::int64_t otherwise) {
  const nlohmann::json* value = member(object, key);
  const auto read = value != nullptr ? whole(*value) : std::nullopt;
  return read && *read >= 0 ? *read : otherwise;
}

// 0 to 1.
inline float share_or(const nlohmann::json& object, const char* key, float otherwise) {
  const nlohmann::json* value = member(object, key);
  const auto read = value != nullptr ? finite(*value) : std::nullopt;
  return read ? static_cast<float>(std::clamp(*read, 0.0, 1.0)) : otherwise;
}

inline Team team_of(const nlohmann::json& object) {
  const std::string team = text_or(object, "team", 8);
  return team == "a" ? Team::kA : team == "b" ? Team::kB : Team::kNone;
}

// Where a list goes on, as JSON: a text or a number of the server's own. Empty at the end.
inline std::string cursor_of(const nlohmann::json& answer) {
  const nlohmann::json* next = member(answer, "next");
  const bool is_cursor =
      next != nullptr && (next->is_number_integer() ||
                          (next->is_string() && next->get_ref<const std::string&>().size() <= kMostNameBytes));
  return is_cursor ? net::to_text(*next) : std::string();
}

}  // namespace zoe::player
