// zoetrope-server: reads its settings, starts, waits for signals, stops. Or carries out an operator's command.
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "engine/core/file.hpp"
#include "engine/core/unique_fd.hpp"
#include "server/host/operator_cli.hpp"
#include "server/host/server.hpp"
#include "server/host/server_config.hpp"

namespace {

using zoe::server::ExitCode;
using zoe::server::Server;

int fail(ExitCode code, const zoe::Error& error) {
  std::fprintf(stderr, "zoetrope-server: %s\n", error.message.c_str());
  return static_cast<int>(code);
}

sigset_t handled_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

// From now on one more signal ends the program on the spot.
void let_second_signal_end() {
  struct sigaction action {};
  action.sa_handler = [](int signal) { ::_exit(128 + signal); };
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
  const sigset_t signals = handled_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

zoe::Status say_ready(const Server& server, const std::string& ready_file) {
  std::string text;
  for (const auto& listener : server.listeners())
    text += "zoetrope-server ready: " + listener.name + " " + listener.to_string() + "\n";
  if (!ready_file.empty()) ZOE_CHECK(zoe::write_file_atomic(ready_file, zoe::as_bytes(text)));
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  return {};
}

// Returns when the program shall stop.
void serve(Server& server, int signal_fd) {
  pollfd watched{signal_fd, POLLIN, 0};
  while (true) {
    if (::poll(&watched, 1, -1) < 0 && errno != EINTR) return;
    signalfd_siginfo info{};
    if ((watched.revents & POLLIN) == 0 || ::read(signal_fd, &info, sizeof info) != sizeof info) continue;
    if (info.ssi_signo != SIGHUP) return;
    server.rescan();
  }
}

int run(int argc, char** argv) {
  if (zoe::server::is_operator_command(argc, argv)) return zoe::server::run_operator_command(argc, argv);
  auto line = zoe::server::parse_command_line(argc, argv);
  if (!line) return fail(ExitCode::kUsage, line.error());
  if (!line->is_to_serve) {
    std::fputs(line->text.c_str(), stdout);
    return static_cast<int>(ExitCode::kOk);
  }

  // Before the first thread starts, so that every thread inherits it and the descriptor gets them all.
  const sigset_t signals = handled_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  const zoe::UniqueFd signal_fd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signal_fd) return fail(ExitCode::kFailed, zoe::errno_error("wait for signals", errno));

  const std::string ready_file = line->config.ready_file;
  auto server = Server::start(std::move(line->config));
  if (!server) return fail(server.error().code, server.error().error);
  if (auto said = say_ready(**server, ready_file); !said) return fail(ExitCode::kUsage, said.error());
  serve(**server, signal_fd.get());
  let_second_signal_end();
  if (!(*server)->stop()) ::_exit(static_cast<int>(ExitCode::kFailed));
  return static_cast<int>(ExitCode::kOk);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    return fail(ExitCode::kFailed, {zoe::Errc::kInternal, error.what()});
  }
}
