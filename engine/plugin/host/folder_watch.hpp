// Arrivals and departures of plugin files in a folder, as the kernel tells them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/core/unique_fd.hpp"

namespace zoe::plugin {

// One thread.
class FolderWatch {
 public:
  struct Changes {
    std::vector<std::string> arrived;  // names of "*.so" that were moved in, linked in, or closed by their writer
    std::vector<std::string> changed;  // whose owner or permissions were changed
    std::vector<std::string> gone;
    bool has_lost_some = false;  // look through the whole folder
    bool is_folder_gone = false;
  };

  static Result<std::unique_ptr<FolderWatch>> open(const std::string& folder);

  // Readable when `read` has something.
  int fd() const { return fd_.get(); }

  // What happened since, each name once in a list. Never blocks.
  Changes read();

 private:
  FolderWatch(std::string folder, UniqueFd fd) : folder_(std::move(folder)), fd_(std::move(fd)) {}

  const std::string folder_;
  const UniqueFd fd_;
};

}  // namespace zoe::plugin
