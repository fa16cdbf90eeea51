// Files that were in hand when the server crashed: left out until their bytes change or the operator lets them back in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.hpp"

namespace zoe::server {

// One line of the quarantine file: "SIGSEGV 1048576 1700000000000000000 /films/bad.mkv", control characters, '%' and
// bytes above 126 of the path written as %XX.
struct QuarantinedFile {
  std::string signal;
  std::uint64_t size_bytes = 0;
  std::int64_t mtime_ns = 0;
  std::string path;
};

// Immutable after `load`; any thread may read.
class Quarantine {
 public:
  Quarantine() = default;

  // A missing file is an empty quarantine; lines that cannot be read are passed over. kIo, kDenied.
  static Result<Quarantine> load(const std::string& path);

  // What such a file holds; `path` is where it lies.
  static Quarantine parse(std::string_view text, const std::string& path);

  // Removes the file. Removing nothing is fine.
  static Status release_all(const std::string& path);

  // The entry of that file, null where it is free or has changed since.
  const QuarantinedFile* find(const std::string& path, std::uint64_t size_bytes, std::int64_t mtime_ns) const;

  const std::vector<QuarantinedFile>& files() const { return files_; }
  const std::string& file() const { return file_; }

 private:
  std::string file_;
  std::vector<QuarantinedFile> files_;
};

}  // namespace zoe::server
