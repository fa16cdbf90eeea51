// A sound device in fake time that records what is heard, and when.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "engine/audio/sound_output.hpp"
#include "engine/core/clock.hpp"

namespace zoe::audio::test {

// Takes `ahead` buffers at once when it begins, then one each time that one has been played, at its own speed and with
// a callback that comes late by up to `jitter_ns`. The first sample is heard when the first callback comes.
struct FakeDevice {
  int sample_rate = 48'000;
  std::size_t frames = 1024;
  int ahead = 3;
  double speed = 1;
  std::int64_t jitter_ns = 0;
  std::int64_t began_ns = 0;

  std::int64_t calls = 0;
  std::mt19937 random{7};

  double buffer_ns() const { return static_cast<double>(frames) * 1e9 / sample_rate / speed; }
  // When the next callback comes.
  std::int64_t next_ns() const {
    const std::int64_t behind = std::max<std::int64_t>(0, calls - ahead + 1);
    return began_ns + static_cast<std::int64_t>(static_cast<double>(behind) * buffer_ns());
  }
  // When frame `frame` of the callback before is heard.
  std::int64_t heard_ns(std::size_t frame) const {
    const double buffers = static_cast<double>(calls - 1) + static_cast<double>(frame) / static_cast<double>(frames);
    return began_ns + static_cast<std::int64_t>(buffers * buffer_ns());
  }

  std::int64_t late_ns() {
    return jitter_ns == 0 ? 0 : std::uniform_int_distribution<std::int64_t>(0, jitter_ns)(random);
  }

  // One callback; what it got, interleaved.
  std::vector<float> pull(SoundOutput& output, FakeClock& clock) {
    if (calls == 0) output.begin_device(sample_rate);
    clock.set_ns(std::max(clock.now_ns(), next_ns() + late_ns()));
    std::vector<float> got(frames * kChannels);
    output.pull(got.data(), frames, clock.now_ns());
    ++calls;
    return got;
  }
};

}  // namespace zoe::audio::test
