// The server's data folder: private, and one server's at a time.
#pragma once

#include <string>

#include "engine/core/result.hpp"
#include "engine/core/unique_fd.hpp"

namespace zoe::server {

// Holds the folder for this process until it is destroyed, or the process ends in whatever way.
class DataFolder {
 public:
  // Makes the folder where it is missing, closes it to other users and locks it. kDenied or kIo where it cannot be
  // written to, kConflict where another server uses it; each with words on what to do.
  static Result<DataFolder> open(const std::string& path);

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

  // A private folder inside; made where it is missing.
  Result<std::string> folder(const std::string& name) const;

 private:
  DataFolder(std::string path, UniqueFd lock);

  std::string path_;
  UniqueFd lock_;
};

}  // namespace zoe::server
