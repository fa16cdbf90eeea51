// The one-time code that makes the first administrator. It lives in a file of the plugin's data folder, for the
// operator to read; the file is the truth, so deleting it makes the code void until the next start.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/result.hpp"

namespace zoe::plugins::auth_sql {

// No state but the file, which is written only under the database's write lock; any thread.
class AdminCode {
 public:
  explicit AdminCode(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }

  // The code in the file; a fresh one, written to it (0600), where there is none or others could read it. kIo, kDenied.
  Result<std::string> ensure() const;

  // True when what was typed is the code. Logs nothing, fails closed.
  bool matches(std::string_view typed) const;

  // Makes it void. True when there was a file.
  bool remove() const;

 private:
  const std::string path_;
};

}  // namespace zoe::plugins::auth_sql
