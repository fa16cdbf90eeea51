// Pictures and sound over ten minutes, with a device whose clock is not the machine's: the real pacer and the real
// sound output in fake time, and what a camera and a microphone would have recorded.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <optional>
#include <vector>

#include "engine/audio/sound_output.hpp"
#include "player/playback/pacer.hpp"
#include "tests/unit/audio/fake_device.hpp"

namespace zoe::player {
namespace {

using audio::test::FakeDevice;

constexpr int kRate = 48'000;
constexpr std::int64_t kFrameUs = 40'000;
constexpr std::int64_t kBeepEveryUs = 1'000'000;
constexpr std::int64_t kBeepUs = 100'000;

// A film that flashes and beeps once a second.
class Theatre {
 public:
  Theatre(double device_speed, Rational rate) : rate_(rate) {
    device_.speed = device_speed;
    device_.jitter_ns = 3 * kNsPerMs;
    device_.began_ns = kNsPerS;
    clock_.set_ns(kNsPerS);
  }

  // In seconds of the clock.
  void play(int seconds) {
    output_.begin_run({.cue = 1, .start_us = 0, .rate = rate_.to_double(), .sample_rate = kRate});
    write();
    for (int i = 0; i < 30; ++i) pull();
    pacer_.start(0, rate_, clock_.now_ns() + output_.latency_ns() + 21 * kNsPerMs);
    const std::int64_t end_ns = clock_.now_ns() + seconds * kNsPerS;
    while (clock_.now_ns() < end_ns) {
      tell();
      const std::int64_t next_us = (frame_ + 1) * kFrameUs;
      const PacerDecision decision = pacer_.decide(clock_.now_ns(), next_us, next_us + kFrameUs);
      if (decision.act == PacerDecision::Act::kHold) {
        if (device_.next_ns() + device_.jitter_ns < decision.at_ns) {
          pull();
        } else {
          clock_.set_ns(decision.at_ns);
        }
        write();
        continue;
      }
      ++frame_;
      EXPECT_EQ(decision.act, PacerDecision::Act::kShow) << "frame " << frame_;
      if (next_us % kBeepEveryUs == 0) flashes_ns_.push_back(clock_.now_ns());
    }
  }

  // The furthest that a flash and its beep lay apart, from `from_s` on.
  std::int64_t most_apart_ns(std::size_t from_s) const {
    const std::size_t count = std::min(flashes_ns_.size(), beeps_ns_.size());
    std::int64_t most = 0;
    for (std::size_t i = from_s; i < count; ++i) most = std::max(most, std::abs(flashes_ns_[i] - beeps_ns_[i]));
    return most;
  }
  std::size_t beeps() const { return beeps_ns_.size(); }
  std::size_t flashes() const { return flashes_ns_.size(); }
  std::uint64_t alignments() { return output_.reading().alignments; }
  std::uint64_t underruns() { return output_.reading().underruns; }

  bool is_following = true;
  // A room's time goes on as this says, from the time that passes here: the sound follows it.
  std::function<std::int64_t(std::int64_t)> room_us;

 private:
  void tell_of_room() {
    const std::int64_t now = clock_.now_ns();
    if (began_ns_ == 0) began_ns_ = pacer_.anchor().at_ns;
    const double passed_us = static_cast<double>(room_us((now - began_ns_) / 1000));
    pacer_.follow(std::llround(passed_us * rate_.to_double()), now, rate_);
    const Pacer::Anchor anchor = pacer_.anchor();
    output_.set_anchor({.is_running = true,
                        .cue = 1,
                        .media_us = anchor.media_us,
                        .at_ns = anchor.at_ns,
                        .rate = rate_.to_double(),
                        .is_leading = true});
  }

  void tell() {
    if (room_us) return tell_of_room();
    const audio::SoundReading& reading = output_.reading();
    if (reading.is_heard && is_following) pacer_.follow_sound(reading.media_us, reading.at_ns, clock_.now_ns());
    const Pacer::Anchor anchor = pacer_.anchor();
    output_.set_anchor(
        {.is_running = true, .cue = 1, .media_us = anchor.media_us, .at_ns = anchor.at_ns, .rate = rate_.to_double()});
  }

