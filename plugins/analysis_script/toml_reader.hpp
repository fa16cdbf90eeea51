// A TOML document whose values are read one by one with their type and bounds; what is wrong is named with its line.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"

namespace zoe::plugins::analysis_script {

// A view of one table; the document must outlive it. One thread. Errors are kMalformed:
// "football.toml:12: limits.seconds must be a whole number from 1 to 604800".
class TomlReader {
 public:
  // What is there must be text of 1 to `most_bytes` of UTF-8, without control characters but for the end of a line.
  Result<std::string> text(std::string_view key, std::size_t most_bytes) const;
  Result<std::string> text(std::string_view key, std::size_t most_bytes, std::string_view fallback) const;
  Result<std::int64_t> integer(std::string_view key, std::int64_t fallback, std::int64_t low, std::int64_t high) const;
  // At most `most` texts of at most `most_bytes`; none where it is absent.
  Result<std::vector<std::string>> texts(std::string_view key, std::size_t most, std::size_t most_bytes) const;
  // A text, a finite number or a boolean.
  Result<std::optional<nlohmann::json>> scalar(std::string_view key) const;
  Result<std::optional<TomlReader>> table(std::string_view key) const;
  // "[[key]]", in order.
  Result<std::vector<TomlReader>> tables(std::string_view key, std::size_t most) const;

  // The first key that nobody asked for.
  Status check_unknown() const;

  // "… must be WANTED".
  tl::unexpected<Error> wrong(std::string_view key, std::string_view wanted) const;

  struct Impl;
  explicit TomlReader(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

 private:
  std::shared_ptr<Impl> impl_;
};

class TomlDocument {
 public:
  static Result<TomlDocument> parse(std::string_view text, const std::string& file);

  TomlReader top() const { return top_; }

 private:
  explicit TomlDocument(TomlReader top) : top_(std::move(top)) {}
  TomlReader top_;
};

}  // namespace zoe::plugins::analysis_script
