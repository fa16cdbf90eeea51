// Tells the server where its viewer is, so that they can go on from there, here or elsewhere.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/core/clock.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

// What the reporter looks at.
struct WatchState {
  std::string media;  // empty: nothing is open
  std::int64_t position_us = 0;
  bool is_settled = false;  // the position is that of a frame on screen, not of a seek under way
  bool is_resting = false;  // paused or at the end
  bool is_ended = false;    // at the end, forwards
};

// Main thread; nothing waits for the network. Reports every ten seconds while it moves, when it comes to rest, where it
// is taken while it rests (at most once a second), and when the media is left. What cannot be sent is kept, the newest
// of each media, and sent when somebody with an account is signed in again; guests' positions are nobody's.
class ProgressReporter {
 public:
  static constexpr std::int64_t kEveryNs = 10 * kNsPerS;
  static constexpr std::int64_t kAtRestEveryNs = kNsPerS;
  static constexpr std::size_t kMostUnsent = 64;

  // `link` and `clock` outlive it.
  ProgressReporter(ServerLink& link, const Clock& clock);
  ~ProgressReporter();
  ProgressReporter(const ProgressReporter&) = delete;
  ProgressReporter& operator=(const ProgressReporter&) = delete;

  // Returns when to be called again at the latest.
  std::int64_t update(const WatchState& now, const LinkSnapshot& link, std::int64_t now_ns);

 private:
  struct Report {
    std::string media;
    std::int64_t position_us = 0;
    std::int64_t utc_ns = 0;
    bool is_ended = false;
  };
  struct Shared;

  void report(const WatchState& state, bool may_send);
  void send(Report report);

  ServerLink& link_;
  const Clock& clock_;
  const std::shared_ptr<Shared> shared_;  // answers may come after its end
  WatchState last_;
  std::string reported_media_;
  std::int64_t reported_us_ = -1;
  std::int64_t reported_ns_ = 0;
};

}  // namespace zoe::player
