#include "player/playback/playback.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <thread>

#include "tests/support/media_maker.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/player/clip_player.hpp"

namespace zoe::player {
namespace {

using test::ClipLink;
using test::ClipSpec;
using test::kFrameUs;
using test::Player;
using test::range;
using test::VideoCodec;
using test::wait_until;

std::vector<std::uint64_t> hashes(const std::vector<test::Shown>& frames) {
  std::vector<std::uint64_t> result;
  for (const test::Shown& frame : frames) result.push_back(frame.hash);
  return result;
}

// Plays to the end and back to the start: the way back must be the way there, reversed.
void expect_reverse_equals_forward(Player& player, std::uint32_t first, std::uint32_t frames) {
  player.open();
  ASSERT_TRUE(player.reaches(PlayState::kEnded)) << to_string(player.screen.snapshot().state);
  const std::vector<test::Shown> forward = player.screen.shown();
  ASSERT_EQ(player.screen.numbers(), range(first, first + frames));
  player.playback->set_rate({-1, 1});
  ASSERT_TRUE(player.shows(2 * frames - 1));
  ASSERT_TRUE(player.reaches(PlayState::kEnded));
  std::vector<std::uint64_t> there_and_back = hashes(forward);
  there_and_back.insert(there_and_back.end(), there_and_back.rbegin() + 1, there_and_back.rend());
  EXPECT_EQ(hashes(player.screen.shown()), there_and_back);
}

struct ReverseCase {
  const char* name;
  ClipSpec spec;
  std::uint32_t ring_frames;
};

class PlaybackReverse : public testing::TestWithParam<ReverseCase> {};

TEST_P(PlaybackReverse, EqualsForwardReversed) {
  PlaybackOptions options = Player::untimed();
  options.ring_frames = GetParam().ring_frames;
  Player player(GetParam().spec, options);
  const auto first = static_cast<std::uint32_t>(GetParam().spec.hidden_frames);
  expect_reverse_equals_forward(player, first, static_cast<std::uint32_t>(GetParam().spec.frames) - first);
}

INSTANTIATE_TEST_SUITE_P(
    Playback, PlaybackReverse,
    testing::Values(ReverseCase{"Plain", {.frames = 90}, 300}, ReverseCase{"BFrames", {.frames = 90, .bframes = 3}, 40},
                    ReverseCase{"OpenGop", {.frames = 90, .gop = 18, .bframes = 2, .is_open_gop = true}, 40},
                    ReverseCase{
                        "OpenGopMpeg2",
                        {.codec = VideoCodec::kMpeg2, .frames = 90, .gop = 12, .bframes = 2, .is_open_gop = true},
                        40},
                    ReverseCase{"EditList", {.frames = 90, .gop = 30, .bframes = 2, .hidden_frames = 7}, 40},
                    ReverseCase{"LongGop", {.frames = 250, .gop = 250, .bframes = 2}, 300},
                    ReverseCase{"GopLargerThanTheRing", {.frames = 250, .gop = 250, .bframes = 2}, 32},
                    ReverseCase{"SmallestRing", {.frames = 60, .gop = 30}, 8},
                    ReverseCase{"Intra", {.codec = VideoCodec::kMjpeg, .frames = 60, .container = "mkv"}, 20}),
    [](const testing::TestParamInfo<ReverseCase>& test) { return test.param.name; });

TEST(Playback, DirectionChangesNeitherJumpNorRepeat) {
  PlaybackOptions options = Player::untimed();
  options.ring_frames = 32;
  Player player({.frames = 240, .gop = 48, .bframes = 2}, options);
  player.open();
  std::mt19937 random(7);
  bool is_backward = false;
  std::size_t target = 40;
  for (int change = 0; change < 40; ++change) {
    ASSERT_TRUE(wait_until([&] {
      const PlaybackSnapshot now = player.screen.snapshot();
      return player.screen.count() >= target || now.state == PlayState::kEnded;
    }));
    is_backward = !is_backward;
    player.playback->set_rate({is_backward ? -1 : 1, 1});
    target = player.screen.count() + 1 + random() % 60;
  }
  const auto numbers = player.screen.numbers();
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    const int move = static_cast<int>(numbers[i]) - static_cast<int>(numbers[i - 1]);
    ASSERT_EQ(std::abs(move), 1) << "frame " << i << " of " << numbers.size();
  }
}

TEST(Playback, SeeksAreExactToTheFrame) {
  Player player({.frames = 240, .gop = 48, .bframes = 3}, Player::untimed());
  player.open({.is_paused = true});
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  std::mt19937 random(11);
  for (int i = 0; i < 40; ++i) {
    const std::uint32_t target = random() % 240;
    // Anywhere in the time that the frame is shown.
    player.playback->seek(target * kFrameUs + 40 + static_cast<std::int64_t>(random() % 33'000));
    ASSERT_TRUE(player.reaches(PlayState::kPaused));
    ASSERT_EQ(player.screen.numbers().back(), target);
    ASSERT_NEAR(static_cast<double>(player.screen.snapshot().position_us), target * 33'333.3, 40);
  }
}

// What leads to the frame is hurried over, and where that comes to nothing it is shown after all.
TEST(Playback, ASeekIntoDamageShowsTheLastFrameBeforeIt) {
  Player player({.frames = 60, .gop = 60}, Player::untimed());
  player.link.spoil_after(5);
  player.open({.position_us = 50 * kFrameUs + 100, .is_paused = true});
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  EXPECT_EQ(player.screen.numbers().back(), 4U);
  player.playback->set_rate({-1, 1});
  player.playback->play();
  ASSERT_TRUE(player.reaches(PlayState::kEnded));
  EXPECT_EQ(player.screen.numbers().back(), 0U);
}

TEST(Playback, SeeksPastTheEndShowTheLastFrame) {
  Player player({.frames = 60});
  player.open({.position_us = 3'600'000'000, .is_paused = true});
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  EXPECT_EQ(player.screen.numbers().back(), 59U);
  player.playback->seek(0);
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  EXPECT_EQ(player.screen.numbers().back(), 0U);
}

TEST(Playback, OnlyTheNewestOfManySeeksMatters) {
  Player player({.frames = 240, .gop = 48});
  player.open({.is_paused = true});
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  for (int i = 0; i < 60; ++i) player.playback->seek((i * 37 % 240) * kFrameUs + 100);
  player.playback->seek(123 * kFrameUs + 100);
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  EXPECT_EQ(player.screen.numbers().back(), 123U);
}

TEST(Playback, StepsBothWaysAcrossSegments) {
  PlaybackOptions options = Player::untimed();
  options.ring_frames = 8;
  Player player({.frames = 90, .gop = 30, .bframes = 2}, options);
  player.open({.position_us = 20 * kFrameUs + 100, .is_paused = true});
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  std::uint32_t expected = 20;
  for (int i = 0; i < 35; ++i) {
    player.playback->step(1);
    ASSERT_TRUE(player.reaches(PlayState::kPaused));
    ASSERT_EQ(player.screen.numbers().back(), ++expected);
  }
  for (int i = 0; i < 50; ++i) {
    player.playback->step(-1);
    ASSERT_TRUE(player.reaches(PlayState::kPaused));
    ASSERT_EQ(player.screen.numbers().back(), --expected);
  }
  player.playback->step(-100);
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  EXPECT_EQ(player.screen.numbers().back(), 0U);
  player.playback->step(7);
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  EXPECT_EQ(player.screen.numbers().back(), 7U);
}

TEST(Playback, ShowsTheFrameAgainWhereItStands) {
  Player player({.frames = 30}, Player::untimed());
  player.open({.position_us = 20 * kFrameUs + 100, .is_paused = true});
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  player.playback->show_again();
  ASSERT_TRUE(player.shows(2));
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  EXPECT_EQ(player.screen.numbers(), (std::vector<std::uint32_t>{20, 20}));
  player.playback->play();
  ASSERT_TRUE(player.reaches(PlayState::kEnded));
  EXPECT_EQ(player.screen.numbers().size(), 2U + 9U);
}

TEST(Playback, LoopsWithoutAGapBothWays) {
  PlaybackOptions options = Player::untimed();
  options.ring_frames = 24;
  Player player({.frames = 45}, options);
  player.open({.is_looping = true});
  ASSERT_TRUE(player.shows(150));
  player.playback->set_rate({-1, 1});
  const std::size_t turned = player.screen.count();
  ASSERT_TRUE(player.shows(turned + 150));
  const auto numbers = player.screen.numbers();
  int turns = 0;
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    const int move = (static_cast<int>(numbers[i]) - static_cast<int>(numbers[i - 1]) + 45) % 45;
    ASSERT_TRUE(move == 1 || move == 44) << "from " << numbers[i - 1] << " to " << numbers[i];
    if (move == 44 && turns++ == 0) {
      EXPECT_GE(i, 150U);
    }
  }
}

TEST(Playback, LoopingOffEndsAtTheEnd) {
  Player player({.frames = 45});
  player.open({.is_looping = true});
  ASSERT_TRUE(player.shows(60));
  player.playback->set_looping(false);
  // The frame under way and the one before it: the round is that of at most two frames more.
  const std::size_t most = (player.screen.count() + 2 + 44) / 45 * 45;
  ASSERT_TRUE(player.reaches(PlayState::kEnded));
  EXPECT_EQ(player.screen.numbers().back(), 44U);
  EXPECT_LE(player.screen.count(), most) << "not another round";
  // A snapshot in which the command was carried out says "ended" only when the round is over, however fast it was.
  const std::size_t before = player.screen.count();
  player.playback->play();
  ASSERT_TRUE(player.reaches(PlayState::kEnded));
  const auto numbers = player.screen.numbers();
  ASSERT_EQ(numbers.size(), before + 45);
  EXPECT_EQ(std::vector(numbers.begin() + static_cast<std::ptrdiff_t>(before), numbers.end()), range(0, 45));
}

TEST(Playback, RewindInsideWhatIsHeldNeedsNoNetwork) {
  PlaybackOptions options = Player::untimed();
  options.ring_frames = 16;
  Player player({.frames = 150, .gop = 30}, options);
  player.open();
  ASSERT_TRUE(player.reaches(PlayState::kEnded));
  const ClipLink::Counts before = player.link.counts();
  player.playback->set_rate({-1, 1});
  ASSERT_TRUE(player.shows(299));
  player.playback->seek(77 * kFrameUs + 100);
  ASSERT_TRUE(wait_until([&] { return player.screen.snapshot().counters.shown > 310; }));
  EXPECT_EQ(player.link.counts().packets, before.packets);
  EXPECT_EQ(player.link.counts().seeks, before.seeks);
}

TEST(Playback, RewindBeyondWhatIsHeldAsksForSegmentsInFallingOrder) {
  PlaybackOptions options = Player::untimed();
  options.ring_frames = 16;
  options.packet_bytes = 250'000;
  Player player({.frames = 300, .gop = 30}, options);
  player.open({.position_us = 299 * kFrameUs + 100, .rate = {-1, 1}});
  ASSERT_TRUE(player.reaches(PlayState::kEnded));
  std::vector<std::uint32_t> expected = range(0, 300);
  std::reverse(expected.begin(), expected.end());
  EXPECT_EQ(player.screen.numbers(), expected);
  const auto sent = player.link.counts().sent_segments;
  EXPECT_LE(sent.size(), 14U) << "hardly a segment was sent twice";
  EXPECT_LE(player.screen.snapshot().packets.bytes, 250'000U);
}

TEST(Playback, CreditKeepsLittleInFlight) {
  Player player({.frames = 300, .gop = 30});
  player.open();
  ASSERT_TRUE(player.reaches(PlayState::kEnded));
  EXPECT_LE(player.link.counts().most_unused_credit_us, 2'600'000);
}

TEST(Playback, ADroppedConnectionIsNotSeen) {
  PlaybackOptions options = Player::untimed();
  options.ring_frames = 16;
  options.packets_ahead_us = 2'000'000;
  Player player({.frames = 300, .gop = 30}, options);
  player.open();
  ASSERT_TRUE(player.shows(20));
  player.link.drop();
  ASSERT_TRUE(wait_until([&] { return !player.screen.snapshot().error.empty(); }));
  player.link.restore();
  ASSERT_TRUE(player.reaches(PlayState::kEnded));
  EXPECT_EQ(player.screen.numbers(), range(0, 300));
  EXPECT_EQ(player.link.counts().opens, 2);
  EXPECT_EQ(player.screen.snapshot().network.reconnects, 1U);
  EXPECT_TRUE(player.screen.snapshot().error.empty());
}

TEST(Playback, AFailedOpenSaysWhyAndCanBeTriedAgain) {
  Player player({.frames = 30});
  player.link.fail_next_open({Errc::kNotFound, "the file was removed"});
  player.open();
  ASSERT_TRUE(wait_until([&] { return player.screen.snapshot().state == PlayState::kFailed; }));
  EXPECT_EQ(player.screen.snapshot().error, "the file was removed");
  player.open();
  ASSERT_TRUE(player.reaches(PlayState::kEnded));
  EXPECT_EQ(player.screen.numbers(), range(0, 30));
}

TEST(Playback, AStreamThatFailsPlaysWhatIsThereAndThenSaysWhy) {
  PlaybackOptions options = Player::untimed();
  options.ring_frames = 16;
  options.packets_ahead_us = 2'000'000;
  Player player({.frames = 300, .gop = 30}, options);
  player.open();
  ASSERT_TRUE(player.shows(10));
  player.link.fail_stream({Errc::kIo, "the disk is gone"});
  ASSERT_TRUE(wait_until([&] { return player.screen.snapshot().state == PlayState::kFailed; }));
  EXPECT_EQ(player.screen.snapshot().error, "the disk is gone");
  const std::size_t shown = player.screen.count();
  EXPECT_EQ(player.screen.numbers(), range(0, static_cast<std::uint32_t>(shown)));
  player.playback->play();
  ASSERT_TRUE(player.reaches(PlayState::kEnded));
  EXPECT_EQ(player.screen.numbers(), range(0, 300));
}

TEST(Playback, AnotherRenditionKeepsThePlace) {
  Player player({.frames = 150, .gop = 30});
  player.open({.position_us = 70 * kFrameUs + 100, .is_paused = true});
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  player.playback->set_rendition("other");
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  EXPECT_EQ(player.screen.numbers(), (std::vector<std::uint32_t>{70, 70}));
  EXPECT_EQ(player.screen.snapshot().rendition, "other");
  ASSERT_TRUE(wait_until([&] { return player.link.counts().closes == 1; }));
}

TEST(Playback, TimedPlayingKeepsTheFramesApart) {
  PlaybackOptions options;
  options.decoder_threads = 2;
  Player player({.frames = 90}, options);
  // Decoded beforehand, so that a busy machine makes it late but never dry.
  player.open({.is_paused = true});
  ASSERT_TRUE(wait_until([&] { return player.screen.snapshot().ring.ahead == 89; }));
  const auto began = std::chrono::steady_clock::now();
  player.playback->play();
  ASSERT_TRUE(player.reaches(PlayState::kEnded));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  EXPECT_GE(took.count(), 2.9);
  const PlaybackSnapshot end = player.screen.snapshot();
  EXPECT_EQ(end.counters.shown + end.counters.dropped, 90U);
  EXPECT_EQ(player.screen.numbers().back(), 89U);
  EXPECT_EQ(end.counters.stalls, 0U);
}

TEST(Playback, AFastRateLeavesFramesOutOnPurpose) {
  PlaybackOptions options;
  options.decoder_threads = 2;
  Player player({.frames = 240, .gop = 30, .bframes = 2}, options);
  player.playback->set_refresh_period_ns(50 * kNsPerMs);
  player.open({.rate = {4, 1}});
  ASSERT_TRUE(player.reaches(PlayState::kEnded));
  const auto numbers = player.screen.numbers();
  EXPECT_LT(numbers.size(), 80U) << "two seconds at 20 Hz";
  EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
  // And back at an ordinary rate every frame is there again, but for those for which a busy machine came too late.
  const PlaybackSnapshot::Counters fast = player.screen.snapshot().counters;
  player.playback->set_rate({-1, 2});
  const std::size_t turned = player.screen.count();
  ASSERT_TRUE(player.shows(turned + 20));
  player.playback->pause();
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  const auto all = player.screen.numbers();
  const PlaybackSnapshot::Counters slow = player.screen.snapshot().counters;
  EXPECT_EQ(slow.skipped, fast.skipped);
  for (std::size_t i = turned + 1; i < all.size(); ++i) EXPECT_LT(all[i], all[i - 1]);
  EXPECT_LE(all[turned] - all.back() + 1 - (all.size() - turned), slow.dropped - fast.dropped);
}

TEST(Playback, StepsAfterAFastRateSeeEveryFrame) {
  PlaybackOptions options;
  options.decoder_threads = 2;
  Player player({.frames = 240, .gop = 30, .bframes = 2}, options);
  player.playback->set_refresh_period_ns(50 * kNsPerMs);
  player.open({.rate = {4, 1}});
  ASSERT_TRUE(player.shows(15));
  player.playback->pause();
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  std::uint32_t expected = player.screen.numbers().back();
  for (const int step : {-1, -1, -1, -1, -1, 1, 1, 1, 1, 1, 1, 1, 1}) {
    player.playback->step(step);
    ASSERT_TRUE(player.reaches(PlayState::kPaused));
    expected += static_cast<std::uint32_t>(step);
    ASSERT_EQ(player.screen.numbers().back(), expected);
  }
}

// Whatever is pressed in whatever order and however fast: afterwards a seek still shows its frame.
TEST(Playback, SurvivesAnythingInAnyOrder) {
  PlaybackOptions options;
  options.decoder_threads = 2;
  options.ring_frames = 40;
  options.packet_bytes = 300'000;
  options.packets_ahead_us = 2'000'000;
  Player player({.frames = 300, .gop = 48, .bframes = 2}, options);
  player.playback->set_refresh_period_ns(16'666'667);
  player.open({.is_looping = true});
  std::mt19937 random(21);
  const std::vector<Rational> rates = {{1, 1}, {-1, 1}, {4, 1}, {-4, 1}, {1, 4}, {-1, 2}, {16, 1}};
  for (int round = 0; round < 12; ++round) {
    for (int i = 0; i < 25; ++i) {
      Playback& playback = *player.playback;
      switch (random() % 12) {
        case 0:
        case 1:
          playback.seek(static_cast<std::int64_t>(random() % 10'000'000));
          break;
        case 2:
          playback.seek_by(static_cast<std::int64_t>(random() % 2'000'000) - 1'000'000);
          break;
        case 3:
        case 4:
          playback.set_rate(rates[random() % rates.size()]);
          break;
        case 5:
          playback.step(static_cast<int>(random() % 20) - 10);
          break;
        case 6:
          playback.toggle_pause();
          break;
        case 7:
          playback.play();
          break;
        case 8:
          playback.set_looping(random() % 2 == 0);
          break;
        case 9:
          playback.set_rendition(random() % 2 == 0 ? "copy" : "other");
          break;
        case 10:
          if (random() % 4 == 0) player.open({.position_us = static_cast<std::int64_t>(random() % 10'000'000)});
          break;
        default:
          if (random() % 4 != 0) break;
          player.link.drop();
          player.link.restore();
      }
      if (random() % 3 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(random() % 8));
    }
    const std::uint32_t target = random() % 300;
    player.playback->pause();
    player.playback->seek(target * kFrameUs + 500);
    ASSERT_TRUE(player.reaches(PlayState::kPaused))
        << to_string(player.screen.snapshot().state) << " in round " << round;
    ASSERT_EQ(player.screen.numbers().back(), target) << "in round " << round;
  }
  EXPECT_LE(player.screen.snapshot().ring.places.size(), 41U);
}

TEST(Playback, SnapshotTellsWhatIsHeld) {
  Player player({.frames = 150, .gop = 30});
  player.open({.position_us = 2'000'100, .is_paused = true});
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  ASSERT_TRUE(wait_until([&] {
    const PlaybackSnapshot now = player.screen.snapshot();
    return !now.packets.held.empty() && now.packets.held.back().to_us > 4'900'000 && now.ring.ahead == 89;
  }));
  const PlaybackSnapshot now = player.screen.snapshot();
  EXPECT_EQ(now.duration_us, 5'000'000);
  EXPECT_EQ(now.segments, 5U);
  EXPECT_EQ(now.position_us, 2'000'000);
  EXPECT_EQ(now.position_segment, 2U);
  EXPECT_EQ(now.ring.places.size(), 90U);
  EXPECT_EQ(now.ring.playhead, 0);
  EXPECT_TRUE(now.ring.places.front().is_key);
  EXPECT_EQ(now.ring.held.from_us, 2'000'000);
  EXPECT_EQ(now.packets.segments.size(), 3U);
  EXPECT_TRUE(now.packets.segments.front().is_complete);
  EXPECT_EQ(now.frame_us, 33'333);
}

}  // namespace
}  // namespace zoe::player