  void write() {
    while (output_.buffered_frames() < kRate / 4) {
      std::vector<float> some(1024 * audio::kChannels);
      for (std::size_t i = 0; i < some.size(); i += 2) {
        const double media_us = static_cast<double>(written_++) * 1e6 / kRate * rate_.to_double();
        const auto in_second_us = static_cast<std::int64_t>(media_us) % kBeepEveryUs;
        if (media_us > kBeepUs && in_second_us < kBeepUs) some[i] = some[i + 1] = 0.5F;
      }
      output_.write(some.data(), 1024);
    }
  }

  void pull() {
    const std::vector<float> got = device_.pull(output_, clock_);
    for (std::size_t i = 0; i < device_.frames; ++i) {
      const bool is_loud = got[i * 2] > 0.25F;
      if (is_loud && !was_loud_) beeps_ns_.push_back(device_.heard_ns(i));
      was_loud_ = is_loud;
    }
  }

  const Rational rate_;
  FakeClock clock_;
  audio::SoundOutput output_{nullptr, clock_, Log::null()};
  FakeDevice device_;
  Pacer pacer_;
  std::int64_t began_ns_ = 0;
  std::int64_t written_ = 0;
  std::int64_t frame_ = 0;
  bool was_loud_ = false;
  std::vector<std::int64_t> flashes_ns_;
  std::vector<std::int64_t> beeps_ns_;
};

TEST(SoundDrift, TenMinutesStayTogetherOnDevicesThatAreOff) {
  for (const double speed : {1.007, 0.993}) {
    Theatre theatre(speed, {1, 1});
    theatre.play(600);
    EXPECT_GE(theatre.beeps(), 590U);
    EXPECT_GE(theatre.flashes(), 590U);
    EXPECT_LT(theatre.most_apart_ns(0), 20 * kNsPerMs) << speed;
    EXPECT_EQ(theatre.alignments(), 1U) << "the sound itself is never touched";
    EXPECT_EQ(theatre.underruns(), 0U);
  }
}

TEST(SoundDrift, TwiceAsFastToo) {
  Theatre theatre(1.007, {2, 1});
  theatre.play(60);
  EXPECT_LT(theatre.most_apart_ns(0), 20 * kNsPerMs);
  EXPECT_EQ(theatre.alignments(), 1U);
}

// In a room pictures follow the room alone, and the sound them.
TEST(SoundDrift, InARoomTheSoundFollowsThePicture) {
  for (const double speed : {1.007, 0.993}) {
    Theatre theatre(speed, {1, 1});
    theatre.room_us = [](std::int64_t passed_us) { return passed_us; };
    theatre.play(120);
    EXPECT_GE(theatre.beeps(), 115U);
    EXPECT_LT(theatre.most_apart_ns(0), 20 * kNsPerMs) << speed;
    EXPECT_LT(theatre.most_apart_ns(20), 8 * kNsPerMs) << speed;
    EXPECT_EQ(theatre.alignments(), 1U) << "nothing of it is left out";
    EXPECT_EQ(theatre.underruns(), 0U);
  }
}

// The room's time turns out to be 40 ms further, and is made up for at half a percent.
TEST(SoundDrift, InARoomWhoseClockIsCorrectedToo) {
  Theatre theatre(1.0002, {3, 2});
  theatre.room_us = [](std::int64_t passed_us) {
    constexpr std::int64_t kFromUs = 20'000'000;
    constexpr std::int64_t kForUs = 8'000'000;
    return passed_us + std::clamp<std::int64_t>(passed_us - kFromUs, 0, kForUs) / 200;
  };
  theatre.play(60);
  EXPECT_LT(theatre.most_apart_ns(0), 20 * kNsPerMs);
  EXPECT_EQ(theatre.alignments(), 1U);
  EXPECT_EQ(theatre.underruns(), 0U);
}

// What the device would do to a player whose pictures went by the machine's clock alone.
TEST(SoundDrift, WithoutFollowingTheyWouldPart) {
  Theatre theatre(1.007, {1, 1});
  theatre.is_following = false;
  theatre.play(60);
  EXPECT_GT(theatre.most_apart_ns(0), 30 * kNsPerMs);
}

}  // namespace
}  // namespace zoe::player
