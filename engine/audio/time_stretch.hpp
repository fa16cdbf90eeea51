// Sound played faster or slower at its own pitch.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace zoe::audio {

// One thread at a time. SoundTouch does the work (overlapped pieces where they fit best): it is made for that, follows
// a change of speed between two calls, and is one small library, where FFmpeg's atempo, which does much the same, would
// bring the whole of libavfilter and the libraries behind it into the player's start.
class TimeStretch {
 public:
  // From 1/kMost to kMost times as fast; what is beyond is not for ears.
  static constexpr double kMost = 4;

  TimeStretch(int sample_rate, int channels);
  ~TimeStretch();
  TimeStretch(const TimeStretch&) = delete;
  TimeStretch& operator=(const TimeStretch&) = delete;

  // Begins anew: what comes out first belongs to what goes in first. `speed` is clamped to its range.
  void start(double speed);

  // What comes out is made of pieces that each last as long as they did: their middles lie where they belong, if what
  // comes out first counts as this many seconds of media later (negative at speeds above 1) than what went in first.
  double offset_s() const;

  // Appends to `out` what `frames` interleaved frames yield, on the whole frames / speed.
  void process(const float* in, std::size_t frames, std::vector<float>& out);
  // No more comes: the rest.
  void finish(std::vector<float>& out);

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::audio
