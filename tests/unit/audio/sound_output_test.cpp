#include "engine/audio/sound_output.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "tests/unit/audio/fake_device.hpp"

namespace zoe::audio {
namespace {

using test::FakeDevice;

constexpr int kRate = 48'000;

// A run whose frames count up, so that a frame says which one it is. Frame n is n / kScale.
constexpr float kScale = 1 << 20;

struct Stage {
  FakeClock clock;
  SoundOutput output{nullptr, clock, Log::null()};
  FakeDevice device{.began_ns = kNsPerS};

  void write(std::int64_t from, std::int64_t count) {
    std::vector<float> frames;
    for (std::int64_t i = from; i < from + count; ++i) {
      const float value = static_cast<float>(i + 1) / kScale;
      frames.insert(frames.end(), {value, -value});
    }
    ASSERT_EQ(output.write(frames.data(), static_cast<std::size_t>(count)), static_cast<std::size_t>(count));
  }
  void begin(std::uint64_t cue, std::int64_t start_us, double rate = 1) {
    output.begin_run({.cue = cue, .start_us = start_us, .rate = rate, .sample_rate = kRate});
  }
  std::vector<float> pull() { return device.pull(output, clock); }

  // Pulls until something is heard: when the frame numbered `number` of the run is heard, by the device's own time.
  std::int64_t heard_ns_of(std::int64_t number) {
    for (int calls = 0; calls < 500; ++calls) {
      const std::vector<float> got = pull();
      for (std::size_t i = 0; i < device.frames; ++i) {
        // Past the ramp.
        if (std::llround(got[i * 2] * kScale) == number + 1) return device.heard_ns(i);
      }
    }
    return -1;
  }
};

TEST(SoundOutput, BeginsWithTheSampleThatBelongsThere) {
  for (const std::int64_t start_us : {0, 900'000}) {  // the run begins with the anchor, or before it
    Stage stage;
    stage.begin(1, 0);
    stage.write(0, 60'000);
    for (int i = 0; i < 50; ++i) stage.pull();  // the latency is known
    const std::int64_t at_ns = stage.clock.now_ns() + 150 * kNsPerMs;
    stage.output.set_anchor({.is_running = true, .cue = 1, .media_us = start_us, .at_ns = at_ns});
    const std::int64_t number = start_us * kRate / 1'000'000 + 2000;
    const std::int64_t heard_ns = stage.heard_ns_of(number);
    ASSERT_GT(heard_ns, 0);
    const std::int64_t wanted_ns = at_ns + (number * 1'000'000 / kRate - start_us) * 1000;
    EXPECT_LE(std::llabs(heard_ns - wanted_ns), kNsPerMs) << start_us;
  }
}

TEST(SoundOutput, PlaysEachSampleOnceAndSaysWhenItIsHeard) {
  Stage stage;
  stage.begin(1, 5'000'000);
  stage.write(0, 60'000);
  for (int i = 0; i < 50; ++i) stage.pull();
  const std::int64_t at_ns = stage.clock.now_ns() + 100 * kNsPerMs;
  stage.output.set_anchor({.is_running = true, .cue = 1, .media_us = 5'000'000, .at_ns = at_ns});
  std::int64_t next = -1;
  int checked = 0;
  for (int calls = 0; calls < 40; ++calls) {
    const std::vector<float> got = stage.pull();
    const SoundReading& reading = stage.output.reading();
    for (std::size_t i = 0; i < stage.device.frames; ++i) {
      const std::int64_t number = std::llround(got[i * 2] * kScale) - 1;
      if (next < 0 && number > 300) next = number;  // past the ramp
      if (next < 0) continue;
      ASSERT_EQ(number, next++);
      ASSERT_EQ(got[i * 2 + 1], -got[i * 2]);
    }
    if (next < 0) continue;
    ASSERT_TRUE(reading.is_heard);
    EXPECT_EQ(reading.cue, 1U);
    // The reading and what the device plays agree.
    const double number = static_cast<double>(next) - static_cast<double>(stage.device.frames);
    const double off_us = static_cast<double>(stage.device.heard_ns(0) - reading.at_ns) / 1e3 -
                          (5'000'000 + number * 1e6 / kRate - static_cast<double>(reading.media_us));
    EXPECT_LE(std::abs(off_us), 1000);
    ++checked;
  }
  EXPECT_GT(checked, 20);
  EXPECT_EQ(stage.output.reading().underruns, 0U);
  EXPECT_EQ(stage.output.reading().alignments, 1U);
}

TEST(SoundOutput, OnlyTheRunOfTheAnchorIsHeard) {
  Stage stage;
  stage.begin(1, 0);
  stage.write(0, 40'000);
  stage.output.set_anchor({.is_running = true, .cue = 2, .media_us = 0, .at_ns = kNsPerS});
  for (int i = 0; i < 20; ++i) {
    for (const float value : stage.pull()) ASSERT_EQ(value, 0);
  }
  EXPECT_FALSE(stage.output.reading().is_heard);
}

// The largest step from one sample to the next that a constant sound makes.
float largest_step(const std::vector<float>& all) {
  float most = 0;
  for (std::size_t i = 2; i < all.size(); i += 2) most = std::max(most, std::abs(all[i] - all[i - 2]));
  return most;
}

TEST(SoundOutput, StartsStopsTurnsAndMutesWithoutAClick) {
  Stage stage;
  const std::vector<float> ones(std::size_t{60'000} * 2, 1.0F);
  std::vector<float> all;
  const auto pull = [&](int calls) {
    for (int i = 0; i < calls; ++i) {
      const std::vector<float> got = stage.pull();
      all.insert(all.end(), got.begin(), got.end());
    }
  };
  stage.begin(1, 0);
  stage.output.write(ones.data(), 60'000);
  pull(40);
  SoundAnchor anchor{.is_running = true, .cue = 1, .media_us = 0, .at_ns = stage.clock.now_ns() + 50 * kNsPerMs};
  stage.output.set_anchor(anchor);
  pull(10);
  EXPECT_EQ(all.back(), 1.0F) << "it plays";
  anchor.is_running = false;
  stage.output.set_anchor(anchor);
  pull(2);
  EXPECT_EQ(all.back(), 0.0F) << "it stands";
  stage.begin(2, 0);
  stage.output.write(ones.data(), 20'000);
  anchor = {.is_running = true, .cue = 2, .media_us = 0, .at_ns = stage.clock.now_ns()};
  stage.output.set_anchor(anchor);
  pull(6);
  EXPECT_EQ(all.back(), 1.0F);
  stage.output.set_muted(true);
  pull(3);
  EXPECT_EQ(all.back(), 0.0F);
  stage.output.set_muted(false);
  stage.output.set_volume(0.5F);
  pull(3);
  EXPECT_EQ(all.back(), 0.5F);
  pull(20);  // it runs dry
  EXPECT_EQ(all.back(), 0.0F);
  EXPECT_EQ(stage.output.reading().underruns, 1U);
  EXPECT_LE(largest_step(all), 0.01F);
}

TEST(SoundOutput, WhatRanDryGoesOnInTime) {
  Stage stage;
  stage.begin(1, 0);
  stage.write(0, 10'000);
  for (int i = 0; i < 40; ++i) stage.pull();
  const std::int64_t at_ns = stage.clock.now_ns() + 100 * kNsPerMs;
  stage.output.set_anchor({.is_running = true, .cue = 1, .media_us = 0, .at_ns = at_ns});
  for (int i = 0; i < 30; ++i) stage.pull();
  EXPECT_EQ(stage.output.reading().underruns, 1U);
  stage.write(10'000, 50'000);
  const std::int64_t number = 45'000;
  const std::int64_t heard_ns = stage.heard_ns_of(number);
  ASSERT_GT(heard_ns, 0);
  EXPECT_LE(std::llabs(heard_ns - (at_ns + number * kNsPerS / kRate)), kNsPerMs) << "what was too late was left out";
}

TEST(SoundOutput, AnEndIsNoUnderrun) {
  Stage stage;
  stage.begin(1, 0);
  stage.write(0, 5'000);
  stage.output.end_run();
  stage.output.set_anchor({.is_running = true, .cue = 1, .media_us = 0, .at_ns = kNsPerS + 100 * kNsPerMs});
  for (int i = 0; i < 40; ++i) stage.pull();
  EXPECT_EQ(stage.output.reading().underruns, 0U);
  EXPECT_EQ(stage.output.reading().alignments, 1U);
}

TEST(SoundOutput, ADeviceThatStoodStillIsCaughtUpWith) {
  Stage stage;
  stage.begin(1, 0);
  stage.write(0, 65'000);
  for (int i = 0; i < 40; ++i) stage.pull();
  const std::int64_t at_ns = stage.clock.now_ns() + 100 * kNsPerMs;
  stage.output.set_anchor({.is_running = true, .cue = 1, .media_us = 0, .at_ns = at_ns});
  for (int i = 0; i < 10; ++i) stage.pull();
  ASSERT_TRUE(stage.output.reading().is_heard);
  // For half a second nothing was asked; then it begins anew.
  stage.device.began_ns = stage.clock.now_ns() + 500 * kNsPerMs;
  stage.device.calls = 0;
  stage.device.ahead = 1;
  stage.clock.set_ns(stage.device.began_ns);
  std::vector<float> got(stage.device.frames * kChannels);
  stage.output.pull(got.data(), stage.device.frames, stage.clock.now_ns());
  stage.device.calls = 1;
  const std::int64_t number = 45'000;
  const std::int64_t heard_ns = stage.heard_ns_of(number);
  ASSERT_GT(heard_ns, 0);
  EXPECT_LE(std::llabs(heard_ns - (at_ns + number * kNsPerS / kRate)), 2 * kNsPerMs);
  EXPECT_EQ(stage.output.reading().device_gaps, 1U);
}

// ---- devices that come and go

struct Devices final : DeviceSource {
  struct One final : Device {
    One(Devices& its_owner, int its_rate) : owner(its_owner), rate(its_rate) { ++owner.open_now; }
    ~One() override { --owner.open_now; }
    int sample_rate() const override { return rate; }
    Devices& owner;
    const int rate;
  };

  Result<std::unique_ptr<Device>> open(PullSound pull) override {
    ++opens;
    if (rate == 0) return fail(Errc::kUnavailable, "nothing is plugged in");
    std::vector<float> out(64 * kChannels);
    pull(out.data(), 64, rate);
    return std::unique_ptr<Device>(std::make_unique<One>(*this, rate));
  }
  DeviceChange take_change() override { return std::exchange(change, DeviceChange::kNone); }

  int rate = kRate;
  DeviceChange change = DeviceChange::kNone;
  int opens = 0;
  int open_now = 0;
};

TEST(SoundOutput, GoesOnWithAnotherDevice) {
  FakeClock clock;
  auto source = std::make_unique<Devices>();
  Devices& devices = *source;
  SoundOutput output(std::move(source), clock, Log::null());
  EXPECT_TRUE(output.keep_device());
  EXPECT_EQ(output.sample_rate(), kRate);
  EXPECT_FALSE(output.keep_device()) << "it is there";
  devices.change = DeviceChange::kArrived;
  EXPECT_FALSE(output.keep_device());
  EXPECT_EQ(devices.opens, 1) << "one that works is not left for another";

  devices.change = DeviceChange::kLost;
  devices.rate = 44'100;
  EXPECT_TRUE(output.keep_device());
  EXPECT_EQ(output.sample_rate(), 44'100);
  EXPECT_EQ(devices.open_now, 1);

  // Gone, and no other: silence, until one comes.
  devices.change = DeviceChange::kLost;
  devices.rate = 0;
  output.keep_device();
  EXPECT_TRUE(output.is_silent());
  EXPECT_GT(output.sample_rate(), 0);
  output.keep_device();
  EXPECT_EQ(devices.opens, 3) << "it is not asked all the time";
  devices.change = DeviceChange::kArrived;
  devices.rate = kRate;
  output.keep_device();
  EXPECT_FALSE(output.is_silent());

  // It asks for nothing any more without a word.
  clock.advance_ns(3 * kNsPerS);
  output.keep_device();
  EXPECT_EQ(devices.opens, 5);
  output.drop_device();
  EXPECT_EQ(devices.open_now, 0);
}

}  // namespace
}  // namespace zoe::audio
