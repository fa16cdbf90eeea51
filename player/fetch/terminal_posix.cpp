#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "player/fetch/terminal.hpp"

namespace zoe::player {
namespace {

constexpr std::size_t kMostPassword = 4096;
constexpr char kCtrlC = 3;
constexpr char kCtrlBackslash = 28;

// Types without being seen, until it goes.
class HiddenTyping {
 public:
  HiddenTyping() {
    is_terminal_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!is_terminal_) return;
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);  // a signal would leave the terminal as it is now
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~HiddenTyping() {
    if (is_terminal_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  HiddenTyping(const HiddenTyping&) = delete;
  HiddenTyping& operator=(const HiddenTyping&) = delete;

 private:
  termios before_{};
  bool is_terminal_ = false;
};

}  // namespace

bool is_watched() { return ::isatty(STDERR_FILENO) == 1; }

int terminal_columns() {
  winsize size{};
  const bool is_known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_known ? size.ws_col : 80;
}

Result<std::string> read_password(const std::string& prompt) {
  const bool is_typed = ::isatty(STDIN_FILENO) == 1;
  const HiddenTyping hidden;
  if (is_typed) std::fputs(prompt.c_str(), stderr);
  std::string line;
  for (char c = 0; line.size() < kMostPassword;) {
    const ssize_t got = ::read(STDIN_FILENO, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || c == '\n') break;
    if (is_typed && (c == kCtrlC || c == kCtrlBackslash)) return fail(Errc::kCancelled, "no password was typed");
    line += c;
  }
  if (is_typed) std::fputc('\n', stderr);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  if (line.empty()) return fail(Errc::kInvalidArgument, "no password was given");
  return line;
}

}  // namespace zoe::player
