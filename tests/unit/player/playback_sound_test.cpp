// Sound through the whole of playback: from the streams of a clip to a device that records.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "engine/audio/sound_output.hpp"
#include "player/playback/playback.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/player/screen.hpp"
#include "tests/unit/player/sound_link.hpp"

namespace zoe::player {
namespace {

constexpr int kRate = 48'000;

// Eight seconds of silence that beep for a tenth of one at each whole second but the first.
std::string beeps() {
  return test::make_media(
      "beeps", "mkv",
      {"-f",      "lavfi",     "-i",      "testsrc2=s=64x64:r=25:d=8",
       "-f",      "lavfi",     "-i",      "aevalsrc='0.8*sin(2*PI*1000*t)*lt(mod(t,1),0.1)*gte(t,0.5)':s=48000:d=8",
       "-map",    "0:v",       "-map",    "1:a",
       "-c:v",    "libx264",   "-preset", "ultrafast",
       "-g",      "25",        "-c:a",    "flac",
       "-fflags", "+bitexact", "{out}"});
}

// Pulls as a device does, and keeps what it got.
class Recorder final : public audio::Device {
 public:
  struct Tape {
    std::mutex mutex;
    std::vector<float> left;
  };

  Recorder(audio::PullSound pull, Tape& tape)
      : pull_(std::move(pull)), tape_(tape), thread_([this](const std::stop_token& stop) { run(stop); }) {}
  int sample_rate() const override { return kRate; }

 private:
  void run(const std::stop_token& stop) {
    constexpr std::size_t kFrames = 480;
    std::vector<float> got(kFrames * audio::kChannels);
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    const auto began = std::chrono::steady_clock::now();
    for (std::int64_t call = 0; !stop.stop_requested(); ++call) {
      pull_(got.data(), kFrames, kRate);
      {
        const std::lock_guard tape_lock(tape_.mutex);
        for (std::size_t i = 0; i < kFrames; ++i) tape_.left.push_back(got[i * 2]);
      }
      wake.wait_until(lock, stop, began + std::chrono::milliseconds(10) * (call + 1), [] { return false; });
    }
  }

  const audio::PullSound pull_;
  Tape& tape_;
  std::jthread thread_;
};

struct Recorders final : audio::DeviceSource {
  explicit Recorders(Recorder::Tape& its_tape) : tape(its_tape) {}
  Result<std::unique_ptr<audio::Device>> open(audio::PullSound pull) override {
    return std::unique_ptr<audio::Device>(std::make_unique<Recorder>(std::move(pull), tape));
  }
  audio::DeviceChange take_change() override { return audio::DeviceChange::kNone; }
  Recorder::Tape& tape;
};

struct PlaybackSound : testing::Test {
  PlaybackSound() {
    PlaybackOptions options;
    options.decoder_threads = 1;
    options.sound = &output;
    playback = Playback::create(options, link, screen, clock, Log::null());
    screen.attach(*playback);
    playback->allow_sound();
  }
  ~PlaybackSound() override {
    screen.detach();
    playback.reset();
  }

  void open(OpenMedia media = {}) {
    media.media = "clip";
    playback->open(media);
  }
  bool hears(std::size_t count) {
    return test::wait_until([&] { return heard().size() >= count; });
  }
  // Where beeps begin on the tape, in seconds.
  std::vector<double> heard() {
    const std::lock_guard lock(tape.mutex);
    std::vector<double> found;
    for (std::size_t i = 0; i < tape.left.size(); ++i) {
      if (std::abs(tape.left[i]) < 0.3F) continue;
      found.push_back(static_cast<double>(i) / kRate);
      i += kRate / 20 * 3;
    }
    return found;
  }
  PlaybackSnapshot now() { return screen.snapshot(); }

  SystemClock clock;
  Recorder::Tape tape;
  audio::SoundOutput output{std::make_unique<Recorders>(tape), clock, Log::null()};
  test::SoundLink link{beeps()};
  test::Screen screen{clock};
  std::unique_ptr<Playback> playback;
};

TEST_F(PlaybackSound, IsHeardInStepWithThePictures) {
  open();
  ASSERT_TRUE(hears(3));
  const PlaybackSnapshot shown = now();
  EXPECT_EQ(shown.sound.track, 1);
  // The beeps are as far from each other as they were made, to the sample, unless this machine could not keep up.
  if (shown.sound.alignments == 1 && shown.sound.underruns == 0) {
    EXPECT_LT(std::llabs(shown.sound.lateness_us), 20'000);
    const std::vector<double> found = heard();
    EXPECT_NEAR(found[1] - found[0], 1, 0.0001);
    EXPECT_NEAR(found[2] - found[1], 1, 0.0001);
  }
}

TEST_F(PlaybackSound, IsHeardBackwardsAndAtOtherSpeeds) {
  open({.position_us = 7'900'000, .rate = {-1, 1}});
  ASSERT_TRUE(hears(2));
  playback->set_rate({-2, 1});
  ASSERT_TRUE(hears(4));
  playback->set_rate({2, 1});
  ASSERT_TRUE(hears(6));
  EXPECT_EQ(now().sound.error, "");
}

TEST_F(PlaybackSound, FollowsASeekAPauseAndALoop) {
  open({.is_looping = true});
  ASSERT_TRUE(hears(1));
  playback->pause();
  ASSERT_TRUE(test::wait_until([&] { return !now().sound.is_heard; }));
  const std::size_t before = heard().size();
  playback->seek(6'500'000);
  playback->play();
  ASSERT_TRUE(hears(before + 3)) << "at 7 s, and after the loop at 1 s and 2 s";
  EXPECT_TRUE(now().sound.is_heard);
}

TEST_F(PlaybackSound, IsSilentWhereNobodyCouldListen) {
  open({.rate = {8, 1}, .is_looping = true});
  ASSERT_TRUE(test::wait_until([&] { return screen.count() > 20; }));
  EXPECT_FALSE(now().sound.is_heard);
  EXPECT_TRUE(heard().empty());
  playback->set_rate({1, 1});
  EXPECT_TRUE(hears(1));
}

TEST_F(PlaybackSound, GoesOnAfterTheConnectionWasLost) {
  open();
  ASSERT_TRUE(hears(1));
  link.drop();
  link.restore();
  ASSERT_TRUE(hears(5));
  EXPECT_EQ(now().sound.error, "");
}

TEST_F(PlaybackSound, CanBeSwitchedOffAndOn) {
  open({.is_looping = true});
  ASSERT_TRUE(hears(1));
  playback->choose_sound(std::nullopt);
  ASSERT_TRUE(test::wait_until([&] { return now().sound.is_off && !now().sound.is_heard; }));
  const std::size_t before = heard().size();
  const std::size_t frames = screen.count();
  ASSERT_TRUE(test::wait_until([&] { return screen.count() > frames + 40; }));
  EXPECT_LE(heard().size(), before + 1);
  playback->choose_sound(1);
  EXPECT_TRUE(hears(before + 2));
  playback->choose_sound(7);
  EXPECT_EQ(now().sound.track, 1) << "there is no such track";
}

}  // namespace
}  // namespace zoe::player
