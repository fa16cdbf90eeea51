// Segments, whichever way they are read, show what a linear decode shows: every frame once, hash by hash.
#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "engine/media/decoder.hpp"
#include "tests/unit/media/clips.hpp"
#include "tests/unit/media/exact_frames.hpp"

namespace zoe::media {
namespace {

class Exactness : public testing::TestWithParam<Clip> {
 protected:
  Opened open() const { return open_clip(GetParam().path()); }
};

TEST_P(Exactness, ForwardsAsLinear) {
  const Opened clip = open();
  const auto segments = decode_segments(clip, forwards(clip));
  expect_index_holds(clip, segments);
  const std::vector<ShownFrame> shown = flat(segments);
  std::vector<ShownFrame> linear = decode_linearly(clip.path, clip.track.stream_index);
  switch (GetParam().yardstick) {
    case Yardstick::kExact:
      if (GetParam().has_pts) {
        expect_same_frames(shown, linear);
      } else {
        expect_same_hashes(shown, linear);
      }
      break;
    case Yardstick::kLossyTail:
      ASSERT_GT(linear.size(), shown.size());
      linear.erase(linear.begin(), linear.end() - static_cast<std::ptrdiff_t>(shown.size()));
      expect_same_frames(shown, linear);
      break;
    case Yardstick::kOwnDecoder:
      ASSERT_EQ(shown.size(), linear.size());
      for (std::size_t i = 0; i < shown.size(); ++i) ASSERT_EQ(shown[i].pts, linear[i].pts);
      break;
  }
}

TEST_P(Exactness, BackwardsAsForwards) {
  const Opened clip = open();
  expect_same_frames(flat(decode_segments(clip, backwards(clip))), flat(decode_segments(clip, forwards(clip))));
}

TEST_P(Exactness, InAnyOrderAndWithThreadsAsForwards) {
  const Opened clip = open();
  std::vector<std::uint32_t> order = forwards(clip);
  std::mt19937 random(7);
  std::shuffle(order.begin(), order.end(), random);
  const std::vector<std::uint32_t> again = order;
  order.insert(order.end(), again.begin(), again.end());
  expect_same_frames(flat(decode_segments(clip, order, 3)), flat(decode_segments(clip, forwards(clip))));
}

TEST_P(Exactness, RangesOfTimeAsSegments) {
  const Opened clip = open();
  const std::vector<ShownFrame> wanted = flat(decode_segments(clip, forwards(clip)));
  const auto reader = SourceReader::open(clip.path, clip.track, clip.index);
  ASSERT_TRUE(reader);
  const auto frames_between = [&](std::int64_t first, std::int64_t end) {
    std::vector<ShownFrame> got;
    const Status status = (*reader)->decode_range(first, end, [&](const FramePtr& frame) -> Status {
      got.push_back({frame->pts(), frame->hash()});
      return {};
    });
    EXPECT_TRUE(status) << (status ? "" : status.error().message);
    return got;
  };
  const auto wanted_between = [&](std::int64_t first, std::int64_t end) {
    std::vector<ShownFrame> out;
    for (const ShownFrame& frame : wanted)
      if (frame.pts >= first && frame.pts < end) out.push_back(frame);
    return out;
  };
  // A grid that has nothing to do with the key frames, one cell after the other.
  const std::int64_t start = clip.index->start_pts();
  const std::int64_t cell = std::max<std::int64_t>(1, us_to_ticks(370'000, clip.track.time_base));
  std::vector<ShownFrame> got;
  for (std::int64_t at = start; at < clip.index->end_pts(); at += cell)
    for (const ShownFrame& frame : frames_between(at, at + cell)) got.push_back(frame);
  expect_same_frames(got, wanted);
  // Here and there.
  std::mt19937 random(11);
  for (int i = 0; i < 6; ++i) {
    const std::int64_t span = clip.index->end_pts() - start;
    const std::int64_t first = start + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(span));
    expect_same_frames(frames_between(first, first + cell), wanted_between(first, first + cell));
  }
}

TEST_P(Exactness, IndexSurvivesTheDisk) {
  const Opened clip = open();
  const std::vector<std::uint8_t> bytes = clip.index->serialize();
  const auto back = TrackIndex::parse(bytes);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ((*back)->serialize(), bytes);
  ASSERT_EQ((*back)->segments().size(), clip.index->segments().size());
  EXPECT_TRUE(std::equal((*back)->frames().begin(), (*back)->frames().end(), clip.index->frames().begin()));
  for (std::size_t i = 0; i < clip.index->segments().size(); ++i) {
    const CopySegment& a = (*back)->segments()[i];
    const CopySegment& b = clip.index->segments()[i];
    EXPECT_EQ(a.start_pts, b.start_pts);
    EXPECT_EQ(a.end_packet, b.end_packet);
    EXPECT_EQ(a.packet_count, b.packet_count);
    EXPECT_EQ(a.bytes, b.bytes);
  }
}

INSTANTIATE_TEST_SUITE_P(Clips, Exactness, testing::ValuesIn(all_clips()),
                         [](const testing::TestParamInfo<Clip>& clip) { return clip.param.name; });

}  // namespace
}  // namespace zoe::media
