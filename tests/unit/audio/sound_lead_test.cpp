// Sound that follows a clock that is not its own: a room's.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <vector>

#include "engine/audio/sound_output.hpp"
#include "tests/unit/audio/fake_device.hpp"

namespace zoe::audio {
namespace {

using test::FakeDevice;

constexpr int kRate = 48'000;
constexpr double kHertz = 1'000;

// A tone of 1 kHz that is played for as long as one likes.
struct Stage {
  explicit Stage(double speed) {
    device.speed = speed;
    device.jitter_ns = kNsPerMs;
    output.begin_run({.cue = 1, .start_us = 0, .rate = 1, .sample_rate = kRate});
    write();
    for (int i = 0; i < 60; ++i) pull();
    began_ns = clock.now_ns() + 100 * kNsPerMs;
  }

  void write() {
    while (output.buffered_frames() < kRate / 4) {
      std::vector<float> some(1024 * kChannels);
      for (std::size_t i = 0; i < some.size(); i += 2) {
        const double seconds = static_cast<double>(written++) / kRate;
        some[i] = some[i + 1] = static_cast<float>(0.5 * std::sin(2 * std::numbers::pi * kHertz * seconds));
      }
      output.write(some.data(), 1024);
    }
  }
  void pull() {
    write();
    const std::vector<float> got = device.pull(output, clock);
    for (std::size_t i = 0; i < got.size(); i += 2) heard.push_back(got[i]);
  }
  // `off_us`: how far the clock that leads is ahead of where it began.
  void play(int ms, std::int64_t off_us = 0) {
    const std::int64_t end = clock.now_ns() + ms * kNsPerMs;
    while (clock.now_ns() < end) {
      const std::int64_t now = clock.now_ns();
      output.set_anchor({.is_running = true,
                         .cue = 1,
                         .media_us = (now - began_ns) / 1000 + off_us,
                         .at_ns = now,
                         .rate = 1,
                         .is_leading = true});
      pull();
    }
  }
  // By how much sound is late, from what the output itself says.
  std::int64_t late_us(std::int64_t off_us = 0) {
    const SoundReading& reading = output.reading();
    return (reading.at_ns - began_ns) / 1000 + off_us - reading.media_us;
  }
  // Of the last second: the largest distance from a tone's own curve, which a click or a sample left out breaks.
  double roughness() const {
    double worst = 0;
    const double turn = 2 * std::cos(2 * std::numbers::pi * kHertz / kRate);
    for (std::size_t i = heard.size() - kRate; i < heard.size(); ++i) {
      const double expected = turn * static_cast<double>(heard[i - 1]) - static_cast<double>(heard[i - 2]);
      worst = std::max(worst, std::abs(static_cast<double>(heard[i]) - expected));
    }
    return worst;
  }

  FakeClock clock;
  SoundOutput output{nullptr, clock, Log::null()};
  FakeDevice device{.began_ns = kNsPerS};
  std::int64_t written = 0;
  std::int64_t began_ns = 0;
  std::vector<float> heard;
};

TEST(SoundLead, ADeviceThatIsOffIsPlayedAtTheClocksSpeed) {
  for (const double speed : {1.01, 1.0, 0.99}) {
    Stage stage(speed);
    stage.play(30'000);
    EXPECT_TRUE(stage.output.reading().is_heard);
    EXPECT_LT(std::llabs(stage.late_us()), 3'000) << speed;
    EXPECT_EQ(stage.output.reading().alignments, 1U) << "it is never skipped";
    EXPECT_EQ(stage.output.reading().underruns, 0U);
    EXPECT_LT(stage.roughness(), 0.002) << speed;
  }
}

TEST(SoundLead, WhatIsALittleOffIsMadeUpForWithoutABreak) {
  for (const std::int64_t off_us : {std::int64_t{25'000}, std::int64_t{-25'000}}) {
    Stage stage(1);
    stage.play(3'000);
    stage.play(1'500, off_us);
    EXPECT_LT(stage.roughness(), 0.002) << "and nobody hears it";
    EXPECT_GT(std::llabs(stage.late_us(off_us)), 8'000) << "slowly: by half a percent";
    stage.play(12'000, off_us);
    EXPECT_LT(std::llabs(stage.late_us(off_us)), 3'000);
    EXPECT_EQ(stage.output.reading().alignments, 1U);
  }
}

TEST(SoundLead, WhatIsFarOffIsSkippedTo) {
  Stage stage(1);
  stage.play(3'000);
  stage.play(300, 150'000);
  EXPECT_LT(std::llabs(stage.late_us(150'000)), 3'000);
  EXPECT_EQ(stage.output.reading().alignments, 2U);
}

}  // namespace
}  // namespace zoe::audio
