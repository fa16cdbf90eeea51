#include "player/playback/packet_store.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace zoe::player {
namespace {

constexpr std::uint16_t kWhole = net::kRunSegmentStart | net::kRunSegmentEnd;

// A run of `count` packets of 10 ticks each from `ordinal` on, in a body of `bytes`.
net::MediaRun run_of(std::uint32_t segment, std::uint32_t ordinal, std::uint32_t count, std::uint16_t flags,
                     std::size_t bytes = 100) {
  auto body = std::make_shared<net::Body>();
  const std::vector<std::uint8_t> content(bytes);
  EXPECT_TRUE(body->append(content, bytes));
  net::MediaRun run{.flags = flags, .segment = segment, .first_ordinal = ordinal};
  for (std::uint32_t i = 0; i < count; ++i) {
    run.packets.push_back({.ordinal = ordinal + i,
                           .flags = ordinal + i == 0 ? net::kRecordKey : 0U,
                           .pts = segment * 1000 + (ordinal + i) * 10,
                           .duration = 10});
  }
  run.body = std::move(body);
  return run;
}

class PacketStoreTest : public testing::Test {
 protected:
  PacketStoreTest() { store.select("a"); }

  void add(net::MediaRun run) { ASSERT_TRUE(store.add(std::move(run))); }

  PacketStore store{1000};
};

TEST_F(PacketStoreTest, ASegmentGrowsRunByRun) {
  add(run_of(3, 0, 4, net::kRunSegmentStart));
  ASSERT_NE(store.arriving(), nullptr);
  EXPECT_FALSE(store.holds(3, Need::kEvery));
  EXPECT_TRUE(store.holds_from(3, 3000, Need::kEvery)) << "it can be decoded while it arrives";
  const PacketSegmentPtr segment = store.find(3);
  EXPECT_EQ(segment->packets.size(), 4U);
  add(run_of(3, 4, 2, net::kRunSegmentEnd));
  EXPECT_TRUE(store.holds(3, Need::kEvery));
  EXPECT_EQ(store.arriving(), nullptr);
  EXPECT_EQ(segment->packets.size(), 6U) << "the one that was found grew";
  EXPECT_EQ(segment->first_pts, 3000);
  EXPECT_EQ(segment->last_pts, 3050);
  EXPECT_EQ(segment->end_pts, 3060);
  EXPECT_EQ(segment->duration_ticks, 60);
  EXPECT_EQ(store.bytes(), 200U);
}

TEST_F(PacketStoreTest, HiddenPacketsHaveNoTime) {
  net::MediaRun run = run_of(0, 0, 3, kWhole);
  run.packets[2].flags = net::kRecordDiscard;
  run.packets[2].pts = 500;
  add(std::move(run));
  EXPECT_EQ(store.find(0)->shown_packets, 2U);
  EXPECT_EQ(store.find(0)->last_pts, 10);
}

TEST_F(PacketStoreTest, TimesBeyondReasonAreUnknown) {
  net::MediaRun run = run_of(0, 0, 4, kWhole);
  run.packets[1].pts = INT64_MAX - 3;
  run.packets[2].pts = INT64_MIN + 1;
  run.packets[3].dts = INT64_MAX;
  add(std::move(run));
  const PacketSegmentPtr segment = store.find(0);
  EXPECT_EQ(segment->packets[1].pts, net::kNoTimestamp);
  EXPECT_EQ(segment->packets[2].pts, net::kNoTimestamp);
  EXPECT_EQ(segment->packets[3].dts, net::kNoTimestamp);
  EXPECT_EQ(segment->first_pts, 0);
  EXPECT_EQ(segment->last_pts, 30);
}

TEST_F(PacketStoreTest, AnAbandonedSegmentIsForgotten) {
  add(run_of(3, 0, 4, net::kRunSegmentStart));
  const PacketSegmentPtr segment = store.find(3);
  store.abandon_arriving();
  EXPECT_EQ(store.find(3), nullptr);
  EXPECT_EQ(store.bytes(), 0U);
  EXPECT_TRUE(segment->is_abandoned) << "who still decodes it learns that nothing more comes";
}

TEST_F(PacketStoreTest, ASegmentThatWasCutOffStaysUntilItHasComeAsFarAgain) {
  add(run_of(3, 0, 4, net::kRunSegmentStart));
  const PacketSegmentPtr cut = store.find(3);
  store.suspend_arriving();
  EXPECT_TRUE(cut->is_abandoned);
  EXPECT_EQ(store.find(3), cut);
  EXPECT_FALSE(store.holds(3, Need::kSubset));
  add(run_of(3, 0, 3, net::kRunSegmentStart));
  EXPECT_EQ(store.find(3), cut);
  add(run_of(3, 3, 2, 0));
  ASSERT_NE(store.find(3), cut);
  EXPECT_EQ(store.find(3)->packets.size(), 5U);
  EXPECT_EQ(store.bytes(), 200U);
  add(run_of(3, 5, 1, net::kRunSegmentEnd));
  EXPECT_TRUE(store.holds(3, Need::kEvery));
  EXPECT_EQ(store.bytes(), 300U);
}

TEST_F(PacketStoreTest, AnotherSegmentsRunAbandonsTheOneThatWasArriving) {
  add(run_of(3, 0, 4, net::kRunSegmentStart));
  add(run_of(4, 0, 4, net::kRunSegmentStart));
  EXPECT_EQ(store.find(3), nullptr);
  EXPECT_NE(store.find(4), nullptr);
}

TEST_F(PacketStoreTest, PacketsThatComeTwiceAreRefused) {
  add(run_of(3, 0, 4, net::kRunSegmentStart));
  const Status added = store.add(run_of(3, 2, 4, 0));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Errc::kMalformed);
}

