// The parameters of a request, read one by one with their type and bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/rational.hpp"
#include "engine/core/result.hpp"

namespace zoe::server {

// Borrows the JSON object. All errors are kInvalidArgument and name the parameter: "params.limit: 0 is not in 1 to
// 500". A parameter that is null counts as absent. What nobody reads is ignored, so that newer clients can say more.
class Params {
 public:
  explicit Params(const nlohmann::json& object) : object_(object) {}

  bool has(std::string_view name) const { return find(name) != nullptr; }

  Result<std::string> text(std::string_view name, std::size_t most_bytes) const;
  Result<std::string> text(std::string_view name, std::size_t most_bytes, std::string_view fallback) const;

  Result<std::int64_t> integer(std::string_view name, std::int64_t low, std::int64_t high) const;
  Result<std::int64_t> integer(std::string_view name, std::int64_t low, std::int64_t high, std::int64_t fallback) const;
  Result<std::optional<std::int64_t>> integer_if_any(std::string_view name, std::int64_t low, std::int64_t high) const;

  // Any number of 64 bits but 0.
  Result<std::uint64_t> id(std::string_view name) const;
  // 1 to 2^32 - 1: a stream, a file, a serial.
  Result<std::uint32_t> number32(std::string_view name) const;

  Result<std::optional<double>> real_if_any(std::string_view name, double low, double high) const;

  Result<bool> boolean(std::string_view name) const;
  Result<bool> boolean(std::string_view name, bool fallback) const;
  Result<std::optional<bool>> boolean_if_any(std::string_view name) const;

  // Any JSON, null too where it is said.
  Result<nlohmann::json> value(std::string_view name) const;
  // Lists of 1 to `most` entries.
  Result<std::vector<std::string>> texts(std::string_view name, std::size_t most, std::size_t most_bytes) const;
  Result<std::vector<std::int64_t>> integers(std::string_view name, std::size_t most, std::int64_t low,
                                             std::int64_t high) const;

  // A playback rate: "1", "-0.5", "3/4".
  Result<std::optional<Rational>> rate_if_any(std::string_view name) const;

 private:
  const nlohmann::json* find(std::string_view name) const;

  const nlohmann::json& object_;
};

}  // namespace zoe::server
