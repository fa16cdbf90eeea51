// The timeline of a room on a clock that is known better and better.
#include "player/playback/timeline_follower.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace zoe::player {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kS = 1'000 * kMs;
constexpr std::int64_t kAhead = 500 * kS;  // the server's clock

net::ClockEstimate clock_at(std::int64_t now, std::int64_t error_ns = 0, double drift = 0) {
  return {.offset_ns = kAhead + error_ns, .at_ns = now, .drift = drift, .round_trip_ns = kMs, .probes = 1};
}
Timeline playing(std::int64_t from_ns, std::int64_t media_us = 0, Rational rate = {1, 1}) {
  return {kAhead + from_ns, media_us, rate, false};
}
Timeline standing(std::int64_t from_ns, std::int64_t media_us) { return {kAhead + from_ns, media_us, {1, 1}, true}; }

TEST(TimelineFollower, EachTimelineHoldsFromItsMomentOn) {
  TimelineFollower follower;
  follower.set_clock(clock_at(0), 0);
  follower.set_timelines({standing(-5 * kS, 7'000), playing(10 * kS, 7'000, {-2, 1}), standing(12 * kS, 1)});
  EXPECT_EQ(follower.position_us(9 * kS), 7'000);
  EXPECT_EQ(follower.next(9 * kS)->at_ns, 10 * kS);
  EXPECT_EQ(follower.position_us(11 * kS), 7'000 - 2'000'000);
  EXPECT_EQ(follower.next(11 * kS)->at_ns, 12 * kS);
  EXPECT_EQ(follower.position_us(13 * kS), 1);
  EXPECT_FALSE(follower.next(13 * kS));
  EXPECT_EQ(follower.last_change_ns(), 12 * kS);
}

TEST(TimelineFollower, TellsWhenAPlaceIsReached) {
  TimelineFollower follower;
  follower.set_clock(clock_at(0), 0);
  for (const Rational rate : {Rational{1, 1}, Rational{-1, 2}, Rational{16, 1}, Rational{1, 4}}) {
    const Timeline timeline = playing(3 * kS, 5'000'000, rate);
    follower.set_timelines({timeline});
    for (const std::int64_t after : {0 * kMs, 33 * kMs, 4'000 * kMs})
      EXPECT_NEAR(static_cast<double>(follower.due_ns(timeline, follower.position_us(3 * kS + after))),
                  static_cast<double>(3 * kS + after), 1'000.0 / std::abs(rate.to_double()) + 1'000);
  }
}

// Nobody hears half a percent; nobody may hear more.
TEST(TimelineFollower, WhatIsLearnedOfTheClockIsMadeUpForWithoutASkip) {
  TimelineFollower follower;
  follower.set_clock(clock_at(0), 0);
  follower.set_timelines({playing(0)});
  std::mt19937_64 random{3};
  std::uniform_int_distribution<std::int64_t> error(-8 * kMs, 8 * kMs);
  std::int64_t before = follower.position_us(0);
  for (std::int64_t now = 10 * kMs; now < 60 * kS; now += 10 * kMs) {
    if (now % kS == 0) follower.set_clock(clock_at(now, error(random), 40e-6), now);
    const std::int64_t position = follower.position_us(now);
    EXPECT_NEAR(static_cast<double>(position - before), 10'000, 10'000 * (TimelineFollower::kMostTrim + 1e-4) + 1);
    EXPECT_LE(std::abs(follower.trim(now)), TimelineFollower::kMostTrim + 41e-6);
    before = position;
  }
}

TEST(TimelineFollower, AndThenItIsRight) {
  TimelineFollower follower;
  follower.set_clock(clock_at(0), 0);
  follower.set_timelines({playing(0)});
  follower.set_clock(clock_at(kS, 20 * kMs), kS);
  EXPECT_NEAR(static_cast<double>(follower.server_ns(kS)), static_cast<double>(kAhead + kS), 1) << "not at once";
  EXPECT_GT(follower.trim(2 * kS), 0);
  EXPECT_NEAR(static_cast<double>(follower.server_ns(6 * kS)), static_cast<double>(kAhead + 6 * kS + 20 * kMs), 1);
  EXPECT_EQ(follower.trim(6 * kS), 0);
  EXPECT_NEAR(static_cast<double>(follower.local_ns(follower.server_ns(3 * kS))), 3.0 * kS, 2) << "on the way, too";
}

TEST(TimelineFollower, FarOffIsASkip) {
  TimelineFollower follower;
  follower.set_clock(clock_at(0), 0);
  follower.set_timelines({playing(0)});
  follower.set_clock(clock_at(kS, 200 * kMs), kS);
  EXPECT_EQ(follower.server_ns(kS), kAhead + kS + 200 * kMs);
  follower.set_clock({.offset_ns = -3, .at_ns = 2 * kS, .drift = 0, .round_trip_ns = 1, .probes = 1}, 2 * kS);
  EXPECT_EQ(follower.server_ns(2 * kS), 2 * kS - 3) << "another server's clock";
}

TEST(TimelineFollower, DriftIsFollowedBetweenProbes) {
  TimelineFollower follower;
  follower.set_clock(clock_at(0, 0, 100e-6), 0);
  follower.set_timelines({playing(0)});
  EXPECT_NEAR(static_cast<double>(follower.position_us(100 * kS)), 100'010'000, 2);
}

TEST(TimelineFollower, AServerMaySayWhatItLikes) {
  TimelineFollower follower;
  follower.set_clock(clock_at(0), 0);
  std::vector<Timeline> many;
  for (int i = 0; i < 1000; ++i) many.push_back(playing((i * 7919) % 1000 * kMs, i));
  follower.set_timelines(many);
  std::int64_t last = follower.current(0).from_ns;
  for (std::int64_t now = 0; now < 2 * kS; now += 10 * kMs) {
    EXPECT_GE(follower.current(now).from_ns, last) << "in order whatever order they came in";
    last = follower.current(now).from_ns;
  }
}

}  // namespace
}  // namespace zoe::player
