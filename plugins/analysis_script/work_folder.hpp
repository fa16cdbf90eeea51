// The folder that a script has for itself while it runs.
#pragma once

#include <string>
#include <utility>

#include "engine/core/result.hpp"

namespace zoe::plugins::analysis_script {

// Removed with all that is in it by the destructor. What a server that was killed left is removed by the next one.
class WorkFolder {
 public:
  // In `parent`, or where the system keeps such things. kIo, kDenied.
  static Result<WorkFolder> make(const std::string& parent);

  WorkFolder(WorkFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  WorkFolder& operator=(WorkFolder&&) = delete;
  ~WorkFolder();

  const std::string& path() const { return path_; }

  // Removes folders of processes that do not run any more.
  static void sweep(const std::string& parent);

 private:
  explicit WorkFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace zoe::plugins::analysis_script
