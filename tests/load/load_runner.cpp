#include "tests/load/load_runner.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/clock.hpp"
#include "tests/load/load_client.hpp"

namespace zoe::load {
namespace {

constexpr std::size_t kReadBytes = 1U << 20;
constexpr std::int64_t kTickNs = 100 * kNsPerMs;  // of each client: how often it grants
constexpr int kSlices = 10;                       // a tenth of the clients is ticked at a time
constexpr std::size_t kFailuresKept = 8;
constexpr std::int64_t kLibrarianNs = 30 * kNsPerS;
constexpr std::int64_t kPlayersNs = 60 * kNsPerS;

double own_cpu_s() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// All threads, finer than the ticks of proc(5); -1 when the process is not there.
double cpu_s_of(int pid) {
  clockid_t clock{};
  timespec used{};
  if (pid <= 0 || ::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return -1;
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

Role role_of(Behaviour behaviour, int index) {
  switch (behaviour) {
    case Behaviour::kWatch:
      return Role::kWatch;
    case Behaviour::kScrub:
      return Role::kScrub;
    case Behaviour::kMixed:
      break;
  }
  constexpr std::array kRoles{Role::kReverse, Role::kWatch, Role::kFast,  Role::kWatch,
                              Role::kReverse, Role::kWatch, Role::kScrub, Role::kWatch};
  return kRoles[static_cast<std::size_t>(index) % kRoles.size()];
}

class Runner {
 public:
  Runner(const Options& options, Figures& figures)
      : options_(options), run_{options, clock_, figures, {}, {}, {}, 0, {}} {
    run_.scratch.resize(kReadBytes);
  }

  Status prepare() {
    epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_) return fail(errno_error("epoll_create1", errno));
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    signals_.reset(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_) return fail(errno_error("signalfd", errno));
    epoll_event event{EPOLLIN, {.ptr = nullptr}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, signals_.get(), &event);
    if (options_.is_controlled) {
      ::fcntl(STDIN_FILENO, F_SETFL, ::fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
      epoll_event commands{EPOLLIN, {.ptr = this}};
      if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, STDIN_FILENO, &commands) != 0)
        return fail(errno_error("--control: stdin is no pipe or terminal", errno));
    }
    if (options_.is_tls) {
      ZOE_TRY(run_.tls, net::TlsContext::client());
    }
    return {};
  }

  // One client asks for the library, and logs in for all.
  Status choose_media() {
    ZOE_CHECK(add(Role::kLibrarian, options_.seed));
    LoadClient& librarian = *slots_.front()->client;
    const std::int64_t deadline_ns = clock_.now_ns() + kLibrarianNs;
    while (!librarian.is_done() && !librarian.has_failed()) {
      if (clock_.now_ns() > deadline_ns) return fail(Errc::kTimeout, options_.host + ": no answer within 30 s");
      poll(deadline_ns);
      if (is_interrupted_) return fail(Errc::kCancelled, "interrupted");
    }
    if (librarian.has_failed())
      return fail(Error{librarian.failure()}.with(options_.host + ":" + std::to_string(options_.port)));
    slots_.clear();
    return {};
  }

  Status start_all() {
    const int all = options_.clients + options_.stalled;
    const std::int64_t begin_ns = clock_.now_ns();
    for (int i = 0; i < all && !is_interrupted_; ++i) {
      run_until(begin_ns + static_cast<std::int64_t>(options_.ramp_s * 1e9 * i / all));
      ZOE_CHECK(add(i < options_.clients ? role_of(options_.behaviour, i) : Role::kStalled,
                    options_.seed + static_cast<unsigned>(i) * 7919U));
    }
    run_until(clock_.now_ns() + static_cast<std::int64_t>(options_.warm_up_s * 1e9));
    // Whoever gives commands counts on everybody.
    const std::int64_t patience_ns = options_.is_controlled ? clock_.now_ns() + kPlayersNs : 0;
    while (clock_.now_ns() < patience_ns && !is_interrupted_ && has_anybody_to_wait_for()) poll(patience_ns);
    return {};
  }

  void measure() {
    Figures& figures = run_.figures;
    for (const auto& slot : slots_)
      figures.playing += slot->role != Role::kStalled && slot->client->is_playing() ? 1 : 0;
    const double cpu_before = own_cpu_s();
    const double server_before = cpu_s_of(options_.server_pid);
    const std::int64_t begin_ns = clock_.now_ns();
    figures.is_measuring = true;
    window_begin_ns_ = begin_ns;
    if (options_.is_controlled) {
      std::printf("playing %d\n", figures.playing);
      std::fflush(stdout);
    }
    run_until(begin_ns + static_cast<std::int64_t>(options_.seconds * 1e9));
    count_missing({&figures.all, &figures.now});
    if (!figures.windows.empty()) end_window("");
    figures.is_measuring = false;
    figures.measured_s = static_cast<double>(clock_.now_ns() - begin_ns) / 1e9;
    figures.all.seconds = figures.measured_s;
    figures.load_cpu_s = own_cpu_s() - cpu_before;
    const double server_after = cpu_s_of(options_.server_pid);
    if (server_before >= 0 && server_after >= 0) figures.server_cpu_s = server_after - server_before;
  }

 private:
  struct Slot {
    Role role;
    std::unique_ptr<LoadClient> client;
    std::uint32_t events = 0;  // that epoll waits for
    unsigned connection = 1;   // of the client that epoll knows
    bool is_counted = false;   // as failed
  };

  Status add(Role role, unsigned seed) {
    auto slot = std::make_unique<Slot>(Slot{role, std::make_unique<LoadClient>(run_, role, seed)});
    ZOE_CHECK(slot->client->connect());
    slot->events = EPOLLIN | EPOLLOUT;
    epoll_event event{slot->events, {.ptr = slot.get()}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, slot->client->fd(), &event) != 0)
      return fail(errno_error("epoll_ctl", errno));
    slots_.push_back(std::move(slot));
    return {};
  }

