// The members of a server's answer, checked one by one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/rational.hpp"
#include "engine/core/result.hpp"

namespace zoe::player {

inline constexpr std::size_t kMostFieldText = 4096;

// Reads the members of one object and remembers the first that is wrong.
class Fields {
 public:
  Fields(const nlohmann::json& object, std::string_view what) : object_(object), what_(what) {
    if (!object.is_object()) complain("", "is not an object");
  }

  const nlohmann::json* find(const char* key) {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(key);
    if (found == object_.end()) complain(key, "is missing");
    return found == object_.end() ? nullptr : &*found;
  }

  std::int64_t integer(const char* key, std::int64_t low, std::int64_t high) {
    const nlohmann::json* value = find(key);
    if (value == nullptr) return low;
    const bool fits = value->is_number_integer() &&
                      !(value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX) &&
                      value->get<std::int64_t>() >= low && value->get<std::int64_t>() <= high;
    if (!fits) complain(key, "is out of bounds");
    return fits ? value->get<std::int64_t>() : low;
  }

  std::uint32_t number32(const char* key) { return static_cast<std::uint32_t>(integer(key, 0, UINT32_MAX)); }

  bool boolean(const char* key) {
    const nlohmann::json* value = find(key);
    if (value != nullptr && !value->is_boolean()) complain(key, "is not true or false");
    return value != nullptr && value->is_boolean() && value->get<bool>();
  }

  std::string text(const char* key, std::size_t most = kMostFieldText) {
    const nlohmann::json* value = find(key);
    if (value == nullptr) return {};
    const bool fits = value->is_string() && value->get_ref<const std::string&>().size() <= most;
    if (!fits) complain(key, "is not a text, or too long");
    return fits ? value->get<std::string>() : std::string();
  }

  // Empty where it is missing or null: what an older server does not tell.
  std::string text_or_none(const char* key, std::size_t most) {
    if (!object_.is_object()) return {};
    const auto found = object_.find(key);
    return found == object_.end() || found->is_null() ? std::string() : text(key, most);
  }

  // [num, den]; den above 0.
  Rational fraction(const char* key) {
    const nlohmann::json* value = find(key);
    if (value == nullptr) return {0, 1};
    const auto is_part = [](const nlohmann::json& part) {
      return part.is_number_integer() && part.get<std::int64_t>() >= 0 && part.get<std::int64_t>() <= INT32_MAX;
    };
    const bool fits = value->is_array() && value->size() == 2 && is_part((*value)[0]) && is_part((*value)[1]) &&
                      (*value)[1].get<std::int64_t>() > 0;
    if (!fits) complain(key, "is not a fraction");
    return fits ? Rational::make((*value)[0].get<std::int64_t>(), (*value)[1].get<std::int64_t>()) : Rational{0, 1};
  }

  bool is_ok() const { return error_.empty(); }
  Error error() const { return {Errc::kMalformed, error_}; }

  void complain(const char* key, const char* problem) {
    if (!error_.empty()) return;
    error_ = "The server's answer cannot be understood: " + std::string(what_);
    if (*key != '\0') error_ += std::string(".") + key;
    error_ += std::string(" ") + problem + ".";
  }

 private:
  const nlohmann::json& object_;
  const std::string_view what_;
  std::string error_;
};

// The first `most` of the list `key` of the answer `what`, each read by `read`, whose first error is the list's.
template <typename T>
Result<std::vector<T>> parse_list(const nlohmann::json& answer, std::string_view what, const char* key,
                                  std::size_t most, Result<T> (*read)(const nlohmann::json&)) {
  Fields fields(answer, what);
  const nlohmann::json* list = fields.find(key);
  if (list != nullptr && !list->is_array()) fields.complain(key, "is not a list");
  if (!fields.is_ok()) return fail(fields.error());
  std::vector<T> items;
  items.reserve(std::min(list->size(), most));
  for (const nlohmann::json& each : *list) {
    if (items.size() == most) break;
    ZOE_TRY(T item, read(each));
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace zoe::player
