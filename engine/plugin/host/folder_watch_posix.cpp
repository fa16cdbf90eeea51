#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "engine/plugin/host/folder_watch.hpp"

namespace zoe::plugin {
namespace {

bool is_plugin_name(const std::string& name) { return name.ends_with(".so") && !name.starts_with("."); }

// A link comes without a writer who would close it; a file that was just made has one.
bool is_link(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 && (S_ISLNK(info.st_mode) || info.st_nlink > 1);
}

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

}  // namespace

Result<std::unique_ptr<FolderWatch>> FolderWatch::open(const std::string& folder) {
  UniqueFd fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!fd) return fail(errno_error("watch " + folder, errno));
  constexpr std::uint32_t kEvents = IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE | IN_ATTRIB | IN_MOVED_FROM | IN_DELETE |
                                    IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
  if (::inotify_add_watch(fd.get(), folder.c_str(), kEvents) < 0) return fail(errno_error("watch " + folder, errno));
  return std::unique_ptr<FolderWatch>(new FolderWatch(folder, std::move(fd)));
}

FolderWatch::Changes FolderWatch::read() {
  Changes changes;
  alignas(inotify_event) std::array<char, 16 * 1024> buffer;
  // Bounded, so that a folder in which something writes without end does not hold the plugin thread.
  for (int turn = 0; turn < 16; ++turn) {
    const ssize_t got = ::read(fd_.get(), buffer.data(), buffer.size());
    if (got <= 0) break;
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const std::string name = event.len > 0 ? std::string(buffer.data() + at + sizeof event) : std::string();
      at += sizeof event + event.len;
      changes.has_lost_some |= (event.mask & IN_Q_OVERFLOW) != 0;
      changes.is_folder_gone |= (event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)) != 0;
      if (!is_plugin_name(name)) continue;
      if ((event.mask & (IN_MOVED_FROM | IN_DELETE)) != 0) add_once(changes.gone, name);
      if ((event.mask & IN_ATTRIB) != 0) add_once(changes.changed, name);
      if ((event.mask & (IN_MOVED_TO | IN_CLOSE_WRITE)) != 0 ||
          ((event.mask & IN_CREATE) != 0 && is_link(folder_ + "/" + name)))
        add_once(changes.arrived, name);
    }
  }
  return changes;
}

}  // namespace zoe::plugin
