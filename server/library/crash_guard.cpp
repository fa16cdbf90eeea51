#include "server/library/crash_guard.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <ctime>
#include <memory>

namespace zoe::server {
namespace {

constexpr std::size_t kMostPath = PATH_MAX;
constexpr std::array kCrashSignals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

// A signal handler reaches nothing but globals, so what it needs lies here: the one exception to "no mutable globals".
enum class SlotState : int { kFree = 0, kFilling, kHeld };
struct Slot {
  std::atomic<SlotState> state{SlotState::kFree};
  std::uint64_t size_bytes = 0;
  std::int64_t mtime_ns = 0;
  std::size_t path_size = 0;
  char path[kMostPath] = {};
};
constinit std::array<Slot, CrashGuard::kMostGuards> g_slots{};
constinit std::array<char, kMostPath> g_file{};
constinit std::array<struct sigaction, kCrashSignals.size()> g_previous{};
constinit std::atomic<bool> g_is_handled{false};
constinit thread_local int t_innermost = -1;

// A second stack, on which the handler still runs when a decoder's recursion has used up the first.
class AlternateStack {
 public:
  AlternateStack() {
    stack_t present{};
    if (::sigaltstack(nullptr, &present) != 0 || (present.ss_flags & SS_DISABLE) == 0) return;
    memory_ = std::make_unique<char[]>(kBytes);
    stack_t ours{};
    ours.ss_sp = memory_.get();
    ours.ss_size = kBytes;
    if (::sigaltstack(&ours, nullptr) != 0) memory_.reset();
  }
  ~AlternateStack() {
    if (!memory_) return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    ::sigaltstack(&none, nullptr);
  }
  AlternateStack(const AlternateStack&) = delete;
  AlternateStack& operator=(const AlternateStack&) = delete;

 private:
  static constexpr std::size_t kBytes = std::size_t{64} << 10;
  std::unique_ptr<char[]> memory_;
};

void need_alternate_stack() { thread_local const AlternateStack stack; }

// Everything below runs inside the handler: system calls and arithmetic only.
class LineWriter {
 public:
  explicit LineWriter(int fd) : fd_(fd) {}
  ~LineWriter() { flush(); }
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  void put(char c) {
    if (used_ == sizeof buffer_) flush();
    buffer_[used_++] = c;
  }
  void put(const char* text) {
    while (*text) put(*text++);
  }
  void put_number(std::uint64_t value) {
    char digits[20];
    int count = 0;
    do {
      digits[count++] = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0);
    while (count > 0) put(digits[--count]);
  }
  void put_escaped(const char* text, std::size_t size) {
    constexpr const char* kHex = "0123456789ABCDEF";
    for (std::size_t i = 0; i < size; ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if (byte >= 0x20 && byte <= 126 && byte != '%') {
        put(text[i]);
      } else {
        put('%');
        put(kHex[byte >> 4]);
        put(kHex[byte & 15]);
      }
    }
  }

 private:
  void flush() {
    std::size_t done = 0;
    while (done < used_) {
      const ssize_t written = ::write(fd_, buffer_ + done, used_ - done);
      if (written <= 0 && errno != EINTR) break;
      if (written > 0) done += static_cast<std::size_t>(written);
    }
    used_ = 0;
  }

