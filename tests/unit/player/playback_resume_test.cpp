// Playback over connections that end: what the viewer sees is whole.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/player/clip_player.hpp"

namespace zoe::player {
namespace {

using test::kFrameUs;
using test::Player;
using test::range;

// The connection goes again and again, in the middle of segments, and every frame is shown once all the same.
void expect_whole_over_drops(Player& player, const OpenMedia& how, std::vector<std::uint32_t> expected) {
  player.open(how);
  for (std::size_t shown = 20; shown < 280; shown += 45) {
    ASSERT_TRUE(player.shows(shown));
    player.link.drop();
    player.link.restore();
  }
  ASSERT_TRUE(player.reaches(PlayState::kEnded));
  EXPECT_EQ(player.screen.numbers(), expected);
  EXPECT_EQ(player.link.counts().opens, 7);
  EXPECT_TRUE(player.screen.snapshot().error.empty());
}

TEST(PlaybackResume, GoesOnOverManyConnectionsForwards) {
  PlaybackOptions options = Player::untimed();
  options.ring_frames = 16;
  options.packets_ahead_us = 1'000'000;
  Player player({.frames = 300, .gop = 48, .bframes = 2}, options);
  expect_whole_over_drops(player, {}, range(0, 300));
}

TEST(PlaybackResume, GoesOnOverManyConnectionsBackwards) {
  PlaybackOptions options = Player::untimed();
  options.ring_frames = 16;
  options.packets_ahead_us = 1'000'000;
  Player player({.frames = 300, .gop = 48, .bframes = 2}, options);
  std::vector<std::uint32_t> expected = range(0, 300);
  std::reverse(expected.begin(), expected.end());
  expect_whole_over_drops(player, {.position_us = 299 * kFrameUs + 100, .rate = {-1, 1}}, expected);
}

TEST(PlaybackResume, LoopingGoesOnOverManyConnections) {
  PlaybackOptions options = Player::untimed();
  options.ring_frames = 16;
  options.packet_bytes = 60'000;
  options.packets_ahead_us = 700'000;
  Player player({.frames = 90, .gop = 30}, options);
  player.open({.is_looping = true});
  for (std::size_t shown = 20; shown < 400; shown += 50) {
    ASSERT_TRUE(player.shows(shown));
    player.link.drop();
    player.link.restore();
  }
  const auto numbers = player.screen.numbers();
  for (std::size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], i % 90) << i;
}

TEST(PlaybackResume, ASeekInTheGapIsMadeAfterIt) {
  PlaybackOptions options = Player::untimed();
  options.ring_frames = 16;
  options.packets_ahead_us = 1'000'000;
  Player player({.frames = 300, .gop = 30}, options);
  player.open({.is_paused = true});
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  player.link.drop();
  player.playback->seek(250 * kFrameUs + 100);
  player.link.restore();
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  EXPECT_EQ(player.screen.numbers(), (std::vector<std::uint32_t>{0, 250}));
  player.link.drop();
  player.playback->step(-40);
  player.link.restore();
  ASSERT_TRUE(player.reaches(PlayState::kPaused));
  EXPECT_EQ(player.screen.numbers().back(), 210U);
}

TEST(PlaybackResume, AServerThatIsNotReadyIsAskedAgain) {
  Player player({.frames = 60});
  player.link.fail_next_open({Errc::kUnavailable, "a plugin is being replaced"});
  player.open();
  ASSERT_TRUE(player.reaches(PlayState::kEnded));
  EXPECT_EQ(player.screen.numbers(), range(0, 60));
}

}  // namespace
}  // namespace zoe::player
