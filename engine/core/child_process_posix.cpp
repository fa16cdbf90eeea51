#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "engine/core/child_process.hpp"

extern char** environ;

namespace zoe {
namespace {

struct SpawnSettings {
  SpawnSettings() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

// What exec takes: it does not write to them.
std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Result<DescriptorPair> make_line_pair(const std::string& purpose) {
  std::array<int, 2> fds{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) != 0)
    return fail(errno_error("make a socket for " + purpose, errno));
  return DescriptorPair{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Result<DescriptorPair> make_pipe_pair(const std::string& purpose) {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) return fail(errno_error("make a pipe for " + purpose, errno));
  return DescriptorPair{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

// A session and thereby a group of its own, so that all it starts can be ended. A descriptor that is its own target
// would keep its close-on-exec flag, so all are duplicated out of the way first.
Result<ChildProcess> ChildProcess::start(const ChildOrder& order) {
  const std::string& program = order.arguments.front();
  const UniqueFd line_high(::fcntl(order.line, F_DUPFD_CLOEXEC, kLine + 1));
  const UniqueFd output_high(::fcntl(order.output, F_DUPFD_CLOEXEC, kLine + 1));
  const UniqueFd errors_high(::fcntl(order.errors < 0 ? order.output : order.errors, F_DUPFD_CLOEXEC, kLine + 1));
  if (!line_high || !output_high || !errors_high) return fail(errno_error("duplicate a descriptor", errno));
  SpawnSettings settings;
  ::posix_spawn_file_actions_addopen(&settings.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&settings.actions, output_high.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&settings.actions, errors_high.get(), STDERR_FILENO);
  ::posix_spawn_file_actions_adddup2(&settings.actions, line_high.get(), kLine);
  ::posix_spawn_file_actions_addclosefrom_np(&settings.actions, kLine + 1);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  ::posix_spawnattr_setsigmask(&settings.attributes, &none);
  ::posix_spawnattr_setsigdefault(&settings.attributes, &all);
  ::posix_spawnattr_setflags(&settings.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  std::vector<char*> words = pointers_to(order.arguments);
  std::vector<char*> environment;
  if (order.environment) environment = pointers_to(*order.environment);
  pid_t pid = 0;
  const int failed = ::posix_spawn(&pid, words[0], &settings.actions, &settings.attributes, words.data(),
                                   order.environment ? environment.data() : environ);
  if (failed != 0) return fail(errno_error("start " + program, failed));
  ChildProcess child(pid, UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))));
  if (child.watch() < 0) return fail(errno_error("watch " + program, errno));
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), watch_(std::move(other.watch_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this == &other) return *this;
  end();
  pid_ = std::exchange(other.pid_, 0);
  watch_ = std::move(other.watch_);
  return *this;
}

ChildProcess::~ChildProcess() { end(); }

void ChildProcess::kill() const {
  if (pid_ != 0) ::kill(-pid_, SIGKILL);
}

ChildEnd ChildProcess::end() {
  if (pid_ == 0) return {};
  kill();
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) != 0 && errno == EINTR) {
  }
  pid_ = 0;
  return {info.si_code == CLD_EXITED, info.si_status};
}

}  // namespace zoe
