// What zoetrope-load's clients believe about a stream: nothing lost, nothing twice, over seams too.
#include "tests/load/continuity.hpp"

#include <gtest/gtest.h>

#include "engine/net/media_run.hpp"

namespace zoe::load {
namespace {

using Heading = Continuity::Heading;
using Found = Continuity::Found;

struct ContinuityTest : testing::Test {
  // Segment `segment`, packets `from` to before `to`; whether its end comes with them.
  int send(std::uint32_t segment, std::uint32_t from, std::uint32_t to, bool is_end, std::uint16_t more_flags = 0) {
    const auto flags = static_cast<std::uint16_t>(more_flags | (is_end ? net::kRunSegmentEnd : 0));
    int shown = 0;
    stream.run(segment, from, flags);
    for (std::uint32_t i = from; i < to; ++i) shown += stream.packet(i) == Found::kNew ? 1 : 0;
    stream.end_run(flags);
    return shown;
  }
  void begin(Heading heading) {
    stream.set_segments(4);
    stream.begin(heading);
  }
  void expect_faults(std::uint64_t lost, std::uint64_t repeated) {
    EXPECT_EQ(stream.lost(), lost);
    EXPECT_EQ(stream.repeated(), repeated);
  }

  Continuity stream;
};

TEST_F(ContinuityTest, WholeSegmentsInEitherDirectionRoundTheEnd) {
  begin(Heading::kForward);
  for (const std::uint32_t segment : {1U, 2U, 3U, 0U, 1U}) EXPECT_EQ(send(segment, 0, 5, true), 5);
  begin(Heading::kReverse);
  for (const std::uint32_t segment : {1U, 0U, 3U, 2U}) EXPECT_EQ(send(segment, 0, 5, true), 5);
  expect_faults(0, 0);
}

TEST_F(ContinuityTest, ABrokenOffSegmentComesAgainAndOnlyItsRestIsShown) {
  for (const Heading heading : {Heading::kForward, Heading::kReverse}) {
    begin(heading);
    const bool is_forward = heading == Heading::kForward;
    send(2, 0, 5, true);
    const std::uint32_t next = is_forward ? 3 : 1;
    EXPECT_EQ(send(next, 0, 3, false), 3);
    const auto at = stream.reopen();
    EXPECT_EQ(at.segment, next);
    EXPECT_FALSE(at.went_round);
    EXPECT_EQ(send(next, 0, 2, false), 0);
    stream.reopen();  // and again, before it got further
    EXPECT_EQ(send(next, 0, 2, false), 0);
    EXPECT_EQ(send(next, 2, 5, true), 2);
    EXPECT_EQ(send(0, 0, 5, true), 5);
  }
  expect_faults(0, 0);
}

TEST_F(ContinuityTest, BetweenSegmentsItOpensAtTheNext) {
  begin(Heading::kForward);
  send(3, 0, 5, true);
  auto at = stream.reopen();
  EXPECT_EQ(at.segment, 0U);
  EXPECT_TRUE(at.went_round);
  begin(Heading::kReverse);
  EXPECT_FALSE(stream.reopen().segment);
  send(0, 0, 5, true);
  at = stream.reopen();
  EXPECT_EQ(at.segment, 3U);
  EXPECT_TRUE(at.went_round);
  expect_faults(0, 0);
}

TEST_F(ContinuityTest, AStreamMayBeginInsideASegment) {
  begin(Heading::kForward);
  EXPECT_EQ(send(1, 3, 4, false), 1);
  EXPECT_TRUE(stream.is_in_first_segment());
  stream.reopen();
  EXPECT_EQ(send(1, 0, 5, true), 1);
  EXPECT_EQ(send(2, 0, 5, true), 5);
  EXPECT_FALSE(stream.is_in_first_segment());
  expect_faults(0, 0);
}

TEST_F(ContinuityTest, WhatIsMissingIsCounted) {
  begin(Heading::kForward);
  send(0, 0, 5, true);
  send(1, 0, 2, false);
  send(1, 3, 5, true);  // ordinal 2
  expect_faults(1, 0);
  send(2, 1, 5, true);  // ordinal 0
  expect_faults(2, 0);
  send(0, 0, 5, true);  // segment 3
  expect_faults(3, 0);
  send(1, 0, 3, true);  // its end
  expect_faults(5, 0);
  send(2, 0, 2, false);
  send(3, 0, 5, true);  // the rest of 2
  expect_faults(6, 0);
}

TEST_F(ContinuityTest, WhatComesTwiceIsCounted) {
  begin(Heading::kForward);
  send(0, 0, 3, false);
  send(0, 2, 5, true);
  expect_faults(0, 1);
  send(0, 0, 5, true);
  expect_faults(0, 2);
  stream.reopen();
  send(1, 0, 5, true);
  expect_faults(0, 2);
  begin(Heading::kForward);
  send(1, 0, 3, false);
  stream.reopen();
  send(1, 0, 5, true);
  send(2, 0, 4, false);
  send(2, 1, 5, true);  // the licence to repeat ended with the seam
  expect_faults(0, 5);
}

TEST_F(ContinuityTest, ThinnedStreamsMayLeaveOutButNotRepeat) {
  begin(Heading::kForward);
  stream.run(0, 0, net::kRunSubset);
  for (const std::uint32_t ordinal : {0U, 2U, 4U}) stream.packet(ordinal);
  stream.reopen();
  stream.run(0, 1, net::kRunSubset);
  EXPECT_EQ(stream.packet(1), Found::kHeld);
  EXPECT_EQ(stream.packet(3), Found::kHeld);
  EXPECT_EQ(stream.packet(7), Found::kNew);
  EXPECT_EQ(stream.packet(7), Found::kRepeated);
  expect_faults(0, 1);
}

}  // namespace
}  // namespace zoe::load
