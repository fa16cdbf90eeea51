#include "server/api/params.hpp"

#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace zoe::server {
namespace {

using nlohmann::json;

tl::unexpected<Error> bad(std::string_view name, const std::string& what) {
  return fail(Errc::kInvalidArgument, fmt::format("params.{}: {}", name, what));
}

// What a value is, in the words of JSON; a long text is not repeated to whoever sent it.
std::string shown(const json& value) {
  if (value.is_number()) return value.dump();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  return std::string("a value of type ") + value.type_name();
}

Result<std::int64_t> read_integer(const json& value, std::string_view name, std::int64_t low, std::int64_t high) {
  if (!value.is_number_integer()) return bad(name, "must be a whole number, not " + shown(value));
  const bool is_beyond =
      value.is_number_unsigned() &&
      value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const std::int64_t number = is_beyond ? std::numeric_limits<std::int64_t>::max() : value.get<std::int64_t>();
  if (is_beyond || number < low || number > high)
    return bad(name, fmt::format("{} is not in {} to {}", shown(value), low, high));
  return number;
}

Result<std::string> read_text(const json& value, std::string_view name, std::size_t most_bytes) {
  if (!value.is_string()) return bad(name, "must be a text, not " + shown(value));
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() > most_bytes)
    return bad(name, fmt::format("has {} bytes, more than the {} allowed", text.size(), most_bytes));
  return text;
}

Status check_list(const json& value, std::string_view name, std::size_t most) {
  if (!value.is_array()) return bad(name, "must be a list, not " + shown(value));
  if (value.empty() || value.size() > most)
    return bad(name, fmt::format("has {} entries, not 1 to {}", value.size(), most));
  return {};
}

Result<bool> read_boolean(const json& value, std::string_view name) {
  if (!value.is_boolean()) return bad(name, "must be true or false, not " + shown(value));
  return value.get<bool>();
}

}  // namespace

const json* Params::find(std::string_view name) const {
  const auto found = object_.find(name);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

Result<std::string> Params::text(std::string_view name, std::size_t most_bytes) const {
  const json* value = find(name);
  if (!value) return bad(name, "is missing");
  return read_text(*value, name, most_bytes);
}

Result<std::string> Params::text(std::string_view name, std::size_t most_bytes, std::string_view fallback) const {
  const json* value = find(name);
  if (!value) return std::string(fallback);
  return read_text(*value, name, most_bytes);
}

Result<json> Params::value(std::string_view name) const {
  const auto found = object_.find(name);
  if (found == object_.end()) return bad(name, "is missing");
  return *found;
}

Result<std::vector<std::string>> Params::texts(std::string_view name, std::size_t most, std::size_t most_bytes) const {
  const json* list = find(name);
  if (!list) return bad(name, "is missing");
  ZOE_CHECK(check_list(*list, name, most));
  std::vector<std::string> texts;
  for (const json& each : *list) {
    ZOE_TRY(std::string text, read_text(each, name, most_bytes));
    texts.push_back(std::move(text));
  }
  return texts;
}

Result<std::vector<std::int64_t>> Params::integers(std::string_view name, std::size_t most, std::int64_t low,
                                                   std::int64_t high) const {
  const json* list = find(name);
  if (!list) return bad(name, "is missing");
  ZOE_CHECK(check_list(*list, name, most));
  std::vector<std::int64_t> numbers;
  for (const json& each : *list) {
    ZOE_TRY(const std::int64_t number, read_integer(each, name, low, high));
    numbers.push_back(number);
  }
  return numbers;
}

Result<std::int64_t> Params::integer(std::string_view name, std::int64_t low, std::int64_t high) const {
  const json* value = find(name);
  if (!value) return bad(name, "is missing");
  return read_integer(*value, name, low, high);
}

Result<std::int64_t> Params::integer(std::string_view name, std::int64_t low, std::int64_t high,
                                     std::int64_t fallback) const {
  ZOE_TRY(const auto value, integer_if_any(name, low, high));
  return value.value_or(fallback);
}

Result<std::optional<std::int64_t>> Params::integer_if_any(std::string_view name, std::int64_t low,
                                                           std::int64_t high) const {
  const json* value = find(name);
  if (!value) return std::optional<std::int64_t>();
  ZOE_TRY(const std::int64_t number, read_integer(*value, name, low, high));
  return std::optional(number);
}

Result<std::uint64_t> Params::id(std::string_view name) const {
  const json* value = find(name);
  if (!value) return bad(name, "is missing");
  if (!value->is_number_unsigned() || value->get<std::uint64_t>() == 0)
    return bad(name, "must be a whole number above 0, not " + shown(*value));
  return value->get<std::uint64_t>();
}

Result<std::uint32_t> Params::number32(std::string_view name) const {
  ZOE_TRY(const std::int64_t number, integer(name, 1, std::numeric_limits<std::uint32_t>::max()));
  return static_cast<std::uint32_t>(number);
}

Result<std::optional<double>> Params::real_if_any(std::string_view name, double low, double high) const {
  const json* value = find(name);
  if (!value) return std::optional<double>();
  if (!value->is_number()) return bad(name, "must be a number, not " + shown(*value));
  const auto number = value->get<double>();
  if (!std::isfinite(number) || number < low || number > high)
    return bad(name, fmt::format("{} is not in {} to {}", shown(*value), low, high));
  return std::optional(number);
}

Result<bool> Params::boolean(std::string_view name) const {
  const json* value = find(name);
  if (!value) return bad(name, "is missing");
  return read_boolean(*value, name);
}

Result<bool> Params::boolean(std::string_view name, bool fallback) const {
  ZOE_TRY(const auto value, boolean_if_any(name));
  return value.value_or(fallback);
}

Result<std::optional<bool>> Params::boolean_if_any(std::string_view name) const {
  const json* value = find(name);
  if (!value) return std::optional<bool>();
  ZOE_TRY(const bool truth, read_boolean(*value, name));
  return std::optional(truth);
}

Result<std::optional<Rational>> Params::rate_if_any(std::string_view name) const {
  if (!has(name)) return std::optional<Rational>();
  ZOE_TRY(const std::string words, text(name, 32));
  const auto rate = Rational::parse(words);
  if (!rate) return bad(name, "must be a rate such as \"1\", \"-0.5\" or \"3/4\"");
  return std::optional(*rate);
}

}  // namespace zoe::server
