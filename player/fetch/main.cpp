// zoetrope-fetch: reads the command line and downloads.
#include <csignal>
#include <cstdio>

#include "player/fetch/fetch_options.hpp"
#include "player/fetch/fetcher.hpp"
#include "player/shell/signal_watcher.hpp"

int main(int argc, char** argv) {
  const auto line = zoe::player::parse_fetch_command_line(argc, argv);
  if (!line) {
    std::fprintf(stderr, "zoetrope-fetch: %s\n", line.error().message.c_str());
    return zoe::player::kFetchUsage;
  }
  if (!line->is_to_run) {
    std::fputs(line->text.c_str(), stdout);
    return 0;
  }
  zoe::player::SignalWatcher::hold_signals();
  std::signal(SIGPIPE, SIG_IGN);
  zoe::SystemClock clock;
  const auto log = zoe::Log::create({.level = line->options.log_level});
  if (!log) {
    std::fprintf(stderr, "zoetrope-fetch: %s\n", log.error().message.c_str());
    return zoe::player::kFetchFailed;
  }
  return zoe::player::run_fetch(line->options, clock, **log);
}
