#include "player/playback/frame_ring.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace zoe::player {
namespace {

constexpr std::int64_t kFrameUs = 40'000;
constexpr std::uint32_t kPerSegment = 10;
constexpr std::size_t kFrameBytes = 100;

// Frame `number` of a media whose segments have ten frames each.
RingFrame frame_of(std::int64_t number, bool is_thinned = false) {
  RingFrame frame;
  frame.segment = static_cast<std::uint32_t>(number / kPerSegment);
  frame.ordinal = static_cast<std::uint32_t>(number % kPerSegment);
  frame.pts = number;
  frame.media_us = frame.time_us = number * kFrameUs;
  frame.duration_us = kFrameUs;
  frame.bytes = kFrameBytes;
  frame.is_first_of_segment = frame.ordinal == 0;
  frame.is_thinned = is_thinned;
  return frame;
}

class FrameRingTest : public testing::Test {
 protected:
  FrameRing ring{30, 1'000'000};
  FrameRing::Garbage garbage;

  // Frames [first, last) pushed at the back, segments closed where they end.
  void fill(std::int64_t first, std::int64_t last) {
    ring.reset(0, static_cast<std::uint32_t>(first / kPerSegment), garbage);
    for (std::int64_t number = first; number < last; ++number) push_back(number);
  }
  bool push_back(std::int64_t number) {
    if (!ring.make_room(Direction::kForward, 1, kFrameBytes, garbage)) return false;
    ring.push_back(frame_of(number));
    if (number % kPerSegment == kPerSegment - 1) ring.close_back(0, static_cast<std::uint32_t>(number / kPerSegment));
    return true;
  }
  std::vector<std::int64_t> numbers() const {
    std::vector<std::int64_t> result;
    for (std::size_t i = 0; i < ring.size(); ++i) result.push_back(ring[i].pts);
    return result;
  }
};

TEST_F(FrameRingTest, EdgesOfAnEmptyRingMeetBeforeItsSegment) {
  ring.reset(0, 3, garbage);
  EXPECT_EQ(ring.edge(Direction::kForward), (RingEdge{0, 3, RingEdge::kWholeSegment}));
  EXPECT_EQ(ring.edge(Direction::kBackward), (RingEdge{0, 2, RingEdge::kWholeSegment}));
}

TEST_F(FrameRingTest, EdgesFollowWhatIsPushedAndClosed) {
  fill(20, 25);
  EXPECT_EQ(ring.edge(Direction::kForward), (RingEdge{0, 2, 24}));
  EXPECT_EQ(ring.edge(Direction::kBackward), (RingEdge{0, 1, RingEdge::kWholeSegment}));
  for (int number = 25; number < 30; ++number) push_back(number);
  EXPECT_EQ(ring.edge(Direction::kForward), (RingEdge{0, 3, RingEdge::kWholeSegment}));
  ring.push_front(frame_of(19));
  EXPECT_EQ(ring.edge(Direction::kBackward), (RingEdge{0, 1, 19}));
}

TEST_F(FrameRingTest, ASegmentEnteredInItsMiddleIsStillWantedBackwards) {
  ring.reset(0, 2, garbage);
  ring.push_back(frame_of(24));
  EXPECT_EQ(ring.edge(Direction::kBackward), (RingEdge{0, 2, 24}));
}

TEST_F(FrameRingTest, ForwardsFramesBehindGiveWayDownToTheirShare) {
  fill(0, 30);
  ring.set_playhead(0);
  EXPECT_FALSE(push_back(30)) << "nothing is behind the playhead";
  ring.set_playhead(15);
  EXPECT_FALSE(push_back(30)) << "half of the places are kept behind";
  ring.set_playhead(16);
  EXPECT_TRUE(push_back(30));
  EXPECT_EQ(ring.size(), 30U);
  EXPECT_EQ(ring[0].pts, 1);
  EXPECT_EQ(ring.shown()->pts, 16);
  EXPECT_EQ(ring.edge(Direction::kBackward), (RingEdge{0, 0, 1}));
  EXPECT_FALSE(push_back(31));
}

TEST_F(FrameRingTest, BackwardsAChunkFitsOnceEnoughOfItWasShown) {
  fill(0, 30);
  ring.set_playhead(29);
  EXPECT_EQ(ring.kept_behind(Direction::kBackward, kFrameBytes), 5U);
  EXPECT_EQ(ring.reverse_chunk(kFrameBytes), 12U);
  EXPECT_FALSE(ring.make_room(Direction::kBackward, 12, kFrameBytes, garbage));
  EXPECT_EQ(ring.size(), 30U) << "a refusal changes nothing";
  ring.set_playhead(12);
  EXPECT_TRUE(ring.make_room(Direction::kBackward, 12, kFrameBytes, garbage));
  EXPECT_EQ(ring.size(), 18U);
  EXPECT_EQ(ring.edge(Direction::kForward), (RingEdge{0, 1, 17}));
}

TEST_F(FrameRingTest, DroppingTheFirstFrameOfASegmentReopensAllOfIt) {
  fill(0, 30);
  ring.set_playhead(0);
  ASSERT_TRUE(ring.make_room(Direction::kBackward, 10, kFrameBytes, garbage));
  EXPECT_EQ(ring[ring.size() - 1].pts, 19);
  EXPECT_EQ(ring.edge(Direction::kForward), (RingEdge{0, 2, RingEdge::kWholeSegment}));
}

TEST_F(FrameRingTest, DroppingUpToASegmentsStartLeadsToTheSegmentBefore) {
  fill(0, 30);
  ring.set_playhead(29);
  ASSERT_TRUE(ring.make_room(Direction::kForward, 10, kFrameBytes, garbage));
  EXPECT_EQ(ring[0].pts, 10);
  EXPECT_EQ(ring.edge(Direction::kBackward), (RingEdge{0, 0, RingEdge::kWholeSegment}));
}

TEST_F(FrameRingTest, BytesBoundTheNumberOfFramesButForAFloor) {
  FrameRing small(300, 1000);
  EXPECT_EQ(small.capacity(50), 20U);
  EXPECT_EQ(small.capacity(500), FrameRing::kLeastFrames);
  EXPECT_GE(small.reverse_chunk(500), 1U);
  EXPECT_LE(1 + small.kept_behind(Direction::kBackward, 500) + small.reverse_chunk(500), small.capacity(500));
}

TEST_F(FrameRingTest, FindsTheFrameOnScreenAtATime) {
  fill(10, 20);
  EXPECT_EQ(ring.find(10 * kFrameUs), 0U);
  EXPECT_EQ(ring.find(12 * kFrameUs + kFrameUs - 1), 2U);
  EXPECT_EQ(ring.find(20 * kFrameUs - 1), 9U);
  EXPECT_EQ(ring.find(10 * kFrameUs - 1), std::nullopt);
  EXPECT_EQ(ring.find(20 * kFrameUs), std::nullopt);
}

TEST_F(FrameRingTest, AGapThatMayHideAFrameIsNotFound) {
  ring.reset(0, 0, garbage);
  ring.push_back(frame_of(0, true));
  ring.push_back(frame_of(4, true));
  EXPECT_EQ(ring.find(kFrameUs / 2), 0U);
  EXPECT_EQ(ring.find(2 * kFrameUs), std::nullopt);
}

TEST_F(FrameRingTest, WalksBothWays) {
  fill(10, 20);
  ring.set_playhead(4);
  EXPECT_EQ(ring.ahead(Direction::kForward), 5U);
  EXPECT_EQ(ring.ahead(Direction::kBackward), 4U);
  EXPECT_EQ(ring.next(Direction::kForward)->pts, 15);
  EXPECT_EQ(ring.next(Direction::kBackward, 2)->pts, 12);
  ring.advance(Direction::kBackward);
  EXPECT_EQ(ring.shown()->pts, 13);
  ring.push_front(frame_of(9));
  EXPECT_EQ(ring.shown()->pts, 13) << "the playhead stays on its frame";
  ring.set_playhead(0);
  EXPECT_EQ(ring.next(Direction::kBackward), nullptr);
}

TEST_F(FrameRingTest, ThinnedFramesAreDroppedUpToTheFullOnes) {
  ring.reset(0, 0, garbage);
  for (int number = 0; number < 12; ++number) ring.push_back(frame_of(number, number < 3 || number > 8));
  ring.set_playhead(5);
  ring.drop_thinned(garbage);
  EXPECT_EQ(numbers(), (std::vector<std::int64_t>{3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(ring.shown()->pts, 5);
  EXPECT_EQ(ring.edge(Direction::kForward), (RingEdge{0, 0, 8}));
  EXPECT_EQ(ring.edge(Direction::kBackward), (RingEdge{0, 0, 3}));
}

TEST_F(FrameRingTest, AThinnedFrameOnScreenStaysAlone) {
  ring.reset(0, 0, garbage);
  for (int number = 0; number < 10; ++number) ring.push_back(frame_of(number, number > 3));
  ring.set_playhead(6);
  ring.drop_thinned(garbage);
  EXPECT_EQ(numbers(), (std::vector<std::int64_t>{6}));
}

TEST_F(FrameRingTest, OtherLapsAreDropped) {
  ring.reset(0, 0, garbage);
  for (int number = 0; number < 9; ++number) {
    RingFrame frame = frame_of(number);
    frame.lap = number / 3;
    ring.push_back(frame);
  }
  ring.set_playhead(4);
  ring.drop_other_laps(garbage);
  EXPECT_EQ(numbers(), (std::vector<std::int64_t>{3, 4, 5}));
  EXPECT_EQ(ring.shown()->pts, 4);
}

// The media has one segment; rounds 0 to 2 are in, and of the edges neither may lie in a round that is not played.
TEST_F(FrameRingTest, WithoutOtherLapsTheEdgesLieInThisOne) {
  ring.reset(0, 0, garbage);
  for (int number = 0; number < 9; ++number) {
    RingFrame frame = frame_of(number % 3);
    frame.lap = number / 3;
    ring.push_back(frame);
  }
  ring.set_playhead(4);
  ring.drop_other_laps(garbage);
  EXPECT_EQ(ring.edge(Direction::kForward), (RingEdge{1, 1, RingEdge::kWholeSegment}));
  EXPECT_EQ(ring.edge(Direction::kBackward), (RingEdge{1, -1, RingEdge::kWholeSegment}));
}

TEST_F(FrameRingTest, CountsItsBytesThroughEverything) {
  fill(0, 30);
  ring.set_playhead(25);
  for (int number = 30; number < 40; ++number) push_back(number);
  EXPECT_EQ(ring.bytes(), ring.size() * kFrameBytes);
  ring.reset(0, 0, garbage);
  EXPECT_EQ(ring.bytes(), 0U);
  EXPECT_FALSE(ring.playhead());
}

}  // namespace
}  // namespace zoe::player
