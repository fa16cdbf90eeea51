#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <vector>

#include "engine/core/process_tree.hpp"
#include "engine/core/unique_fd.hpp"
#include "engine/plugin/launch/begin.hpp"

extern char** environ;

namespace zoe::launch {
namespace {

constexpr rlim_t kMostFiles = 1024;
// Programs reserve much more of their address space than they use: threads' stacks, arenas, mapped files.
constexpr std::uint64_t kReserved = std::uint64_t{2} << 30;

struct User {
  uid_t uid;
  gid_t gid;
};

void limit(decltype(RLIMIT_AS) what, rlim_t most) {
  rlimit now{};
  if (::getrlimit(what, &now) != 0) return;
  const rlim_t bounded = now.rlim_max == RLIM_INFINITY ? most : std::min(now.rlim_max, most);
  const rlimit wanted{bounded, bounded};
  ::setrlimit(what, &wanted);
}

bool become(const User& user) {
  return ::setgroups(0, nullptr) == 0 && ::setresgid(user.gid, user.gid, user.gid) == 0 &&
         ::setresuid(user.uid, user.uid, user.uid) == 0;
}

// The first of what `user` cannot read; it is tried in a child, since there is no way back.
std::optional<std::string> first_unreadable(const Order& order, const User& user) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!become(user)) ::_exit(255);
    if (::access(order.command[0].c_str(), R_OK | X_OK) != 0) ::_exit(254);
    for (std::size_t i = 0; i < order.readable.size(); ++i)
      if (::access(order.readable[i].c_str(), R_OK) != 0) ::_exit(static_cast<int>(std::min<std::size_t>(i, 253)));
    ::_exit(253);
  }
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const int code = child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 255;
  if (code == 253) return std::nullopt;
  if (code < 253) return order.readable[static_cast<std::size_t>(code)];
  return code == 254 ? order.command[0] : "anything";
}

// Nothing: it stays with this process's user.
std::optional<User> choose_user(const Order& order) {
  if (::geteuid() != 0 || order.user.empty()) return std::nullopt;
  const passwd* found = ::getpwnam(order.user.c_str());
  if (!found) {
    std::fprintf(stderr, "there is no user %s, so it runs as root\n", order.user.c_str());
    return std::nullopt;
  }
  const User user{found->pw_uid, found->pw_gid};
  if (const auto closed = first_unreadable(order, user)) {
    std::fprintf(stderr, "%s may not read %s, so it runs as root\n", order.user.c_str(), closed->c_str());
    return std::nullopt;
  }
  return user;
}

void set_limits(const Order& order) {
  if (order.memory_bytes > 0) limit(RLIMIT_AS, order.memory_bytes + kReserved);
  if (order.file_bytes > 0) limit(RLIMIT_FSIZE, order.file_bytes);
  if (order.cpu_seconds > 0) limit(RLIMIT_CPU, order.cpu_seconds);
  limit(RLIMIT_NOFILE, kMostFiles);
  limit(RLIMIT_CORE, 0);
  ::setpriority(PRIO_PROCESS, 0, order.nice);
  // Where memory runs out it goes first, not the server.
  if (const UniqueFd score(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)); score)
    static_cast<void>(::write(score.get(), "500", 3) < 0);
}

// In the child: never returns. What fails is told to `failed`, which closes by itself where nothing does.
[[noreturn]] void run(const Order& order, const std::optional<User>& user, std::uint64_t tasks, int failed) {
  const auto give_up = [failed](const char* what) {
    const std::string words = std::string(what) + ": " + ::strerror(errno);
    static_cast<void>(::write(failed, words.data(), words.size()) < 0);
    ::_exit(127);
  };
  ::setsid();
  ::umask(077);
  ::signal(SIGPIPE, SIG_DFL);
  if (::chdir(order.folder.c_str()) != 0) give_up(order.folder.c_str());
  set_limits(order);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (order.processes > 0) limit(RLIMIT_NPROC, tasks + order.processes);
  if (user && !become(*user)) give_up("change the user");
  std::vector<char*> words;
  for (const std::string& word : order.command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execve(words[0], words.data(), environ);
  give_up(words[0]);
  ::_exit(127);
}

}  // namespace

Result<int> begin(const Order& order) {
  const std::optional<User> user = choose_user(order);
  if (user && ::chown(order.folder.c_str(), user->uid, user->gid) != 0)
    return fail(errno_error("give " + order.folder + " to " + order.user, errno));
  const std::uint64_t tasks = count_tasks_of(user ? user->uid : ::getuid());
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(errno_error("make a pipe", errno));
  const UniqueFd told(ends[0]);
  UniqueFd failed(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return fail(errno_error("fork", errno));
  if (child == 0) run(order, user, tasks, failed.get());
  failed.reset();
  std::array<char, 512> words{};
  ssize_t size = 0;
  while ((size = ::read(told.get(), words.data(), words.size())) < 0 && errno == EINTR) {
  }
  if (size <= 0) return child;
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return fail(Errc::kUnavailable, "cannot be started: " + std::string(words.data(), static_cast<std::size_t>(size)));
}

}  // namespace zoe::launch
