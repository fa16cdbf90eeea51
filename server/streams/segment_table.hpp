// Which frames of a track lie in which segment of a rendition, and how long each frame is shown: all that a cursor has
// to know about time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/core/rational.hpp"
#include "engine/core/result.hpp"

namespace zoe::server {

// One segment. It holds the frames [first_frame, end_frame()) of the track in display order.
struct SegmentSpan {
  std::uint32_t first_frame = 0;
  std::uint32_t frames = 0;
  std::uint32_t packets = 0;  // how many its maker writes when nothing is damaged; 0: not known before

  std::uint32_t end_frame() const { return first_frame + frames; }
};

enum class Granularity {
  kFrame = 1,  // intra-only: every packet is a frame, in display order, and may be sent or left out on its own
  kSegment     // packets lean on each other: a segment is sent from its first packet on
};

// When the frames of a track are shown.
struct FrameTimes {
  std::shared_ptr<const void> owner;  // keeps `pts` alive
  std::span<const std::int64_t> pts;  // of the shown frames, ascending
  Rational time_base{1, 1};           // seconds per tick
  Rational nominal_rate{0, 1};        // gives the last frame's duration; 0/1 when not known
};

// Immutable; any thread. Frames are numbered from 0 in display order, segments from 0 in the order of time; none is
// empty.
class SegmentTable {
 public:
  using Ptr = std::shared_ptr<const SegmentTable>;

  // kInvalidArgument where there is no frame, times do not ascend or lie more than 30 years apart, or `spans` do not
  // cover the frames one after another.
  static Result<Ptr> create(FrameTimes times, std::vector<SegmentSpan> spans, Granularity granularity);

  // The grid that all frame codecs share: a segment holds the frames of one cell of kGridUs microseconds since the
  // first frame; a cell of more than kMostGridFrames is split evenly, and an empty one gets no number.
  static Result<Ptr> grid(FrameTimes times, Granularity granularity);

  static constexpr std::int64_t kGridUs = 2'000'000;
  // A little more than two seconds at 60 frames a second. Bounds a segment's memory: 128 JPEGs of 1080p are about 40
  // MiB.
  static constexpr std::uint32_t kMostGridFrames = 128;

  Granularity granularity() const { return granularity_; }
  Rational time_base() const { return times_.time_base; }
  std::uint32_t segments() const { return static_cast<std::uint32_t>(spans_.size()); }
  std::uint32_t frames() const { return static_cast<std::uint32_t>(times_.pts.size()); }
  const SegmentSpan& span(std::uint32_t segment) const { return spans_[segment]; }

  std::int64_t frame_pts(std::uint32_t frame) const { return times_.pts[frame]; }
  // Since the first frame.
  std::int64_t frame_us(std::uint32_t frame) const;
  // When it gives way to the next one; the last frame's end is duration_us.
  std::int64_t frame_end_us(std::uint32_t frame) const;
  std::int64_t duration_us() const { return duration_us_; }
  // Frames per second on average; 0 when there is only one frame.
  double frame_rate() const;

  // The last frame shown at or before `position_us`; the first one for anything before it.
  std::uint32_t frame_at(std::int64_t position_us) const;
  std::uint32_t segment_of(std::uint32_t frame) const;

  // The frame of exactly this time stamp among those of `segment`; frames() when there is none (a packet that is
  // decoded but never shown).
  std::uint32_t frame_of_pts(std::uint32_t segment, std::int64_t pts) const;

 private:
  SegmentTable() = default;

  FrameTimes times_;
  std::vector<SegmentSpan> spans_;
  std::int64_t duration_us_ = 0;
  Granularity granularity_ = Granularity::kSegment;
};

using SegmentTablePtr = SegmentTable::Ptr;

}  // namespace zoe::server
