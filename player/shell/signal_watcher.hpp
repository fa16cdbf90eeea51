// Ends the program in good order on SIGINT and SIGTERM.
#pragma once

#include <functional>
#include <memory>

namespace zoe::player {

class SignalWatcher {
 public:
  // In main, before any thread is started: from here on the signals wait to be watched for.
  static void hold_signals();

  // Calls `on_signal` once, on a thread of its own, at the first signal; the second one ends the program on the spot.
  static std::unique_ptr<SignalWatcher> start(std::function<void(int signal)> on_signal);

  virtual ~SignalWatcher() = default;
};

}  // namespace zoe::player
