#include <termios.h>
#include <unistd.h>

#include <cstdio>

#include "server/host/password_prompt.hpp"

namespace zoe::server {
namespace {

constexpr std::size_t kMostBytes = 1024;

// What is typed stays unseen as long as this lives.
class Unseen {
 public:
  Unseen() {
    is_changed_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!is_changed_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~Unseen() {
    if (is_changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

 private:
  termios before_{};
  bool is_changed_ = false;
};

std::string read_line() {
  std::string line;
  for (int c = std::getchar(); c != EOF && c != '\n' && line.size() < kMostBytes; c = std::getchar())
    line.push_back(static_cast<char>(c));
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

std::string ask(const std::string& question) {
  std::fputs(question.c_str(), stderr);
  const Unseen unseen;
  std::string line = read_line();
  std::fputc('\n', stderr);
  return line;
}

}  // namespace

Result<std::string> read_new_password(const std::string& whose) {
  const bool is_typed = ::isatty(STDIN_FILENO) == 1;
  std::string password = is_typed ? ask("New password of " + whose + ": ") : read_line();
  if (password.empty()) return fail(Errc::kInvalidArgument, "no password was given: type it, or pipe one line in");
  if (is_typed && ask("The same again: ") != password)
    return fail(Errc::kInvalidArgument, "the two passwords differ: nothing was changed");
  return password;
}

}  // namespace zoe::server
