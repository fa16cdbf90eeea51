// When what a callback hands over will be heard, learned from when callbacks come.
#pragma once

#include <cstdint>

namespace zoe::audio {

// Pure logic; the callback's thread. SDL 2 does not tell a device's latency. But a device that takes buffers ahead of
// what it plays takes the first ones at once and then one for each that has been played: so the time at which a buffer
// is heard is the first callback's time and the length of all buffers before, and how far that lies ahead of the
// callback is the latency. The device's own speed (sound cards are off by up to a percent) is learned from the
// callbacks that follow, by a loop of second order, so that neither their jitter nor the difference of the two clocks
// adds up.
//
// What lies behind the callback, in a sound server or a wireless link, shows only as far as it takes buffers ahead.
class DeviceClock {
 public:
  // A device that runs at nominally so many frames a second begins anew.
  void start(int sample_rate);

  // A callback at `now_ns` asks for `frames`: the time at which the first of them is heard.
  std::int64_t on_callback(std::int64_t now_ns, std::int64_t frames);

  // From a callback to the sound of its first frame.
  std::int64_t latency_ns() const { return static_cast<std::int64_t>(lead_ns_); }
  // The device's speed over the nominal one: 1.007 runs 0.7 % fast.
  double speed() const { return nominal_ns_ / frame_ns_; }
  // Callbacks that came so late that the device had nothing left to play.
  std::uint64_t gaps() const { return gaps_; }

 private:
  // The first buffers are asked for faster than they are played; for so long the lead is learned.
  static constexpr std::int64_t kSettleNs = 400'000'000;
  static constexpr double kMostDeviation = 0.02;  // of the nominal speed: no device is off by more

  void begin(std::int64_t now_ns);

  double nominal_ns_ = 1e9 / 48'000;  // of a frame
  double frame_ns_ = 1e9 / 48'000;    // the same, as learned
  bool has_begun_ = false;
  std::int64_t began_ns_ = 0;
  double heard_ns_ = 0;  // of the next buffer's first frame, since began_ns_
  double lead_ns_ = 0;
  double lead_sum_ns_ = 0;
  int leads_ = 0;
  std::uint64_t gaps_ = 0;
};

}  // namespace zoe::audio
