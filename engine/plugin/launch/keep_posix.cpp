#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>

#include "engine/core/process_tree.hpp"
#include "engine/core/unique_fd.hpp"
#include "engine/plugin/launch/keep.hpp"

namespace zoe::launch {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLook{500};   // how often memory is looked at, and what was adopted is reaped
constexpr milliseconds kGrace{500};  // between the signal that asks and the one that does not
constexpr milliseconds kAgain{2};    // between two looks for what still lives

// Waits for what has ended without waiting for the rest; false where there is no child at all any more. `child`'s own
// status goes into `status`.
bool reap(int child, std::optional<int>& status) {
  while (true) {
    int how = 0;
    const pid_t pid = ::waitpid(-1, &how, WNOHANG);
    if (pid == 0) return true;
    if (pid < 0 && errno == EINTR) continue;
    if (pid < 0) return false;
    if (pid == child) status = how;
  }
}

// Kills all that there is below this process. What starts anew meanwhile is met in the next round; that ends, since
// there are only so many processes that the command may have, and each round kills those that it sees.
std::size_t kill_all(int child, std::optional<int>& status) {
  std::size_t found = 0;
  const int self = ::getpid();
  for (bool is_first = true; reap(child, status); is_first = false) {
    const auto all = descendants_of(self);
    // Stopped first, so that none of them can start another while the others are killed.
    for (const ProcessFacts& each : all) ::kill(each.pid, SIGSTOP);
    for (const ProcessFacts& each : all) ::kill(each.pid, SIGKILL);
    if (is_first)
      for (const ProcessFacts& each : all) found += each.memory_bytes > 0 && each.pid != child ? 1 : 0;
    ::poll(nullptr, 0, static_cast<int>(kAgain.count()));
  }
  return found;
}

std::uint64_t memory_of_all() {
  std::uint64_t bytes = 0;
  for (const ProcessFacts& each : descendants_of(::getpid())) bytes += each.memory_bytes;
  return bytes;
}

// Asks the command's group to end, and waits a moment for it.
void ask_to_end(int child, int watch, std::optional<int>& status) {
  ::kill(-child, SIGTERM);
  const auto until = steady_clock::now() + kGrace;
  while (!status && steady_clock::now() < until) {
    pollfd ended{watch, POLLIN, 0};
    ::poll(&ended, 1, static_cast<int>(kGrace.count() / 10));
    reap(child, status);
  }
}

}  // namespace

std::string keep(int child, int line, std::uint64_t memory_bytes) {
  const UniqueFd watch(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  std::optional<int> status;
  const char* reason = nullptr;
  while (!status && !reason) {
    std::array<pollfd, 2> watched{pollfd{line, POLLIN, 0}, pollfd{watch.get(), POLLIN, 0}};
    ::poll(watched.data(), watched.size(), static_cast<int>(kLook.count()));
    reap(child, status);
    if (status) break;
    if (watched[0].revents != 0) reason = "killed";
    if (!reason && memory_bytes > 0 && memory_of_all() > memory_bytes) reason = "memory";
  }
  if (reason) ask_to_end(child, watch.get(), status);
  const std::size_t left = kill_all(child, status);
  if (reason) return std::string(reason) + " 0 " + std::to_string(left);
  const bool is_exited = WIFEXITED(*status);
  return (is_exited ? "exited " : "signalled ") + std::to_string(is_exited ? WEXITSTATUS(*status) : WTERMSIG(*status)) +
         " " + std::to_string(left);
}

}  // namespace zoe::launch