TEST_F(PacketStoreTest, AWholeSegmentIsNotReplacedByAPart) {
  add(run_of(3, 0, 6, kWhole));
  add(run_of(3, 4, 2, net::kRunSegmentStart | net::kRunSegmentEnd));
  EXPECT_EQ(store.find(3)->packets.size(), 6U);
  EXPECT_EQ(store.bytes(), 100U);
}

TEST_F(PacketStoreTest, APartServesFromItsFirstFrameOn) {
  add(run_of(3, 4, 2, kWhole));
  EXPECT_FALSE(store.holds(3, Need::kEvery));
  EXPECT_TRUE(store.holds_from(3, 3040, Need::kEvery));
  EXPECT_FALSE(store.holds_from(3, 3039, Need::kEvery));
  add(run_of(3, 0, 6, kWhole));
  EXPECT_TRUE(store.holds(3, Need::kEvery));
  EXPECT_EQ(store.bytes(), 100U) << "the part went";
}

TEST_F(PacketStoreTest, ASubsetServesOnlyWhoWantsNoMore) {
  add(run_of(3, 0, 3, kWhole | net::kRunSubset));
  EXPECT_TRUE(store.holds(3, Need::kSubset));
  EXPECT_FALSE(store.holds(3, Need::kEvery));
  EXPECT_FALSE(store.holds_from(3, 3000, Need::kEvery));
  add(run_of(3, 0, 6, kWhole));
  EXPECT_TRUE(store.holds(3, Need::kEvery));
}

TEST_F(PacketStoreTest, FindsTheSegmentOfATime) {
  for (const std::uint32_t segment : {0U, 1U, 3U}) add(run_of(segment, 0, 100, kWhole, 10));
  const Rational millisecond{1, 1000};
  EXPECT_EQ(store.segment_at(0, millisecond, 0), 0U);
  EXPECT_EQ(store.segment_at(999'999, millisecond, 0), 0U);
  EXPECT_EQ(store.segment_at(1'000'000, millisecond, 0), 1U);
  EXPECT_EQ(store.segment_at(2'500'000, millisecond, 0), std::nullopt);
  EXPECT_EQ(store.segment_at(2'500'000, millisecond, 500), 3U) << "time counts from the media's start";
}

TEST_F(PacketStoreTest, TheLeastUsedSegmentsGoFirst) {
  for (std::uint32_t segment = 0; segment < 10; ++segment) add(run_of(segment, 0, 2, kWhole));
  store.find(0);
  add(run_of(10, 0, 2, kWhole));
  EXPECT_NE(store.find(0), nullptr);
  EXPECT_EQ(store.find(1), nullptr);
  EXPECT_LE(store.bytes(), 1000U);
}

TEST_F(PacketStoreTest, ASegmentLargerThanTheBudgetStays) {
  add(run_of(0, 0, 2, kWhole, 5000));
  EXPECT_TRUE(store.holds(0, Need::kEvery));
  add(run_of(1, 0, 2, net::kRunSegmentStart, 5000));
  EXPECT_NE(store.find(1), nullptr) << "what arrives is never the one to go";
  EXPECT_EQ(store.find(0), nullptr);
}

TEST_F(PacketStoreTest, OtherMediaStayUntilTheirRoomIsNeeded) {
  add(run_of(0, 0, 2, kWhole));
  store.select("b");
  EXPECT_EQ(store.find(0), nullptr);
  add(run_of(0, 0, 3, kWhole));
  store.select("a");
  EXPECT_EQ(store.find(0)->packets.size(), 2U);
  store.clear_selected();
  EXPECT_EQ(store.find(0), nullptr);
  store.select("b");
  EXPECT_EQ(store.find(0)->packets.size(), 3U);
  EXPECT_EQ(store.bytes(), 100U);
}

// Renditions of key frames alone are sent from the frame that was sought.
TEST_F(PacketStoreTest, WhatBeginsBehindASoughtPlaceMakesRoom) {
  add(run_of(0, 49, 11, net::kRunSegmentEnd));
  EXPECT_TRUE(store.holds_from(0, 490, Need::kEvery));
  EXPECT_FALSE(store.holds_from(0, 10, Need::kEvery));
  store.forget_behind(0, 500);
  EXPECT_NE(store.peek(0), nullptr) << "it serves that place";
  store.forget_behind(0, 10);
  EXPECT_EQ(store.peek(0), nullptr);
  EXPECT_EQ(store.bytes(), 0U);
  add(run_of(0, 1, 5, 0));
  store.forget_behind(0, 0);
  EXPECT_NE(store.peek(0), nullptr) << "what arrives is what was asked for";
}

TEST_F(PacketStoreTest, OfTwoThatBeginInsideTheEarlierOneStays) {
  add(run_of(0, 49, 11, net::kRunSegmentEnd));
  add(run_of(0, 1, 5, 0));
  ASSERT_NE(store.peek(0), nullptr);
  EXPECT_EQ(store.peek(0)->first_ordinal, 1U);
  add(run_of(0, 6, 54, net::kRunSegmentEnd));
  add(run_of(0, 30, 30, net::kRunSegmentEnd));
  EXPECT_EQ(store.peek(0)->first_ordinal, 1U) << "the later one serves less";
  EXPECT_EQ(store.bytes(), 200U);
}

}  // namespace
}  // namespace zoe::player
