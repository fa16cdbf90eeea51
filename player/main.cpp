// zoetrope: reads the command line and runs the player.
#include <csignal>
#include <cstdio>

#include "player/options.hpp"
#include "player/shell/process_start.hpp"
#include "player/shell/shell.hpp"
#include "player/shell/signal_watcher.hpp"

namespace {

constexpr int kNotStarted = 1;
constexpr int kUsage = 2;

int complain(const zoe::Error& error, int code) {
  std::fprintf(stderr, "zoetrope: %s\n", error.message.c_str());
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  zoe::SystemClock clock;
  const std::int64_t start_ns = zoe::player::process_start_ns(clock);
  const auto line = zoe::player::parse_command_line(argc, argv);
  if (!line) return complain(line.error(), kUsage);
  if (!line->is_to_run) {
    std::fputs(line->text.c_str(), stdout);
    return 0;
  }
  zoe::player::SignalWatcher::hold_signals();
  std::signal(SIGPIPE, SIG_IGN);
  const auto log = zoe::Log::create({.level = line->options.log_level, .file = line->options.log_file});
  if (!log) return complain(log.error(), kNotStarted);
  const auto code = zoe::player::run_player(line->options, start_ns, clock, **log);
  return code ? *code : complain(code.error(), kNotStarted);
}
