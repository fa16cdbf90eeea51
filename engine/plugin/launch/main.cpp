// zoetrope-launch: starts a command for the server under its limits and keeps it, so that all that comes of it ends
// with it, also where it detaches itself, and where the server is killed. The server starts it, with a line as its
// descriptor ChildProcess::kLine: what it has to say goes over that, in one line ("failed WORDS", or that of keep.hpp);
// when the other end is closed it ends the command.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "engine/core/child_process.hpp"
#include "engine/plugin/launch/begin.hpp"
#include "engine/plugin/launch/keep.hpp"

namespace {

constexpr int kLine = zoe::ChildProcess::kLine;

void tell(const std::string& words) {
  const std::string text = words + "\n";
  static_cast<void>(::send(kLine, text.data(), text.size(), MSG_NOSIGNAL) < 0);
}

// From now on the pipes are the command's alone: when it has gone they have an end.
void let_go_of_output() {
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) ::dup2(nothing, fd);
  ::close(nothing);
}

}  // namespace

int main(int argc, char** argv) {
  const auto order = zoe::launch::parse_order({argv + 1, argv + argc});
  if (!order || ::fcntl(kLine, F_SETFD, FD_CLOEXEC) != 0) {
    std::cerr << "zoetrope-launch is a part of zoetrope-server, which starts it; it is of no use by itself\n";
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const auto child = zoe::launch::begin(*order);
  if (!child) {
    tell("failed " + child.error().message);
    return 1;
  }
  let_go_of_output();
  tell(zoe::launch::keep(*child, kLine, order->memory_bytes));
  return 0;
}
