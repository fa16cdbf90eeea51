#include "server/streams/segment_table.hpp"

#include <gtest/gtest.h>

#include "tests/unit/server/streams_fakes.hpp"

namespace zoe::server {
namespace {

using test::gop_table;
using test::grid_table;
using test::times_of;

TEST(SegmentTable, GridCutsEveryTwoSeconds) {
  const SegmentTablePtr table = grid_table(150);
  ASSERT_EQ(table->segments(), 3U);
  EXPECT_EQ(table->span(0).frames, 60U);
  EXPECT_EQ(table->span(1).first_frame, 60U);
  EXPECT_EQ(table->span(2).frames, 30U);
  EXPECT_EQ(table->duration_us(), 5'000'000);
  EXPECT_NEAR(table->frame_rate(), 30, 0.01);
}

TEST(SegmentTable, GridCountsFromTheFirstFrameWhereverThatIs) {
  EXPECT_EQ(grid_table(150, 1'000'003)->span(1).first_frame, 60U);
  EXPECT_EQ(grid_table(150, -17)->span(1).first_frame, 60U);
  EXPECT_EQ(grid_table(150, -17)->frame_us(30), 1'000'000);
}

TEST(SegmentTable, EmptyCellsGetNoNumber) {
  // Frames at 0, 0.5 s, then nothing for an hour.
  const auto table = *SegmentTable::grid(times_of({0, 500, 3'600'000, 3'600'040}), Granularity::kFrame);
  ASSERT_EQ(table->segments(), 2U);
  EXPECT_EQ(table->span(1).first_frame, 2U);
  EXPECT_EQ(table->frame_end_us(1), 3'600'000'000);
  EXPECT_EQ(table->duration_us(), 3'600'080'000) << "the last frame lasts as long as the one before";
}

TEST(SegmentTable, CrowdedCellsAreSplitEvenly) {
  std::vector<std::int64_t> pts;
  for (int i = 0; i < 960; ++i) pts.push_back(i);  // 240 frames a second
  const auto table = *SegmentTable::grid(times_of(pts, {1, 240}, {240, 1}), Granularity::kFrame);
  ASSERT_EQ(table->segments(), 8U);
  for (std::uint32_t i = 0; i < 8; ++i) EXPECT_EQ(table->span(i).frames, 120U);
}

TEST(SegmentTable, SixtyFramesASecondInMillisecondsAreNotSplit) {
  std::vector<std::int64_t> pts;
  for (int i = 0; i < 1200; ++i) pts.push_back((i * 1000 + 30) / 60);
  const auto table = *SegmentTable::grid(times_of(pts), Granularity::kFrame);
  EXPECT_EQ(table->segments(), 10U);
}

TEST(SegmentTable, FindsTheFrameOfAnyPosition) {
  const SegmentTablePtr table = grid_table(150, 90);
  for (std::uint32_t frame = 0; frame < 150; ++frame) {
    EXPECT_EQ(table->frame_at(table->frame_us(frame)), frame);
    EXPECT_EQ(table->frame_at(table->frame_end_us(frame) - 1), frame);
    EXPECT_EQ(table->segment_of(frame), frame / 60);
    EXPECT_EQ(table->frame_of_pts(frame / 60, table->frame_pts(frame)), frame);
  }
  EXPECT_EQ(table->frame_at(-5), 0U);
  EXPECT_EQ(table->frame_at(INT64_MAX), 149U);
  EXPECT_EQ(table->frame_of_pts(0, table->frame_pts(60)), table->frames()) << "of another segment";
  EXPECT_EQ(table->frame_of_pts(0, media::kNoTimestamp), table->frames());
}

TEST(SegmentTable, RefusesWhatIsNoTrack) {
  EXPECT_FALSE(SegmentTable::grid(times_of({}), Granularity::kFrame));
  EXPECT_FALSE(SegmentTable::grid(times_of({5, 4}), Granularity::kFrame));
  EXPECT_FALSE(SegmentTable::grid(times_of({0, 1}, {0, 1}), Granularity::kFrame));
  EXPECT_FALSE(SegmentTable::grid(times_of({INT64_MIN, INT64_MAX}), Granularity::kFrame));
  EXPECT_FALSE(SegmentTable::create(times_of({0, 1, 2}), {{0, 2, 2}}, Granularity::kSegment));
  EXPECT_FALSE(SegmentTable::create(times_of({0, 1, 2}), {{0, 1, 1}, {2, 1, 1}}, Granularity::kSegment));
  EXPECT_FALSE(SegmentTable::create(times_of({0, 1, 2}), {{0, 3, 3}, {3, 0, 0}}, Granularity::kSegment));
}

}  // namespace
}  // namespace zoe::server
