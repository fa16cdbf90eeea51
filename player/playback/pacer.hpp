// When each frame goes to the screen: pure logic over times it is told.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "engine/core/rational.hpp"
#include "player/playback/vsync_tracker.hpp"

namespace zoe::player {

// What to do with the next frame.
struct PacerDecision {
  enum class Act {
    kHold = 1,  // nothing before `at_ns`
    kShow,      // hand it over now
    kSkip,      // leave it out: the one after it belongs to the same refresh
    kDrop,      // leave it out: its time has passed, and that of the one after it has come
  };
  Act act = Act::kHold;
  std::int64_t at_ns = 0;
  std::int64_t deadline_ns = 0;  // kShow: when it is to be seen
};

// Maps media time to the clock by one anchor: a frame's time is an absolute deadline, so nothing adds up. Where the
// display's grid is known, a frame is meant for one refresh of it, and each step of media time for as many refreshes as
// the one before as far as the two rates allow (3:2 for 24 frames on 60 Hz). Not thread-safe.
class Pacer {
 public:
  // What is on the screen took it over at media time `media_us`, now; the clock runs from here on at `rate`.
  void start(std::int64_t media_us, Rational rate, std::int64_t now_ns);
  // Runs by a clock that is not its own: the media is at `media_us` at `at_ns`.
  void follow(std::int64_t media_us, std::int64_t at_ns, Rational rate);
  void stop() { is_running_ = false; }
  bool is_running() const { return is_running_; }

  // Goes on at another rate from where the media is at this moment. Changes nothing while it stands.
  void set_rate(Rational rate, std::int64_t now_ns);

  // Sound of media time `media_us` is heard at `at_ns`. Pictures follow: once both are apart by more than kBandNs, the
  // anchor moves until they are together, by at most a fiftieth of the time that passes, so that no step is seen; and
  // not at all in between, so that the sound clock's noise shakes no cadence. Called now and then while it runs.
  void follow_sound(std::int64_t media_us, std::int64_t at_ns, std::int64_t now_ns);
  // Where the clock is not the sound's to move: only how far apart they are.
  void note_sound(std::int64_t media_us, std::int64_t at_ns) { sound_lateness_ns_ = at_ns - due_ns(media_us); }
  // By how much sound was late against the pictures when one of these was last called.
  std::int64_t sound_lateness_ns() const { return sound_lateness_ns_; }

  // Media time `media_us` is due at `at_ns`.
  struct Anchor {
    std::int64_t media_us = 0;
    std::int64_t at_ns = 0;
  };
  // The media time that is due at a time.
  std::int64_t position_us(std::int64_t now_ns) const;
  Anchor anchor() const { return {anchor_us_, anchor_ns_}; }

  // The media times at which the next frame and, where it is there already, the one after it take over the screen.
  // Running backwards that is the time of the frame that each replaces.
  PacerDecision decide(std::int64_t now_ns, std::int64_t next_us, std::optional<std::int64_t> after_us) const;

  // The ideal time of a media time, before any grid.
  std::int64_t due_ns(std::int64_t media_us) const;

  // What came of a frame: handed over, and seen.
  void on_presented(std::int64_t handed_over_ns, std::int64_t presented_ns);

  // True for a frame that was seen more than half a refresh (without a grid: kLateNs) after its deadline.
  bool is_late(std::int64_t deadline_ns, std::int64_t presented_ns) const;

  VsyncTracker& vsync() { return vsync_; }
  // How long before its deadline a frame is handed over.
  std::int64_t lead_ns() const;

  static constexpr std::int64_t kLateNs = 20'000'000;
  static constexpr std::int64_t kBandNs = 5'000'000;

 private:
  std::int64_t deadline_of(std::int64_t media_us) const;
  bool is_same_refresh(std::int64_t next_us, std::int64_t after_us) const;

  bool is_running_ = false;
  std::int64_t anchor_us_ = 0;
  std::int64_t anchor_ns_ = 0;
  Rational rate_{1, 1};
  bool is_following_ = false;
  std::int64_t followed_ns_ = 0;
  std::int64_t sound_lateness_ns_ = 0;
  VsyncTracker vsync_;
  std::int64_t latency_ns_ = 0;  // smoothed, from handing over to being seen
};

}  // namespace zoe::player
