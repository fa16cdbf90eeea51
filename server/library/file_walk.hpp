// The regular files under the library's folders.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace zoe::server {

struct FoundFile {
  std::string root;
  std::string path;           // absolute, raw bytes
  std::string relative_path;  // inside the root, raw bytes
  std::uint64_t size_bytes = 0;
  std::int64_t mtime_ns = 0;
};

struct WalkProblem {
  std::string path;     // raw bytes
  std::string message;  // what is wrong and what to do
};

struct WalkResult {
  std::vector<FoundFile> files;      // folder by folder, by name in each
  std::vector<std::string> folders;  // that were read, as paths
  std::vector<WalkProblem> problems;
  std::vector<std::string> unreadable_roots;
  bool is_complete = true;  // false: stopped, or there were more than `most_files`
};

// Looks at names and types only; opens nothing but folders. Pipes, sockets and devices are passed over, as are hidden
// names and empty files. Symbolic links are followed, each folder is entered once, and a linked file that is found
// under its own name too is listed under that only. `progress` is told the number of files now and then.
WalkResult walk_folders(const std::vector<std::string>& roots, std::size_t most_files, std::stop_token stop,
                        const std::function<void(std::size_t)>& progress);

}  // namespace zoe::server
