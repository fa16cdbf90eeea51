#include "tests/unit/media/exact_frames.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include <gtest/gtest.h>

#include "engine/media/decoder.hpp"

namespace zoe::media {
namespace {

template <typename T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

}  // namespace

Opened open_clip(const std::string& path) {
  const MediaInfo info = value_of(probe(path));
  const TrackInfo* track = info.best_video();
  if (!track) throw std::runtime_error(path + " has no video");
  return {path, *track, value_of(TrackIndex::build(path, *track))};
}

std::vector<std::vector<ShownFrame>> decode_segments(const Opened& clip, const std::vector<std::uint32_t>& order,
                                                     int threads) {
  const auto reader = value_of(SourceReader::open(clip.path, clip.track, clip.index));
  const auto decoder = value_of(Decoder::create(clip.track, {.threads = threads}));
  std::vector<std::vector<ShownFrame>> segments(clip.index->segments().size());
  for (const std::uint32_t segment : order) {
    segments[segment].clear();
    for (const FramePtr& frame : decode_packets(*decoder, read_packets(*reader, segment)))
      segments[segment].push_back({frame->pts(), frame->hash()});
  }
  return segments;
}

std::vector<std::uint32_t> forwards(const Opened& clip) {
  std::vector<std::uint32_t> order(clip.index->segments().size());
  std::iota(order.begin(), order.end(), 0U);
  return order;
}

std::vector<std::uint32_t> backwards(const Opened& clip) {
  std::vector<std::uint32_t> order = forwards(clip);
  std::reverse(order.begin(), order.end());
  return order;
}

std::vector<ShownFrame> flat(const std::vector<std::vector<ShownFrame>>& segments) {
  std::vector<ShownFrame> all;
  for (const auto& segment : segments) all.insert(all.end(), segment.begin(), segment.end());
  return all;
}

void expect_same_hashes(const std::vector<ShownFrame>& got, const std::vector<ShownFrame>& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) ASSERT_EQ(got[i].hash, wanted[i].hash) << "frame " << i;
}

void expect_same_frames(const std::vector<ShownFrame>& got, const std::vector<ShownFrame>& wanted) {
  expect_same_hashes(got, wanted);
  for (std::size_t i = 0; i < std::min(got.size(), wanted.size()); ++i)
    ASSERT_EQ(got[i].pts, wanted[i].pts) << "frame " << i;
}

void expect_index_holds(const Opened& clip, const std::vector<std::vector<ShownFrame>>& segments) {
  const TrackIndex& index = *clip.index;
  std::uint32_t frame = 0;
  for (std::size_t s = 0; s < segments.size(); ++s) {
    const CopySegment& segment = index.segments()[s];
    ASSERT_EQ(segment.first_frame, frame) << "segment " << s;
    ASSERT_EQ(segment.frame_count, segments[s].size()) << "segment " << s;
    ASSERT_EQ(segment.start_pts, segments[s].front().pts);
    ASSERT_LT(segments[s].back().pts, segment.end_pts);
    for (const ShownFrame& shown : segments[s]) {
      ASSERT_EQ(index.frames()[frame], shown.pts) << "frame " << frame;
      ASSERT_EQ(index.find_segment(shown.pts), s);
      ++frame;
    }
  }
  ASSERT_EQ(index.frames().size(), frame);
}

}  // namespace zoe::media
