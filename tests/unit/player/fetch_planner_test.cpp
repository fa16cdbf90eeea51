#include "player/playback/fetch_planner.hpp"

#include <gtest/gtest.h>

namespace zoe::player {
namespace {

using Act = FetchPlan::Act;

// Segments of one second, ten packets of 100 bytes in all.
class FetchPlannerTest : public testing::Test {
 protected:
  FetchPlannerTest() {
    store.select("a");
    view.segments = 20;
    view.time_base = {1, 1000};
    view.edge = {0, 0, RingEdge::kWholeSegment};
    view.cursor.is_open = view.cursor.is_settled = true;
    view.limits = {.ahead_us = 5'000'000, .ahead_bytes = 1'000'000, .window_us = 2'000'000};
  }

  void hold(std::uint32_t segment, std::uint32_t packets = 10, std::uint32_t from = 0) {
    auto body = std::make_shared<net::Body>();
    const std::vector<std::uint8_t> content(packets * 100);
    ASSERT_TRUE(body->append(content, content.size()));
    net::MediaRun run{.segment = segment, .first_ordinal = from};
    if (from == 0) run.flags |= net::kRunSegmentStart;
    if (from + packets == 10) run.flags |= net::kRunSegmentEnd;
    for (std::uint32_t i = from; i < from + packets; ++i)
      run.packets.push_back({.ordinal = i, .pts = segment * 1000 + i * 100, .duration = 100});
    run.body = std::move(body);
    ASSERT_TRUE(store.add(std::move(run)));
  }

  FetchPlan plan() { return plan_fetch(view, store); }

