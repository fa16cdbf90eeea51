#include "server/streams/cursor.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "tests/unit/server/streams_fakes.hpp"

namespace zoe::server {
namespace {

using test::gop_table;
using test::grid_table;
using test::records_of;

// Walks the cursor over whole segments until it is idle or `most` packets were sent: the time stamps of what it sent.
std::vector<std::int64_t> walk(Cursor& cursor, std::size_t most = 100'000) {
  std::vector<std::int64_t> sent;
  while (!cursor.is_idle() && sent.size() < most) {
    if (!cursor.is_segment_complete() && !cursor.has_credit()) break;
    const auto records = records_of(cursor.table(), cursor.segment());
    bool is_out_of_credit = false;
    while (!cursor.is_segment_complete() && cursor.ordinal() < records.size() && sent.size() < most) {
      const media::PacketRecord& record = records[cursor.ordinal()];
      const Cursor::Verdict verdict = cursor.judge(record);
      if (verdict == Cursor::Verdict::kSegmentDone) break;
      is_out_of_credit = verdict == Cursor::Verdict::kNoCredit;
      if (is_out_of_credit) break;
      if (verdict == Cursor::Verdict::kSend) {
        cursor.sent(record);
        sent.push_back(record.pts);
      } else {
        cursor.passed(record);
      }
    }
    if (is_out_of_credit || sent.size() == most) break;
    cursor.finish_segment();
  }
  return sent;
}

Cursor granted(SegmentTablePtr table) {
  Cursor cursor(std::move(table));
  cursor.begin_serial(test::kAllCredit);
  return cursor;
}

std::vector<std::int64_t> range(std::int64_t first, std::int64_t end, std::int64_t stride = 1) {
  std::vector<std::int64_t> list;
  for (std::int64_t i = first; i < end; i += stride) list.push_back(i);
  return list;
}

TEST(Cursor, ForwardFromAnyFrameSendsExactlyTheRest) {
  const SegmentTablePtr table = grid_table(150);
  for (std::uint32_t from = 0; from < 150; ++from) {
    Cursor cursor = granted(table);
    cursor.seek_frame(from, Heading::kForward);
    EXPECT_EQ(walk(cursor), range(from, 150)) << "from " << from;
    EXPECT_TRUE(cursor.is_ended());
    EXPECT_EQ(cursor.sent_us(), 5'000'000 - table->frame_us(from));
  }
}

TEST(Cursor, BackwardGoesThroughFallingSegmentsAndStopsAtTheFrame) {
  const SegmentTablePtr table = grid_table(150);
  for (std::uint32_t from = 0; from < 150; ++from) {
    Cursor cursor = granted(table);
    cursor.seek_frame(from, Heading::kBackward);
    std::vector<std::int64_t> expected;
    for (int segment = static_cast<int>(from / 60); segment >= 0; --segment)
      for (const std::int64_t pts : range(segment * 60, std::min<std::int64_t>(from + 1, segment * 60 + 60)))
        expected.push_back(pts);
    EXPECT_EQ(walk(cursor), expected) << "from " << from;
    EXPECT_TRUE(cursor.is_ended());
    EXPECT_EQ(cursor.sent_us(), table->frame_end_us(from));
  }
}

TEST(Cursor, GroupsOfPicturesAreSentFromTheirFirstPacket) {
  Cursor cursor = granted(gop_table(100, 25));
  cursor.seek_frame(60, Heading::kForward);
  const auto sent = walk(cursor);
  ASSERT_EQ(sent.size(), 50U);
  EXPECT_EQ(sent.front(), 50) << "the key frame of the segment";
  EXPECT_EQ(cursor.sent_us(), gop_table(100, 25)->duration_us() / 2);
}

TEST(Cursor, BackwardInAGroupOfPicturesStopsOnceTheFrameIsDecodable) {
  Cursor cursor = granted(gop_table(100, 25));
  cursor.seek_frame(60, Heading::kBackward);
  const auto sent = walk(cursor);
  const std::set<std::int64_t> distinct(sent.begin(), sent.end());
  for (std::int64_t pts = 0; pts <= 60; ++pts) EXPECT_TRUE(distinct.contains(pts)) << pts;
  EXPECT_LE(*distinct.rbegin(), 62) << "packets that no wanted frame needs are not sent";
}

TEST(Cursor, LoopsAtBothEnds) {
  Cursor forward = granted(grid_table(70));
  forward.set_looping(true);
  forward.seek_frame(65, Heading::kForward);
  auto expected = range(65, 70);
  for (int i = 0; i < 2; ++i)
    for (const std::int64_t pts : range(0, 70)) expected.push_back(pts);
  EXPECT_EQ(walk(forward, 145), expected);

  Cursor backward = granted(grid_table(70));
  backward.set_looping(true);
  backward.seek_frame(2, Heading::kBackward);
  EXPECT_EQ(walk(backward, 15), (std::vector<std::int64_t>{0, 1, 2, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 0, 1}));
  EXPECT_TRUE(backward.take_looped());
  EXPECT_FALSE(backward.take_looped());
}

TEST(Cursor, TheSubsetIsEvenAcrossSegmentsInBothDirections) {
  for (const int stride : {2, 3, 7, 11, 59, 61, 200}) {
    for (const std::uint32_t from : {0U, 1U, 37U, 60U, 119U}) {
      Cursor forward = granted(grid_table(600));
      forward.set_pace({stride, 1}, 30);
      ASSERT_EQ(forward.stride(), static_cast<std::uint32_t>(stride));
      forward.seek_frame(from, Heading::kForward);
      EXPECT_EQ(walk(forward), range(from, 600, stride)) << "stride " << stride << " from " << from;

      Cursor backward = granted(grid_table(600));
      backward.set_pace({-stride, 1}, 30);
      backward.seek_frame(from + 400, Heading::kBackward);
      std::vector<std::int64_t> sent = walk(backward);
      std::sort(sent.begin(), sent.end());
      EXPECT_EQ(sent, range((from + 400) % static_cast<std::uint32_t>(stride), from + 401, stride));
    }
  }
}

TEST(Cursor, ASubsetCostsTheMediaTimeThatItCovers) {
  Cursor cursor(grid_table(600));
  cursor.set_pace({4, 1}, 30);
  cursor.begin_serial(10'000'000);
  cursor.seek_frame(0, Heading::kForward);
  const auto sent = walk(cursor);
  EXPECT_EQ(sent.size(), 75U);
  EXPECT_EQ(sent.back(), 296);
}

TEST(Cursor, AChangeOfPaceGoesOnFromTheLastFrame) {
  Cursor cursor = granted(grid_table(600));
  EXPECT_EQ(walk(cursor, 6).back(), 5);
  cursor.set_pace({3, 1}, 30);
  EXPECT_EQ(walk(cursor, 3), (std::vector<std::int64_t>{8, 11, 14}));
  cursor.set_pace({1, 1}, 30);
  EXPECT_EQ(walk(cursor, 2), (std::vector<std::int64_t>{15, 16}));
}

TEST(Cursor, AFrameRateJustAboveTheBoundIsNotHalved) {
  std::vector<std::int64_t> pts;
  for (int i = 0; i < 300; ++i) pts.push_back(i * 1001);
  Cursor cursor(*SegmentTable::grid(test::times_of(pts, {1, 30'000}, {30'000, 1001}), Granularity::kFrame));
  cursor.set_pace({2, 1}, 60);
  EXPECT_EQ(cursor.stride(), 1U);
  cursor.set_pace({5, 2}, 60);
  EXPECT_EQ(cursor.stride(), 2U);
}

TEST(Cursor, CreditIsExceededByOnePacketAtMost) {
  for (const auto& table : {grid_table(150), gop_table(150, 25)}) {
    for (std::uint64_t credit = 0; credit < 5'500'000; credit += 123'457) {
      Cursor cursor(table);
      cursor.begin_serial(credit);
      cursor.seek_frame(0, Heading::kForward);
      const auto sent = walk(cursor);
      EXPECT_EQ(sent.size(), std::min<std::size_t>(150, (credit * 30 + 999'999) / 1'000'000)) << credit;
      if (sent.size() < 150) {
        EXPECT_FALSE(cursor.has_credit());
        EXPECT_TRUE(cursor.grant(credit + 1'000'000));
        EXPECT_EQ(sent.size() + walk(cursor).size(), std::min<std::size_t>(150, sent.size() + 30));
      }
    }
  }
}

TEST(Cursor, AGrantOnlyRises) {
  Cursor cursor(grid_table(150));
  cursor.begin_serial(1000);
  EXPECT_FALSE(cursor.grant(1000));
  EXPECT_FALSE(cursor.grant(500));
  EXPECT_TRUE(cursor.grant(1001));
}

TEST(Cursor, StepsForwardsAndBackwardsFromEveryFrame) {
  const SegmentTablePtr table = grid_table(150);
  for (std::uint32_t from = 0; from < 150; from += 7) {
    for (const int count : {1, 2, 59, 61, 130, -1, -2, -59, -61, -130}) {
      Cursor cursor(table);  // no credit at all
      cursor.begin_serial(0);
      cursor.seek_frame(from, Heading::kForward);
      cursor.step(count);
      std::vector<std::int64_t> sent = walk(cursor);
      std::sort(sent.begin(), sent.end());
      const int at = static_cast<int>(from);
      const auto expected = count > 0 ? range(at, std::min(at + count, 150)) : range(std::max(at + count, 0), at);
      EXPECT_EQ(sent, expected) << "from " << from << " by " << count;
      EXPECT_TRUE(cursor.is_idle());
      EXPECT_EQ(cursor.is_ended(), count > 0 ? at + count > 150 : at + count < 0);
      EXPECT_EQ(cursor.boundary(), count > 0 ? std::min(from + static_cast<std::uint32_t>(count), 150U)
                                             : static_cast<std::uint32_t>(std::max(at + count, 0)));
    }
  }
}

TEST(Cursor, AStepWrapsRoundWhereItLoops) {
  Cursor cursor(grid_table(70));
  cursor.set_looping(true);
  cursor.seek_frame(68, Heading::kForward);
  cursor.step(4);
  EXPECT_EQ(walk(cursor), (std::vector<std::int64_t>{68, 69, 0, 1}));
  cursor.step(-3);
  EXPECT_EQ(walk(cursor), (std::vector<std::int64_t>{0, 1, 69}));
  EXPECT_EQ(cursor.boundary(), 69U);
}

TEST(Cursor, AStepInAGroupOfPicturesSendsWhatItsFramesNeed) {
  Cursor cursor(gop_table(100, 25));
  cursor.seek_frame(30, Heading::kForward);
  cursor.step(2);
  const auto sent = walk(cursor);
  EXPECT_EQ(sent.front(), 25);
  EXPECT_EQ(std::set<std::int64_t>(sent.begin(), sent.end()).count(31), 1U);
  EXPECT_LE(sent.size(), 8U);
  EXPECT_FALSE(cursor.is_ended());

  // Playing on goes on with the next packet: the receiver's decoder stands there.
  cursor.begin_serial(test::kAllCredit);
  cursor.resume(Heading::kForward);
  auto rest = walk(cursor);
  rest.insert(rest.end(), sent.begin(), sent.end());
  std::sort(rest.begin(), rest.end());
  EXPECT_EQ(rest, range(25, 100));
}

TEST(Cursor, PlayingOnAfterAStepContinuesBehindIt) {
  Cursor cursor = granted(grid_table(150));
  cursor.seek_frame(10, Heading::kForward);
  cursor.step(3);
  EXPECT_EQ(walk(cursor), range(10, 13));
  cursor.resume(Heading::kForward);
  EXPECT_EQ(walk(cursor), range(13, 150));

  cursor.seek_frame(70, Heading::kForward);
  cursor.step(-5);
  EXPECT_EQ(walk(cursor), range(65, 70));
  cursor.resume(Heading::kForward);
  EXPECT_EQ(walk(cursor), range(65, 150));

  cursor.seek_frame(70, Heading::kForward);
  cursor.step(-15);
  EXPECT_EQ(walk(cursor).size(), 15U);
  cursor.resume(Heading::kBackward);
  EXPECT_EQ(walk(cursor), range(0, 55));

  cursor.seek_frame(59, Heading::kForward);
  cursor.step(1);
  EXPECT_EQ(walk(cursor), range(59, 60));
  cursor.resume(Heading::kForward);
  EXPECT_EQ(walk(cursor), range(60, 150)) << "a step that ended with its segment";
}

TEST(Cursor, HiddenPacketsCostNothingAndUnknownTimesTheirShare) {
  const SegmentTablePtr table = gop_table(50, 25);
  Cursor cursor(table);
  cursor.begin_serial(1);
  media::PacketRecord hidden;
  hidden.pts = 0;
  hidden.flags = media::kPacketDiscard;
  cursor.sent(hidden);
  EXPECT_EQ(cursor.sent_us(), 0);
  media::PacketRecord unknown;
  cursor.sent(unknown);
  EXPECT_EQ(cursor.sent_us(), 833'333 / 25);
}

TEST(Cursor, ChangingTheTableKeepsTheTime) {
  Cursor cursor = granted(grid_table(150));
  cursor.set_table(gop_table(150, 25), 3'000'000, Heading::kForward);
  EXPECT_EQ(cursor.segment(), 3U);
  EXPECT_EQ(cursor.boundary(), 90U);
}

TEST(Cursor, NamesTheSegmentsAhead) {
  std::array<std::uint32_t, 4> next{};
  Cursor cursor = granted(grid_table(600));
  EXPECT_EQ(cursor.upcoming(4'000'000, next), 2U);
  EXPECT_EQ(next[0], 1U);
  EXPECT_EQ(next[1], 2U);
  EXPECT_EQ(cursor.upcoming(400'000'000, next), 4U);

  cursor.seek_frame(65, Heading::kBackward);
  EXPECT_EQ(cursor.upcoming(4'000'000, next), 1U);
  EXPECT_EQ(next[0], 0U);
  cursor.set_looping(true);
  EXPECT_EQ(cursor.upcoming(4'000'000, next), 2U);
  EXPECT_EQ(next[1], 9U);
}

}  // namespace
}  // namespace zoe::server
