// A folder of a test's own, removed with everything in it at the end of its life. Thread: the one that owns it.
#pragma once

#include <string>
#include <string_view>

namespace zoe::test {

class TempDir {
 public:
  // Throws std::system_error where no folder can be made.
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }

  // path()/NAME; makes nothing.
  std::string file(std::string_view name) const;

  // Writes a file, with the folders on the way to it, and returns its path. Throws std::system_error.
  std::string write(std::string_view name, std::string_view content) const;

 private:
  std::string path_;
};

// The whole of a file. Throws std::system_error.
std::string read_whole_file(const std::string& path);

}  // namespace zoe::test
