#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <set>
#include <utility>

#include "server/library/tree_watch.hpp"

namespace zoe::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kQuiet{300};
constexpr milliseconds kMostUnrest{2000};
// Not IN_MODIFY: a file that is being written says so a thousand times a second.
constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB |
                                  IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

// A file that was just made says more when its writer closes it. A link to one has no writer.
bool says_something(const inotify_event& event) {
  return (event.mask & (kEvents & ~static_cast<std::uint32_t>(IN_CREATE))) != 0 ||
         (event.mask & (IN_ISDIR | IN_CREATE | IN_Q_OVERFLOW | IN_UNMOUNT)) != 0;
}

}  // namespace

TreeWatch::TreeWatch(std::function<void()> changed)
    : changed_(std::move(changed)),
      inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!inotify_ || !wake_) {
    is_complete_ = false;
    return;
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

TreeWatch::~TreeWatch() {
  thread_.request_stop();
  if (wake_) ::eventfd_write(wake_.get(), 1);
}

bool TreeWatch::follow(const std::vector<std::string>& folders) {
  const MutexLock lock(mutex_);
  if (!inotify_) return false;
  const std::set<std::string> wanted(folders.begin(), folders.end());
  for (auto it = watches_.begin(); it != watches_.end();) {
    if (wanted.contains(it->first)) {
      ++it;
      continue;
    }
    ::inotify_rm_watch(inotify_.get(), it->second);
    it = watches_.erase(it);
  }
  bool has_new = false;
  is_complete_ = true;
  for (const std::string& folder : wanted) {
    // Adding again costs a look, and finds a folder that took another's place.
    const int watch = ::inotify_add_watch(inotify_.get(), folder.c_str(), kEvents);
    if (watch < 0) {
      is_complete_ = is_complete_ && errno != ENOSPC && errno != ENOMEM;
      watches_.erase(folder);
      continue;
    }
    const auto [place, is_new] = watches_.try_emplace(folder, watch);
    has_new = has_new || is_new || place->second != watch;
    place->second = watch;
  }
  return has_new;
}

bool TreeWatch::is_complete() const {
  const MutexLock lock(mutex_);
  return is_complete_;
}

// Whether anything that was said matters.
bool TreeWatch::read_events() {
  alignas(inotify_event) std::array<char, 64 * 1024> buffer;
  bool matters = false;
  for (int turn = 0; turn < 16; ++turn) {
    const ssize_t got = ::read(inotify_.get(), buffer.data(), buffer.size());
    if (got <= 0) break;
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* name = event.len > 0 ? buffer.data() + at + sizeof event : "";
      at += sizeof event + event.len;
      // Hidden names are never listed: what programs write beside their files.
      if (name[0] != '.') matters = matters || says_something(event);
    }
  }
  return matters;
}

void TreeWatch::run(const std::stop_token& stop) {
  set_thread_name("library-watch");
  steady_clock::time_point first;
  bool is_restless = false;
  while (!stop.stop_requested()) {
    std::array<pollfd, 2> watched{pollfd{inotify_.get(), POLLIN, 0}, pollfd{wake_.get(), POLLIN, 0}};
    const auto since = std::chrono::duration_cast<milliseconds>(steady_clock::now() - first);
    const auto patience = std::clamp(kMostUnrest - since, milliseconds(0), kQuiet);
    const int ready = ::poll(watched.data(), watched.size(), is_restless ? static_cast<int>(patience.count()) : -1);
    if (ready < 0 && errno != EINTR) return;
    if (watched[1].revents != 0) return;
    const bool matters = ready > 0 && read_events();
    if (matters && !is_restless) {
      first = steady_clock::now();
      is_restless = true;
    }
    const bool is_quiet = ready == 0;
    if (is_restless && (is_quiet || steady_clock::now() - first >= kMostUnrest)) {
      is_restless = false;
      changed_();
    }
  }
}

}  // namespace zoe::server
