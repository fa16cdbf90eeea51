#include "engine/audio/time_stretch.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace zoe::audio {
namespace {

constexpr int kRate = 48'000;
constexpr double kPi = 3.14159265358979;

std::vector<float> tone(double seconds, double hz) {
  std::vector<float> frames;
  for (int i = 0; i < static_cast<int>(seconds * kRate); ++i) {
    const auto value = static_cast<float>(0.5 * std::sin(2 * kPi * hz * i / kRate));
    frames.insert(frames.end(), {value, value});
  }
  return frames;
}

std::vector<float> stretch(const std::vector<float>& in, double speed) {
  TimeStretch stretch(kRate, 2);
  stretch.start(speed);
  std::vector<float> out;
  for (std::size_t at = 0; at < in.size(); at += 2000) {
    stretch.process(in.data() + at, std::min<std::size_t>(2000, in.size() - at) / 2, out);
  }
  stretch.finish(out);
  return out;
}

// Of the left channel, by its rises through zero.
double pitch_of(const std::vector<float>& frames) {
  int rises = 0;
  const std::size_t from = frames.size() / 4 / 2 * 2;
  const std::size_t to = frames.size() / 4 * 3 / 2 * 2;
  for (std::size_t i = from; i + 2 < to; i += 2) rises += frames[i] < 0 && frames[i + 2] >= 0 ? 1 : 0;
  return rises * 2.0 * kRate / static_cast<double>(to - from);
}

TEST(TimeStretch, KeepsThePitchAndChangesTheLength) {
  for (const double speed : {0.25, 0.9, 2.0, 4.0}) {
    const std::vector<float> out = stretch(tone(2, 440), speed);
    EXPECT_NEAR(static_cast<double>(out.size()) / 2 / kRate, 2 / speed, 0.002) << speed;
    EXPECT_NEAR(pitch_of(out), 440, 440 * 0.01) << speed;
  }
}

// What sounds at a moment of the media sounds at that moment of the picture, at every speed.
TEST(TimeStretch, StaysWhereItBelongs) {
  for (const double speed : {0.25, 0.5, 1.5, 4.0}) {
    std::vector<float> in(static_cast<std::size_t>(5 * kRate) * 2);
    for (int second = 1; second < 5; ++second) {
      const std::vector<float> beep = tone(0.1, 1000);
      std::copy(beep.begin(), beep.end(), in.begin() + std::ptrdiff_t{second} * kRate * 2);
    }
    const std::vector<float> out = stretch(in, speed);
    TimeStretch same(kRate, 2);
    same.start(speed);
    const double piece_s = std::abs(same.offset_s());
    int second = 1;
    for (std::size_t frame = 0; frame < out.size() / 2 && second < 5; ++frame) {
      if (std::abs(out[frame * 2]) < 0.1F) continue;
      const double media_s = static_cast<double>(frame) / kRate * speed + same.offset_s();
      EXPECT_NEAR(media_s, second, piece_s + 0.012) << speed;
      frame += static_cast<std::size_t>(0.5 * kRate / speed);
      ++second;
    }
    EXPECT_EQ(second, 5) << speed;
  }
}

TEST(TimeStretch, BeginsAnew) {
  TimeStretch stretch(kRate, 2);
  std::vector<float> out;
  stretch.start(2);
  const std::vector<float> loud = tone(0.5, 300);
  stretch.process(loud.data(), loud.size() / 2, out);
  stretch.start(1);
  out.clear();
  const std::vector<float> quiet(48'000);
  stretch.process(quiet.data(), quiet.size() / 2, out);
  stretch.finish(out);
  for (const float value : out) ASSERT_EQ(value, 0) << "nothing of before";
}

}  // namespace
}  // namespace zoe::audio
