// Tells when something may have changed below the library's folders.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/threads.hpp"
#include "engine/core/unique_fd.hpp"

namespace zoe::server {

// Thread-safe. A thread of its own waits for what the kernel says of the folders that it follows: files that their
// writer closed, that were moved, removed, or that changed their permissions, and folders that came or went. It calls
// `changed` once things have been quiet for a third of a second, or after two seconds of unrest. What other machines do
// on a network file system is not told: look now and then, too.
class TreeWatch {
 public:
  explicit TreeWatch(std::function<void()> changed);
  ~TreeWatch();
  TreeWatch(const TreeWatch&) = delete;
  TreeWatch& operator=(const TreeWatch&) = delete;

  // Follows these folders and no others. True where some of them were not followed before: what happened in those since
  // they were listed was not seen.
  bool follow(const std::vector<std::string>& folders);

  // Whether every folder is followed; false once the kernel's limit (fs.inotify.max_user_watches) was reached.
  bool is_complete() const;

 private:
  void run(const std::stop_token& stop);
  bool read_events();

  const std::function<void()> changed_;
  UniqueFd inotify_;
  UniqueFd wake_;
  mutable Mutex mutex_;
  std::map<std::string, int> watches_ ZOE_GUARDED_BY(mutex_);
  bool is_complete_ ZOE_GUARDED_BY(mutex_) = true;
  std::jthread thread_;
};

}  // namespace zoe::server
