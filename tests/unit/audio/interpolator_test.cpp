#include "engine/audio/interpolator.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace zoe::audio {
namespace {

constexpr std::size_t kFrames = 4096;

struct Tone {
  explicit Tone(double hertz) : per_frame(2 * std::numbers::pi * hertz / 48'000) {
    std::vector<float> samples;
    for (std::size_t i = 0; i < kFrames; ++i) {
      const auto value = static_cast<float>(std::sin(per_frame * static_cast<double>(i)));
      samples.insert(samples.end(), {value, -value});
    }
    ring.write(samples.data(), kFrames);
  }
  const double per_frame;
  PcmRing ring{kFrames, 2};
  Interpolator interpolator;

  float at(std::uint64_t number, double fraction, std::uint64_t low = 0, std::uint64_t high = kFrames) const {
    float out[2] = {};
    interpolator.read<2>(ring, low, high, number, fraction, out);
    EXPECT_EQ(out[1], -out[0]) << "both channels alike";
    return out[0];
  }
};

TEST(Interpolator, OnAFrameItIsTheFrame) {
  const Tone tone(997);
  for (std::uint64_t number = 0; number < kFrames; ++number) ASSERT_EQ(tone.at(number, 0), tone.ring.at(number)[0]);
}

TEST(Interpolator, BetweenFramesItIsTheTone) {
  struct Case {
    double hertz;
    double most;  // of 1
  };
  for (const Case& each : {Case{100, 1e-3}, Case{1'000, 1e-3}, Case{8'000, 1e-3}, Case{15'000, 5e-3}}) {
    const Tone tone(each.hertz);
    double worst = 0;
    for (int i = 0; i < 3000; ++i) {
      const double place = 20 + i * 1.00137;
      const double whole = std::floor(place);
      const double got = tone.at(static_cast<std::uint64_t>(whole), place - whole);
      worst = std::max(worst, std::abs(got - std::sin(tone.per_frame * place)));
    }
    EXPECT_LT(worst, each.most) << each.hertz << " Hz";
  }
}

TEST(Interpolator, ReadsNothingThatIsNotThere) {
  const Tone tone(1'000);
  EXPECT_EQ(tone.at(2000, 0.5, 3000, 3100), 0) << "far before what there is";
  EXPECT_EQ(tone.at(3500, 0.5, 3000, 3100), 0);
  EXPECT_TRUE(std::isfinite(tone.at(0, 0.5)));
  EXPECT_TRUE(std::isfinite(tone.at(kFrames - 1, 1.0 - 1e-15)));
}

}  // namespace
}  // namespace zoe::audio
