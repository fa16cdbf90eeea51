// A plugin's own table of the configuration file, with typed and bounded look-ups.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/plugin/sdk/host.hpp"

namespace zoe::sdk {

// Immutable; read it in the plugin's `create`, on one thread. Errors name the table and the key:
// "[plugins.codec_jpeg] quality must be a whole number from 1 to 100".
class Settings {
 public:
  // kMalformed when the host's JSON is none. `id` is the plugin's.
  static Result<Settings> read(const Host& host, std::string_view id);
  static Result<Settings> parse(std::string_view json, std::string_view id);

  Settings(Settings&&) noexcept;
  Settings& operator=(Settings&&) noexcept;
  ~Settings();

  // The value of `key`, `fallback` where it is absent; kInvalidArgument for another type or out of [low, high].
  Result<std::string> string(std::string_view key, std::string_view fallback) const;
  Result<std::int64_t> integer(std::string_view key, std::int64_t fallback, std::int64_t low, std::int64_t high) const;
  Result<double> number(std::string_view key, double fallback, double low, double high) const;
  Result<bool> boolean(std::string_view key, bool fallback) const;
  // A list of texts; none where it is absent.
  Result<std::vector<std::string>> strings(std::string_view key) const;

  // kInvalidArgument naming a key that none of the look-ups asked for. `enabled`, which the host reads, is known.
  Status check_unknown() const;

 private:
  struct Impl;
  explicit Settings(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::sdk
