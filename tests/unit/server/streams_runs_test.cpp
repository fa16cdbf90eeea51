#include <gtest/gtest.h>

#include "server/streams/decode_runs.hpp"

namespace zoe::server {
namespace {

constexpr DecodeCost kAlone{0, 0, 60};

// A job of `segment` in a group of pictures that begins with segment `first`, 60 frames to a segment.
DecodeCost in_group(std::uint32_t first, std::uint32_t segment) { return {first, (segment - first) * 60, 60}; }

TEST(DecodeRuns, JobsOfOneGroupOfPicturesAreLeftToTheRunThatComesBy) {
  DecodeRuns runs;
  DecodeRuns::Handle run;
  DecodeRuns::Handle other;
  ASSERT_TRUE(runs.begin("a", {4, Urgency::kWaiting, Heading::kForward}, 4, in_group(4, 4), run));
  EXPECT_FALSE(runs.begin("a", {5, Urgency::kReadAhead, Heading::kForward}, 5, in_group(4, 5), other));
  EXPECT_FALSE(runs.begin("a", {6, Urgency::kReadAhead, Heading::kForward}, 6, in_group(4, 6), other));
  const auto left = runs.end(run);
  ASSERT_EQ(left.size(), 2U);
  EXPECT_EQ(left[0].segment, 5U);
  EXPECT_EQ(left[1].urgency, Urgency::kReadAhead);
}

TEST(DecodeRuns, OtherGroupsOfPicturesAndOtherRenditionsHaveRunsOfTheirOwn) {
  DecodeRuns runs;
  DecodeRuns::Handle a;
  DecodeRuns::Handle b;
  DecodeRuns::Handle c;
  DecodeRuns::Handle d;
  ASSERT_TRUE(runs.begin("a", {4}, 4, in_group(4, 4), a));
  EXPECT_TRUE(runs.begin("a", {5}, 5, in_group(5, 5), b)) << "begins with a key frame of its own";
  EXPECT_TRUE(runs.begin("b", {5}, 5, in_group(4, 5), c));
  EXPECT_TRUE(runs.begin("a", {3}, 3, in_group(3, 3), d)) << "lies behind";
  for (const auto run : {a, b, c, d}) EXPECT_TRUE(runs.end(run).empty());
}

TEST(DecodeRuns, LittleDecodedTwiceIsWorthASecondWorker) {
  DecodeRuns runs;
  DecodeRuns::Handle a;
  DecodeRuns::Handle b;
  ASSERT_TRUE(runs.begin("a", {4}, 4, kAlone, a));
  EXPECT_TRUE(runs.begin("a", {5}, 5, {4, 20, 60}, b));
  runs.end(a);
  runs.end(b);
}

TEST(DecodeRuns, ARunBackwardsServesWhatLiesOnItsWay) {
  DecodeRuns runs;
  DecodeRuns::Handle run;
  DecodeRuns::Handle other;
  ASSERT_TRUE(runs.begin("a", {8, Urgency::kWaiting, Heading::kBackward}, 4, in_group(4, 8), run));
  EXPECT_FALSE(runs.begin("a", {7, Urgency::kReadAhead, Heading::kBackward}, 4, in_group(4, 7), other));
  runs.move(run, 6);
  EXPECT_TRUE(runs.begin("a", {5, Urgency::kWaiting, Heading::kBackward}, 4, in_group(4, 5), other))
      << "it has passed there";
  runs.end(other);
  EXPECT_EQ(runs.end(run).size(), 1U);
}

TEST(DecodeRuns, AMovedRunServesWhatFollowsIt) {
  DecodeRuns runs;
  DecodeRuns::Handle run;
  DecodeRuns::Handle other;
  ASSERT_TRUE(runs.begin("a", {4}, 4, in_group(0, 4), run));
  EXPECT_TRUE(runs.begin("a", {4 + DecodeRuns::kMostAhead + 1}, 9, in_group(0, 9), other)) << "too far ahead";
  runs.end(other);
  runs.move(run, 6);
  EXPECT_FALSE(runs.begin("a", {9}, 9, in_group(0, 9), other));
  EXPECT_EQ(runs.end(run).size(), 1U);
}

}  // namespace
}  // namespace zoe::server