  bool has_anybody_to_wait_for() const {
    return std::any_of(slots_.begin(), slots_.end(), [](const auto& slot) {
      return slot->role != Role::kStalled && !slot->client->is_playing() && !slot->client->has_failed();
    });
  }

  void count_missing(std::initializer_list<Window*> windows) {
    for (const auto& slot : slots_)
      if (slot->role != Role::kStalled) slot->client->count_missing(windows);
  }

  void end_window(std::string next) {
    Figures& figures = run_.figures;
    const std::int64_t now_ns = clock_.now_ns();
    figures.now.seconds = static_cast<double>(now_ns - std::exchange(window_begin_ns_, now_ns)) / 1e9;
    figures.windows.push_back(std::exchange(figures.now, {}));
    figures.now.name = std::move(next);
  }

  void read_commands() {
    std::array<char, 4096> bytes;
    const ssize_t size = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) {
      is_interrupted_ = true;
      return;
    }
    commands_.append(bytes.data(), static_cast<std::size_t>(size));
    for (auto end = commands_.find('\n'); end != std::string::npos; end = commands_.find('\n')) {
      const std::string line = commands_.substr(0, end);
      commands_.erase(0, end + 1);
      if (line == "stop") is_interrupted_ = true;
      if (!line.starts_with("mark ") || !run_.figures.is_measuring) continue;
      count_missing({&run_.figures.now});
      end_window(line.substr(5));
      std::printf("%s\n", to_json(run_.figures.windows.back()).c_str());
      std::fflush(stdout);
    }
  }

  void update(Slot& slot) {
    LoadClient& client = *slot.client;
    if (!client.has_failed() && client.connection() != slot.connection) {
      slot.connection = client.connection();
      slot.events = EPOLLIN | EPOLLOUT;
      epoll_event event{slot.events, {.ptr = &slot}};
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, client.fd(), &event);  // the old socket is closed, and so forgotten
    }
    if (client.has_failed()) {
      if (!slot.is_counted && slot.role != Role::kLibrarian && slot.role != Role::kStalled) {
        ++run_.figures.failed;
        if (run_.figures.failures.size() < kFailuresKept) run_.figures.failures.push_back(client.failure().message);
      }
      slot.is_counted = true;
      return;
    }
    const std::uint32_t wanted = (client.wants_to_read() ? static_cast<std::uint32_t>(EPOLLIN) : 0U) |
                                 (client.wants_to_write() ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
    if (wanted == slot.events) return;
    slot.events = wanted;
    epoll_event event{wanted, {.ptr = &slot}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, client.fd(), &event);
  }

  void poll(std::int64_t until_ns) {
    std::array<epoll_event, 256> events;
    const std::int64_t now_ns = clock_.now_ns();
    const std::int64_t next_ns = std::min(until_ns, next_tick_ns_);
    const int patience_ms =
        static_cast<int>(std::clamp<std::int64_t>((next_ns - now_ns + kNsPerMs - 1) / kNsPerMs, 0, 100));
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), patience_ms);
    for (int i = 0; i < count; ++i) {
      void* const whose = events[static_cast<std::size_t>(i)].data.ptr;
      if (whose == this) {
        read_commands();
        continue;
      }
      auto* slot = static_cast<Slot*>(whose);
      if (slot == nullptr) {
        is_interrupted_ = true;
        continue;
      }
      const std::uint32_t what = events[static_cast<std::size_t>(i)].events;
      slot->client->on_ready((what & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0, (what & EPOLLOUT) != 0);
      update(*slot);
    }
    if (clock_.now_ns() < next_tick_ns_) return;
    next_tick_ns_ = clock_.now_ns() + kTickNs / kSlices;
    for (std::size_t i = slice_; i < slots_.size(); i += kSlices) {
      slots_[i]->client->on_tick();
      update(*slots_[i]);
    }
    slice_ = (slice_ + 1) % kSlices;
  }

  void run_until(std::int64_t until_ns) {
    while (clock_.now_ns() < until_ns && !is_interrupted_) poll(until_ns);
  }

  const Options& options_;
  SystemClock clock_;
  Run run_;
  UniqueFd epoll_;
  UniqueFd signals_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::int64_t next_tick_ns_ = 0;
  std::size_t slice_ = 0;
  bool is_interrupted_ = false;
  std::string commands_;  // read from stdin and not a whole line yet
  std::int64_t window_begin_ns_ = 0;
};

}  // namespace

Result<Figures> run_load(const Options& options) {
  Figures figures;
  Runner runner(options, figures);
  ZOE_CHECK(runner.prepare());
  ZOE_CHECK(runner.choose_media());
  ZOE_CHECK(runner.start_all());
  runner.measure();
  return figures;
}

}  // namespace zoe::load