  PacketStore store{12'000};
  FetchView view;
};

TEST_F(FetchPlannerTest, AsksForTheMissingSegment) {
  const FetchPlan first = plan();
  EXPECT_EQ(first.act, Act::kSeek);
  EXPECT_EQ(first.segment, 0U);
  EXPECT_EQ(first.credit_us, kUnknownWindowUs);
}

TEST_F(FetchPlannerTest, LeavesAStreamAloneThatBringsIt) {
  view.cursor.segment = 0;
  view.cursor.granted_us = 2'000'000;
  const FetchPlan waiting = plan();
  EXPECT_EQ(waiting.act, Act::kNothing);
  EXPECT_TRUE(waiting.is_waiting);
}

TEST_F(FetchPlannerTest, ANewStreamBeginsWhereThePacketsEnd) {
  hold(0);
  hold(1);
  FetchPlan open = plan_open(view, store);
  EXPECT_EQ(open.segment, 2U);
  EXPECT_GT(open.credit_us, 0);
  view.direction = Direction::kBackward;
  view.edge = {0, 5, RingEdge::kWholeSegment};
  EXPECT_EQ(plan_open(view, store).segment, 5U);
  hold(5);
  EXPECT_EQ(plan_open(view, store).segment, 4U);
}

TEST_F(FetchPlannerTest, ANewStreamRestsWhereEnoughIsHeld) {
  for (std::uint32_t segment = 0; segment < 6; ++segment) hold(segment);
  const FetchPlan full = plan_open(view, store);
  EXPECT_EQ(full.segment, 5U);
  EXPECT_EQ(full.credit_us, 0);
  view.segments = 3;
  const FetchPlan all = plan_open(view, store);
  EXPECT_EQ(all.segment, 2U);
  EXPECT_EQ(all.credit_us, 0);
}

TEST_F(FetchPlannerTest, GrantsAsPacketsAreUsedUp) {
  hold(0);
  hold(1);
  view.cursor.segment = 2;
  view.cursor.granted_us = 2'000'000;
  view.cursor.received_us = 2'000'000;
  const FetchPlan grant = plan();
  EXPECT_EQ(grant.act, Act::kGrant);
  EXPECT_EQ(grant.credit_us, 4'000'000);
  EXPECT_EQ(grant.ahead_us, 2'000'000);
}

TEST_F(FetchPlannerTest, GrantsNoMoreThanWhatIsToBeHeldAhead) {
  for (std::uint32_t segment = 0; segment < 4; ++segment) hold(segment);
  view.cursor.segment = 4;
  view.cursor.granted_us = view.cursor.received_us = 4'000'000;
  EXPECT_EQ(plan().credit_us, 5'000'000);
  hold(4);
  view.cursor.segment = 5;
  view.cursor.granted_us = view.cursor.received_us = 5'000'000;
  EXPECT_EQ(plan().act, Act::kNothing);
  view.edge = {0, 1, 1500};  // half a second of the second segment was decoded
  EXPECT_EQ(plan().act, Act::kGrant);
}

TEST_F(FetchPlannerTest, BytesLimitWhatIsHeldAndWhatIsInFlight) {
  view.limits.ahead_bytes = 2'000;
  hold(0);
  view.cursor.segment = 1;
  view.cursor.granted_us = view.cursor.received_us = 1'000'000;
  EXPECT_EQ(plan().credit_us, 2'000'000) << "a second is 1,000 bytes: half the bytes may be in flight";
  hold(1);
  EXPECT_EQ(plan().act, Act::kNothing);
}

TEST_F(FetchPlannerTest, ASegmentLargerThanTheLimitIsStillFetchedToItsEnd) {
  view.limits.ahead_bytes = 300;
  view.limits.ahead_us = 300'000;
  hold(0, 5);
  view.cursor.segment = 0;
  view.cursor.granted_us = view.cursor.received_us = 500'000;
  EXPECT_EQ(plan().act, Act::kGrant);
}

TEST_F(FetchPlannerTest, WhatIsHeldIsSkipped) {
  for (const std::uint32_t segment : {0U, 1U, 2U}) hold(segment);
  view.cursor.segment = 1;  // the server would send again what is here
  const FetchPlan seek = plan();
  EXPECT_EQ(seek.act, Act::kSeek);
  EXPECT_EQ(seek.segment, 3U);
}

TEST_F(FetchPlannerTest, BackwardsSegmentsAreWantedInFallingOrder) {
  view.direction = Direction::kBackward;
  view.edge = {0, 9, RingEdge::kWholeSegment};
  hold(9);
  view.cursor.segment = 10;
  EXPECT_EQ(plan().segment, 8U);
  view.cursor.direction = Direction::kBackward;
  view.cursor.segment = 8;
  EXPECT_EQ(plan().act, Act::kGrant);
}

TEST_F(FetchPlannerTest, NothingIsWantedBeyondTheEnd) {
  hold(19);
  view.edge = {0, 19, RingEdge::kWholeSegment};
  EXPECT_EQ(plan().act, Act::kNothing);
  view.edge = {0, 20, RingEdge::kWholeSegment};
  EXPECT_EQ(plan().act, Act::kNothing);
}

TEST_F(FetchPlannerTest, ALoopGoesOnAtTheOtherEnd) {
  view.is_looping = true;
  hold(19);
  view.edge = {0, 19, RingEdge::kWholeSegment};
  EXPECT_EQ(plan().segment, 0U);
  view.direction = Direction::kBackward;
  view.edge = {0, -1, RingEdge::kWholeSegment};
  EXPECT_EQ(plan().segment, 18U);
}

TEST_F(FetchPlannerTest, AShortLoopThatIsHeldAsksForNothing) {
  view.is_looping = true;
  view.segments = 2;
  hold(0);
  hold(1);
  EXPECT_EQ(plan().act, Act::kNothing);
}

TEST_F(FetchPlannerTest, AStreamThatEndedIsSoughtAndOneThatFailedIsLeft) {
  view.cursor.segment = 0;
  view.cursor.has_ended = true;
  EXPECT_EQ(plan().act, Act::kSeek);
  view.cursor.has_ended = false;
  view.cursor.has_failed = true;
  EXPECT_EQ(plan().act, Act::kNothing);
}

TEST_F(FetchPlannerTest, NothingIsAskedBeforeTheStreamStandsSomewhere) {
  view.cursor.is_settled = false;
  EXPECT_EQ(plan().act, Act::kNothing);
  view.cursor = {};
  EXPECT_EQ(plan().act, Act::kNothing);
}

TEST_F(FetchPlannerTest, APartIsEnoughWhereTheSoughtFrameBeginsIt) {
  hold(0, 4, 6);
  view.is_edge_sought = true;
  view.cursor.segment = 1;
  view.cursor.granted_us = view.cursor.received_us = 400'000;
  EXPECT_EQ(plan().act, Act::kGrant);
  view.is_edge_sought = false;
  EXPECT_EQ(plan().act, Act::kSeek);
  EXPECT_EQ(plan().segment, 0U);
}

TEST_F(FetchPlannerTest, WhatLiesAheadIsTheLastToGo) {
  for (std::uint32_t segment = 0; segment < 10; ++segment) hold(segment);
  view.edge = {0, 2, RingEdge::kWholeSegment};
  view.limits.ahead_us = 3'000'000;
  plan();
  for (const std::uint32_t behind : {0U, 1U, 9U}) store.find(behind);  // used since, but not needed
  plan();
  for (std::uint32_t segment = 10; segment < 19; ++segment) hold(segment);  // there is room for twelve
  for (const std::uint32_t ahead : {2U, 3U, 4U}) EXPECT_TRUE(store.holds(ahead, Need::kEvery)) << ahead;
  for (const std::uint32_t behind : {0U, 1U, 9U}) EXPECT_FALSE(store.holds(behind, Need::kEvery)) << behind;
}

TEST(ResolveEdge, GoesRoundOnlyWhereItLoops) {
  EXPECT_EQ(resolve_edge({0, 5, 7}, 6, false)->segment, 5U);
  EXPECT_FALSE(resolve_edge({0, 6, 0}, 6, false));
  EXPECT_FALSE(resolve_edge({0, -1, 0}, 6, false));
  EXPECT_EQ(resolve_edge({0, 6, 0}, 6, true)->segment, 0U);
  EXPECT_EQ(resolve_edge({0, 6, 0}, 6, true)->lap, 1);
  EXPECT_EQ(resolve_edge({0, -1, 0}, 6, true)->segment, 5U);
  EXPECT_EQ(resolve_edge({0, -1, 0}, 6, true)->lap, -1);
  EXPECT_FALSE(resolve_edge({0, 0, 0}, 0, true));
}

}  // namespace
}  // namespace zoe::player
