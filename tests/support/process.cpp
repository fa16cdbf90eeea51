#include "tests/support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <system_error>
#include <thread>

namespace zoe::test {
namespace {

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

struct Pipe {
  int read_end = -1;
  int write_end = -1;

  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe2");
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    close_end(read_end);
    close_end(write_end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  static void close_end(int& fd) {
    if (fd >= 0) close(fd);
    fd = -1;
  }
};

// The environment of the child as "NAME=value" strings.
std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& changes) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    bool replaced = false;
    for (const auto& [name, value] : changes) {
      replaced = replaced || (text.starts_with(name) && text.substr(name.size()).starts_with('='));
    }
    if (!replaced) result.emplace_back(text);
  }
  for (const auto& [name, value] : changes) {
    result.push_back(name + "=" + value);
  }
  return result;
}

std::vector<char*> as_argv(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

struct Process::Impl {
  Pipe in;
  Pipe out;
  Pipe err;
  Pipe failure;  // carries errno of a failed exec; closed by a good one
  pid_t pid = -1;
  std::optional<ExitStatus> status;

  std::mutex mutex;
  std::string out_text;
  std::string err_text;
  bool output_ended = false;

  std::jthread reader;

  void read_output() {
    std::array<pollfd, 2> ends = {pollfd{out.read_end, POLLIN, 0}, pollfd{err.read_end, POLLIN, 0}};
    std::array<char, 65536> buffer{};
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
      if (poll(ends.data(), ends.size(), -1) < 0 && errno != EINTR) break;
      for (std::size_t i = 0; i < ends.size(); ++i) {
        if (ends[i].fd < 0 || ends[i].revents == 0) continue;
        const ssize_t count = read(ends[i].fd, buffer.data(), buffer.size());
        if (count <= 0) {
          ends[i].fd = -1;
          continue;
        }
        const std::lock_guard lock(mutex);
        (i == 0 ? out_text : err_text).append(buffer.data(), static_cast<std::size_t>(count));
      }
    }
    const std::lock_guard lock(mutex);
    output_ended = true;
  }

  bool reap_now() {
    if (status) return true;
    int raw = 0;
    if (waitpid(pid, &raw, WNOHANG) != pid) return false;
    status = WIFEXITED(raw) ? ExitStatus{WEXITSTATUS(raw), 0} : ExitStatus{-1, WTERMSIG(raw)};
    return true;
  }

  bool has_output_ended() {
    const std::lock_guard lock(mutex);
    return output_ended;
  }

  // Runs in the child between fork and exec: system calls only.
  [[noreturn]] void become(char* const* argv, char* const* environment, const char* folder) const {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::signal(SIGPIPE, SIG_DFL);
    dup2(in.read_end, STDIN_FILENO);
    dup2(out.write_end, STDOUT_FILENO);
    dup2(err.write_end, STDERR_FILENO);
    if (*folder == '\0' || chdir(folder) == 0) {
      execvpe(argv[0], argv, environment);
    }
    const int reason = errno;
    [[maybe_unused]] const ssize_t written = write(failure.write_end, &reason, sizeof reason);
    _exit(127);
  }
};

Process::Process(const std::vector<std::string>& arguments, const SpawnOptions& options) : impl_(new Impl) {
  std::vector<std::string> words = arguments;
  std::vector<std::string> environment = environment_with(options.environment);
  const std::vector<char*> argv = as_argv(words);
  const std::vector<char*> envp = as_argv(environment);
  ::signal(SIGPIPE, SIG_IGN);  // writing to a child that is gone is an error to report, not the test's end
  impl_->pid = fork();
  if (impl_->pid == 0) {
    impl_->become(argv.data(), envp.data(), options.folder.c_str());
  }
  Pipe::close_end(impl_->in.read_end);
  Pipe::close_end(impl_->out.write_end);
  Pipe::close_end(impl_->err.write_end);
  Pipe::close_end(impl_->failure.write_end);
  int reason = impl_->pid < 0 ? errno : 0;
  if (impl_->pid > 0 && read(impl_->failure.read_end, &reason, sizeof reason) > 0) {
    waitpid(impl_->pid, nullptr, 0);
  }
  if (reason != 0) {
    delete impl_;
    throw std::system_error(reason, std::generic_category(), "cannot start " + arguments.front());
  }
  impl_->reader = std::jthread([impl = impl_] { impl->read_output(); });
}

Process::~Process() {
  if (!impl_->reap_now()) {
    kill(-impl_->pid, SIGKILL);
    kill(impl_->pid, SIGKILL);
    waitpid(impl_->pid, nullptr, 0);
  }
  // A grandchild that still holds the pipes would keep the reader waiting: it is in the child's process group.
  if (!impl_->has_output_ended()) kill(-impl_->pid, SIGKILL);
  impl_->reader.join();
  delete impl_;
}

pid_t Process::pid() const { return impl_->pid; }

std::string Process::out() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->out_text;
}

std::string Process::err() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->err_text;
}

bool Process::wait_for_text(std::string_view text, std::chrono::milliseconds patience) {
  const auto contains = [this, text] {
    const std::lock_guard lock(impl_->mutex);
    return impl_->out_text.find(text) != std::string::npos || impl_->err_text.find(text) != std::string::npos;
  };
  wait_until([&] { return contains() || impl_->has_output_ended(); }, patience);
  return contains();
}

void Process::write_stdin(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(impl_->in.write_end, text.data(), text.size());
    if (count < 0 && errno != EINTR) fail("write to a child's stdin");
    if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
  }
}

void Process::close_stdin() { Pipe::close_end(impl_->in.write_end); }

void Process::signal(int number) {
  if (!impl_->reap_now()) kill(impl_->pid, number);
}

std::optional<ExitStatus> Process::wait(std::chrono::milliseconds patience) {
  const bool ended = wait_until([this] { return impl_->reap_now() && impl_->has_output_ended(); }, patience);
  return ended ? impl_->status : std::nullopt;
}

ExitStatus Process::stop(std::chrono::milliseconds patience) {
  signal(SIGTERM);
  if (const auto status = wait(patience)) return *status;
  kill(-impl_->pid, SIGKILL);
  wait_until([this] { return impl_->reap_now(); });
  return impl_->status.value_or(ExitStatus{-1, SIGKILL});
}

RunResult run(const std::vector<std::string>& arguments, const SpawnOptions& options,
              std::chrono::milliseconds patience) {
  Process process(arguments, options);
  process.close_stdin();
  RunResult result;
  const auto status = process.wait(patience);
  result.timed_out = !status.has_value();
  result.status = status ? *status : process.stop(std::chrono::milliseconds(0));
  result.out = process.out();
  result.err = process.err();
  return result;
}

}  // namespace zoe::test
