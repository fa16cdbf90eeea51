// Sound between its samples, for playing it a little faster or slower.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/audio/pcm_ring.hpp"

namespace zoe::audio {

// A windowed sinc of kTaps samples: each phase is worked out once, what lies between two phases is on the straight line
// from one to the other. Changes of speed of a percent move the spectrum's upper end by as little, so the band is not
// narrowed. Immutable; `read` neither locks nor allocates.
class Interpolator {
 public:
  static constexpr int kTaps = 16;
  static constexpr std::uint64_t kBefore = kTaps / 2 - 1;  // frames that are needed before the one that is asked for

  Interpolator();

  // What lies `fraction` (0 to 1) of a frame behind frame `number`, of all channels. Frames outside `low` and `high`
  // (that one excluded) count as silence. At a fraction of 0 it is the frame itself.
  template <std::size_t kChannelCount>
  void read(const PcmRing& ring, std::uint64_t low, std::uint64_t high, std::uint64_t number, double fraction,
            float* out) const {
    const double place = fraction * kPhases;
    const auto phase = static_cast<std::size_t>(place);
    const auto rest = static_cast<float>(place - static_cast<double>(phase));
    std::array<float, kChannelCount> sum{};
    for (std::size_t tap = 0; tap < kTaps; ++tap) {
      const std::uint64_t frame = number + tap;  // by kBefore too far
      if (frame < low + kBefore || frame >= high + kBefore) continue;
      const float weight = taps_[phase][tap] + rest * (taps_[phase + 1][tap] - taps_[phase][tap]);
      const float* samples = ring.at(frame - kBefore);
      for (std::size_t c = 0; c < kChannelCount; ++c) sum[c] += weight * samples[c];
    }
    for (std::size_t c = 0; c < kChannelCount; ++c) out[c] = sum[c];
  }

 private:
  static constexpr std::size_t kPhases = 256;
  std::array<std::array<float, kTaps>, kPhases + 2> taps_;  // one more for a fraction that was rounded up to 1
};

}  // namespace zoe::audio