  int fd_;
  std::size_t used_ = 0;
  char buffer_[512];
};

const char* name_of(int signal) {
  switch (signal) {
    case SIGSEGV:
      return "SIGSEGV";
    case SIGBUS:
      return "SIGBUS";
    case SIGFPE:
      return "SIGFPE";
    case SIGILL:
      return "SIGILL";
    default:
      return "SIGABRT";
  }
}

void write_suspect(int fd, int signal, const Slot& slot) {
  LineWriter line(fd);
  line.put(name_of(signal));
  line.put(' ');
  line.put_number(slot.size_bytes);
  line.put(' ');
  line.put_number(slot.mtime_ns < 0 ? 0 : static_cast<std::uint64_t>(slot.mtime_ns));
  line.put(' ');
  line.put_escaped(slot.path, std::min(slot.path_size, kMostPath));
  line.put('\n');
}

bool is_any_held() {
  return std::any_of(g_slots.begin(), g_slots.end(),
                     [](const Slot& slot) { return slot.state.load(std::memory_order_acquire) == SlotState::kHeld; });
}

void write_suspects(int signal) {
  const int innermost = t_innermost;
  if (innermost < 0 && !is_any_held()) return;
  const int fd = ::open(g_file.data(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return;
  if (innermost >= 0) {
    write_suspect(fd, signal, g_slots[static_cast<std::size_t>(innermost)]);
  } else {
    for (const Slot& slot : g_slots)
      if (slot.state.load(std::memory_order_acquire) == SlotState::kHeld) write_suspect(fd, signal, slot);
  }
  ::fsync(fd);
  ::close(fd);  // NOLINT: no RAII type in a signal handler
}

void on_crash(int signal, siginfo_t* info, void* /*context*/) {
  const int saved_errno = errno;
  if (!g_is_handled.exchange(true)) {
    write_suspects(signal);
  } else {
    // Another thread crashed first and is writing: the process must not end under it, nor wait for ever.
    timespec second{1, 0};
    ::nanosleep(&second, nullptr);
  }
  for (std::size_t i = 0; i < kCrashSignals.size(); ++i)
    if (kCrashSignals[i] == signal) ::sigaction(signal, &g_previous[i], nullptr);
  // A fault happens again when the handler returns; a signal that was sent has to be sent again.
  if (info == nullptr || info->si_code <= 0) ::raise(signal);
  errno = saved_errno;
}

}  // namespace

CrashGuard::CrashGuard(const MediaEntry& entry) : CrashGuard(entry.path, entry.size_bytes, entry.mtime_ns) {}

CrashGuard::CrashGuard(const std::string& path, std::uint64_t size_bytes, std::int64_t mtime_ns) {
  need_alternate_stack();
  for (int i = 0; i < kMostGuards; ++i) {
    Slot& slot = g_slots[static_cast<std::size_t>(i)];
    SlotState expected = SlotState::kFree;
    if (slot.state.load(std::memory_order_relaxed) != SlotState::kFree ||
        !slot.state.compare_exchange_strong(expected, SlotState::kFilling, std::memory_order_acq_rel))
      continue;
    slot.size_bytes = size_bytes;
    slot.mtime_ns = mtime_ns;
    slot.path_size = std::min(path.size(), kMostPath);
    std::memcpy(slot.path, path.data(), slot.path_size);
    slot_ = i;
    outer_ = t_innermost;
    slot.state.store(SlotState::kHeld, std::memory_order_release);
    t_innermost = i;
    return;
  }
}

CrashGuard::~CrashGuard() {
  if (slot_ < 0) return;
  t_innermost = outer_;
  g_slots[static_cast<std::size_t>(slot_)].state.store(SlotState::kFree, std::memory_order_release);
}

Status install_crash_handler(const std::string& path) {
  if (path.empty() || path.size() >= g_file.size())
    return fail(Errc::kInvalidArgument, "the path of the quarantine file is empty or too long: " + path);
  std::memcpy(g_file.data(), path.c_str(), path.size() + 1);
  need_alternate_stack();
  struct sigaction action {};
  action.sa_sigaction = on_crash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  ::sigfillset(&action.sa_mask);
  // A crash of another kind inside the handler must not be held back, or it would run for ever.
  for (const int signal : kCrashSignals) ::sigdelset(&action.sa_mask, signal);
  for (std::size_t i = 0; i < kCrashSignals.size(); ++i)
    if (::sigaction(kCrashSignals[i], &action, &g_previous[i]) != 0)
      return fail(errno_error("take the crash signals", errno));
  return {};
}

}  // namespace zoe::server
