// A TOML file with typed, bounded look-ups whose errors name the file, the line and the key.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.hpp"

namespace zoe {

// Immutable after `load`; any thread may read. Keys are dotted paths ("store.memory_mib").
//
// Each look-up marks its key as known; `check_unknown` then reports a key that nothing asked for, so that a misspelt
// setting is an error and not a silent default. The marks are not thread-safe: read the settings on one thread.
class Config {
 public:
  Config();
  ~Config();
  Config(Config&&) noexcept;
  Config& operator=(Config&&) noexcept;

  // At most 1 MiB. kNotFound, kMalformed ("zoetrope.toml:12: …").
  static Result<Config> load(const std::string& path);
  static Result<Config> parse(std::string_view text, const std::string& name);

  // The value of `key`, `fallback` where it is absent; kInvalidArgument for another type or out of [low, high].
  Result<std::string> string(std::string_view key, std::string_view fallback) const;
  Result<std::int64_t> integer(std::string_view key, std::int64_t fallback, std::int64_t low, std::int64_t high) const;
  Result<double> number(std::string_view key, double fallback, double low, double high) const;
  Result<bool> boolean(std::string_view key, bool fallback) const;
  Result<std::vector<std::string>> strings(std::string_view key, const std::vector<std::string>& fallback) const;

  // The table `key` as JSON text ("{}" where it is absent): what a plugin is handed of its own settings.
  Result<std::string> table_json(std::string_view key) const;

  // kInvalidArgument naming the first key that no look-up asked for.
  Status check_unknown() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe
