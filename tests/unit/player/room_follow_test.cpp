// Playback on a room's timeline: several of them show the same frame.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "tests/unit/player/clip_player.hpp"

namespace zoe::player {
namespace {

using test::kFrameUs;
using test::wait_until;

constexpr std::int64_t kAheadNs = 321 * kNsPerS;  // the server's clock
constexpr std::uint32_t kFrames = 600;

struct Member : test::Player {
  Member() : Player({.width = 64, .height = 48, .frames = kFrames, .gop = 30, .bframes = 2}, timed()) {}
  static PlaybackOptions timed() {
    PlaybackOptions options;
    options.decoder_threads = 1;
    return options;
  }

  std::int64_t server_ns() const { return clock.now_ns() + kAheadNs; }
  void enter(std::vector<Timeline> timelines, std::int64_t position_us = 0) {
    open({.position_us = position_us, .is_paused = true});
    follow({std::move(timelines), std::nullopt});
  }
  void follow(RoomTimelines room) {
    playback->follow(std::move(room));
    playback->set_room_clock(
        {.offset_ns = kAheadNs, .at_ns = clock.now_ns(), .drift = 0, .round_trip_ns = 1, .probes = 1});
  }
  // The number of the frame on the screen; kFrames while there is none.
  std::uint32_t number() const {
    const auto shown = screen.shown();
    return shown.empty() ? kFrames : shown.back().number;
  }
  bool stands_on(std::uint32_t frame) {
    return wait_until([&] {
      const PlaybackSnapshot now = screen.snapshot();
      return now.state == PlayState::kPaused && now.is_settled && number() == frame;
    });
  }
};

Timeline standing(std::int64_t from_ns, std::uint32_t frame) {
  return {from_ns, frame * 33'333 + 15'000, {1, 1}, true};
}
std::uint32_t frame_at(const Timeline& timeline, std::int64_t server_ns) {
  return static_cast<std::uint32_t>((timeline.position_us(server_ns) + 30) / kFrameUs);
}

TEST(RoomFollow, StandsOnTheFrameOfThePlace) {
  Member member;
  member.enter({standing(0, 37)});
  EXPECT_TRUE(member.stands_on(37)) << member.number();
  member.follow({{standing(0, 412)}, std::nullopt});
  EXPECT_TRUE(member.stands_on(412)) << member.number();
}

// Forwards and backwards, at another rate, and whoever came later: where the timeline stops, all stand on its frame.
TEST(RoomFollow, WhereItStopsAllStandOnOneFrame) {
  std::vector<std::unique_ptr<Member>> members;
  for (int i = 0; i < 3; ++i) members.push_back(std::make_unique<Member>());
  const std::int64_t begins = members[0]->server_ns() + 100 * kNsPerMs;
  struct Leg {
    Rational rate;
    std::int64_t from_us;
  };
  std::int64_t at = begins;
  std::int64_t place = 5'000'000;
  for (const Rational rate : {Rational{1, 1}, Rational{-1, 1}, Rational{3, 2}, Rational{-2, 1}}) {
    const Timeline runs{at, place, rate, false};
    const std::int64_t stops = at + 700 * kNsPerMs;
    const Timeline stands{stops, runs.position_us(stops), rate, true};
    const std::vector<Timeline> all{{at - kNsPerS, place, rate, true}, runs, stands};
    for (std::size_t i = 0; i + 1 < members.size(); ++i) {
      if (at == begins)
        members[i]->enter(all, place);
      else
        members[i]->follow({all, std::nullopt});
    }
    // The last one comes in the middle of it.
    ASSERT_TRUE(wait_until([&] { return members[0]->server_ns() > at + 300 * kNsPerMs; }));
    members.back()->enter(all, 0);
    const std::uint32_t frame = frame_at(stands, stops);
    for (const auto& member : members) EXPECT_TRUE(member->stands_on(frame)) << member->number() << " not " << frame;
    place = stands.media_us;
    at = members[0]->server_ns() + 200 * kNsPerMs;
  }
}

TEST(RoomFollow, RunsWithTheTimelineNotWithItsOwnStart) {
  Member member;
  const Timeline runs{member.server_ns() - 3 * kNsPerS, 0, {1, 1}, false};
  member.enter({runs});
  ASSERT_TRUE(wait_until([&] { return member.screen.count() > 30; }));
  // What was shown last cannot be ahead of the timeline; behind it may be as far as this machine is busy.
  const auto shown = member.screen.shown();
  EXPECT_GE(shown.front().number, 60U) << "nobody who comes late begins at the beginning";
  EXPECT_LE(shown.back().number, frame_at(runs, member.server_ns()) + 1);
  for (std::size_t i = 1; i < shown.size(); ++i) EXPECT_GE(shown[i].number, shown[i - 1].number);
}

TEST(RoomFollow, TheFrameOfAJumpIsReadyBeforeItIsShown) {
  Member member;
  member.enter({standing(0, 10)});
  ASSERT_TRUE(member.stands_on(10));
  member.follow({{standing(0, 10)}, RoomTimelines::Preparation{4, 400 * 33'333 + 15'000}});
  ASSERT_TRUE(wait_until([&] { return member.screen.snapshot().room.prepared == 4; }));
  EXPECT_EQ(member.number(), 10U) << "nobody sees it before the others";
  EXPECT_FALSE(member.screen.snapshot().is_settled);
  const std::int64_t jumps = member.server_ns() + 50 * kNsPerMs;
  member.follow({{standing(0, 10), standing(jumps, 400)}, std::nullopt});
  EXPECT_TRUE(member.stands_on(400)) << member.number();
  const auto numbers = member.screen.numbers();
  EXPECT_EQ(std::count_if(numbers.begin(), numbers.end(), [](std::uint32_t each) { return each != 10 && each != 400; }),
            0)
      << "and nothing on the way";
}

TEST(RoomFollow, WhoseBufferIsDrySaysSoAndComesBack) {
  Member member;
  member.enter({standing(0, 10)});
  ASSERT_TRUE(member.stands_on(10));
  EXPECT_FALSE(member.screen.snapshot().room.is_buffering);
  member.link.hold(true);
  const Timeline runs{member.server_ns(), 17'000'000, {1, 1}, false};
  member.follow({{runs}, std::nullopt});
  EXPECT_TRUE(wait_until([&] { return member.screen.snapshot().room.is_buffering; }));
  member.link.hold(false);
  EXPECT_TRUE(wait_until([&] { return !member.screen.snapshot().room.is_buffering; }));
}

TEST(RoomFollow, LeavingGivesTheControlsBack) {
  Member member;
  member.enter({standing(0, 10)});
  ASSERT_TRUE(member.stands_on(10));
  member.playback->unfollow();
  member.playback->seek(100 * 33'333 + 15'000);
  EXPECT_TRUE(member.stands_on(100)) << member.number();
  EXPECT_FALSE(member.screen.snapshot().room.is_following);
}

}  // namespace
}  // namespace zoe::player
