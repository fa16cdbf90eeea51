#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <set>
#include <utility>

#include "engine/core/clock.hpp"
#include "engine/core/result.hpp"
#include "engine/core/unique_fd.hpp"
#include "server/library/file_walk.hpp"

namespace zoe::server {
namespace {

// Far above what people have; below what a name of PATH_MAX bytes can nest.
constexpr std::size_t kMostDepth = 128;
constexpr std::size_t kProgressEvery = 256;

struct FolderCloser {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using FolderPtr = std::unique_ptr<DIR, FolderCloser>;

struct Folder {
  std::string root;
  std::string relative;  // empty: the root itself
  std::size_t depth = 0;

  std::string path() const { return relative.empty() ? root : root + "/" + relative; }
  std::string below(const std::string& name) const { return relative.empty() ? name : relative + "/" + name; }
};

std::string real_path(const std::string& path) {
  char* resolved = ::realpath(path.c_str(), nullptr);
  if (!resolved) return {};
  std::string out = resolved;
  std::free(resolved);
  return out;
}

bool has_hidden_part(std::string_view relative) {
  return relative.starts_with('.') || relative.find("/.") != std::string_view::npos;
}

class Walk {
 public:
  Walk(std::size_t most_files, std::stop_token stop, const std::function<void(std::size_t)>& progress)
      : most_files_(most_files), stop_(std::move(stop)), progress_(progress) {}

  WalkResult run(const std::vector<std::string>& roots) {
    for (const std::string& root : roots) real_roots_.push_back(real_path(root));
    for (const std::string& root : roots) add_root(root);
    drain();
    return std::move(result_);
  }

 private:
  void add_root(const std::string& root) {
    struct stat info {};
    if (::stat(root.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
      const std::string why = errno_error("this folder cannot be read", errno ? errno : ENOTDIR).message;
      result_.problems.push_back({root, why + "; its videos are left out until it can"});
      result_.unreadable_roots.push_back(root);
      return;
    }
    folders_.push_back({root, "", 0});
  }

  // Folders reached by links come last, so that a file is found under its own name first.
  void drain() {
    while (!folders_.empty() || !linked_.empty()) {
      auto& queue = folders_.empty() ? linked_ : folders_;
      const Folder folder = std::move(queue.front());
      queue.pop_front();
      if (!read_folder(folder)) return;
    }
  }

  bool read_folder(const Folder& folder) {
    const std::string path = folder.path();
    const FolderPtr handle(::opendir(path.c_str()));
    if (!handle) {
      if (errno == ENOENT) return true;  // removed meanwhile
      result_.problems.push_back({path, errno_error("this folder cannot be read", errno).message});
      if (folder.relative.empty()) result_.unreadable_roots.push_back(folder.root);
      return true;
    }
    struct stat info {};
    if (::fstat(::dirfd(handle.get()), &info) != 0) return true;
    if (!entered_.insert({info.st_dev, info.st_ino}).second) return true;
    result_.folders.push_back(path);

    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(handle.get()))
      if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    std::sort(names.begin(), names.end());
    for (const std::string& name : names)
      if (!look_at(folder, ::dirfd(handle.get()), name)) return false;
    return true;
  }

  // False: the walk is over.
  bool look_at(const Folder& folder, int folder_fd, const std::string& name) {
    if (stop_.stop_requested()) return give_up();
    struct stat info {};
    if (::fstatat(folder_fd, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return true;  // removed meanwhile
    const bool is_link = S_ISLNK(info.st_mode);
    if (is_link && ::fstatat(folder_fd, name.c_str(), &info, 0) != 0) {
      if (errno != ENOENT) report_link(folder, name, errno);
      return true;
    }
    if (S_ISDIR(info.st_mode)) return add_folder(folder, name, is_link);
    if (!S_ISREG(info.st_mode) || info.st_size <= 0) return true;
    const std::string relative = folder.below(name);
    if (is_link && is_listed_itself(folder.root + "/" + relative)) return true;
    return add_file(folder, relative, info);
  }

  bool add_folder(const Folder& folder, const std::string& name, bool is_link) {
    if (folder.depth + 1 >= kMostDepth) {
      result_.problems.push_back({folder.path(), "folders are nested too deeply here; what lies below is left out"});
      return true;
    }
    (is_link ? linked_ : folders_).push_back({folder.root, folder.below(name), folder.depth + 1});
    return true;
  }

  bool add_file(const Folder& folder, const std::string& relative, const struct stat& info) {
    if (result_.files.size() >= most_files_) {
      result_.problems.push_back({folder.root, "there are more than " + std::to_string(most_files_) +
                                                   " files; the rest is left out (library.most_files raises this)"});
      return give_up();
    }
    result_.files.push_back({folder.root, folder.root + "/" + relative, relative,
                             static_cast<std::uint64_t>(info.st_size),
                             info.st_mtim.tv_sec * kNsPerS + info.st_mtim.tv_nsec});
    if (result_.files.size() % kProgressEvery == 0) progress_(result_.files.size());
    return true;
  }

  bool is_listed_itself(const std::string& link) const {
    const std::string target = real_path(link);
    return std::any_of(real_roots_.begin(), real_roots_.end(), [&](const std::string& root) {
      return !root.empty() && target.size() > root.size() + 1 && target.starts_with(root) &&
             target[root.size()] == '/' && !has_hidden_part(std::string_view(target).substr(root.size() + 1));
    });
  }

  void report_link(const Folder& folder, const std::string& name, int error) {
    result_.problems.push_back(
        {folder.root + "/" + folder.below(name), errno_error("this link cannot be followed", error).message});
  }

  bool give_up() {
    result_.is_complete = false;
    return false;
  }

  const std::size_t most_files_;
  const std::stop_token stop_;
  const std::function<void(std::size_t)>& progress_;
  std::vector<std::string> real_roots_;
  std::deque<Folder> folders_;
  std::deque<Folder> linked_;
  std::set<std::pair<dev_t, ino_t>> entered_;
  WalkResult result_;
};

}  // namespace

WalkResult walk_folders(const std::vector<std::string>& roots, std::size_t most_files, std::stop_token stop,
                        const std::function<void(std::size_t)>& progress) {
  return Walk(most_files, std::move(stop), progress).run(roots);
}

}  // namespace zoe::server
