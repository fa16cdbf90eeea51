#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <thread>
#include <utility>

#include "engine/core/threads.hpp"
#include "engine/core/unique_fd.hpp"
#include "player/shell/signal_watcher.hpp"

namespace zoe::player {
namespace {

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

class Watcher final : public SignalWatcher {
 public:
  explicit Watcher(std::function<void(int)> on_signal)
      : on_signal_(std::move(on_signal)),
        signals_(signalfd(-1, std::array{watched_signals()}.data(), SFD_CLOEXEC)),
        stop_(eventfd(0, EFD_CLOEXEC)),
        thread_([this] { run(); }) {}

  ~Watcher() override {
    const std::uint64_t one = 1;
    while (write(stop_.get(), &one, sizeof one) < 0 && errno == EINTR) {
    }
    thread_.join();
  }

 private:
  void run() {
    set_thread_name("zoe-signals");
    for (bool is_first = true;; is_first = false) {
      std::array<pollfd, 2> ends = {pollfd{signals_.get(), POLLIN, 0}, pollfd{stop_.get(), POLLIN, 0}};
      if (poll(ends.data(), ends.size(), -1) < 0 && errno != EINTR) return;
      if (ends[1].revents != 0) return;
      signalfd_siginfo info{};
      if (ends[0].revents == 0 || read(signals_.get(), &info, sizeof info) != sizeof info) continue;
      if (!is_first) _exit(128 + static_cast<int>(info.ssi_signo));
      on_signal_(static_cast<int>(info.ssi_signo));
    }
  }

  const std::function<void(int)> on_signal_;
  const UniqueFd signals_;
  const UniqueFd stop_;
  std::jthread thread_;
};

}  // namespace

void SignalWatcher::hold_signals() {
  const sigset_t set = watched_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

std::unique_ptr<SignalWatcher> SignalWatcher::start(std::function<void(int signal)> on_signal) {
  return std::make_unique<Watcher>(std::move(on_signal));
}

}  // namespace zoe::player
