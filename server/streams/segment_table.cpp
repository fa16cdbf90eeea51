#include "server/streams/segment_table.hpp"

#include <algorithm>

#include "engine/media/track.hpp"

namespace zoe::server {
namespace {

constexpr std::int64_t kMostUs = std::int64_t{30} * 365 * 86'400 * 1'000'000;
constexpr std::int64_t kMostFrameUs = 10'000'000;
constexpr std::int64_t kDefaultFrameUs = 40'000;

// How long the last frame is shown: by the nominal rate, else like the one before it.
std::int64_t last_duration_us(const FrameTimes& times) {
  const Rational rate = times.nominal_rate;
  if (rate.num > 0) return std::clamp<std::int64_t>(std::int64_t{1'000'000} * rate.den / rate.num, 1, kMostFrameUs);
  const std::size_t count = times.pts.size();
  if (count < 2) return kDefaultFrameUs;
  const std::int64_t before = media::ticks_to_us(times.pts[count - 1] - times.pts[count - 2], times.time_base);
  return std::clamp<std::int64_t>(before, 1, kMostFrameUs);
}

Status check(const FrameTimes& times) {
  if (times.pts.empty()) return fail(Errc::kInvalidArgument, "the track has no frames");
  if (times.pts.size() > UINT32_MAX) return fail(Errc::kTooLarge, "the track has more than 2^32 frames");
  if (times.time_base.num <= 0 || times.time_base.den <= 0)
    return fail(Errc::kInvalidArgument, "the track's time base is not positive");
  if (!std::is_sorted(times.pts.begin(), times.pts.end()))
    return fail(Errc::kInvalidArgument, "the track's frames are not in the order of time");
  const auto ticks = static_cast<zoe::Int128>(times.pts.back()) - times.pts.front();
  if (ticks * times.time_base.num * 1'000'000 / times.time_base.den > kMostUs)
    return fail(Errc::kInvalidArgument, "the track's first and last frame lie more than 30 years apart");
  return {};
}

}  // namespace

Result<SegmentTable::Ptr> SegmentTable::create(FrameTimes times, std::vector<SegmentSpan> spans,
                                               Granularity granularity) {
  ZOE_CHECK(check(times));
  std::uint64_t next = 0;
  for (const SegmentSpan& span : spans) {
    if (span.first_frame != next || span.frames == 0)
      return fail(Errc::kInvalidArgument, "the track's segments do not follow each other");
    next += span.frames;
  }
  if (next != times.pts.size()) return fail(Errc::kInvalidArgument, "the track's segments do not cover its frames");

  auto table = std::shared_ptr<SegmentTable>(new SegmentTable());
  table->times_ = std::move(times);
  table->spans_ = std::move(spans);
  table->granularity_ = granularity;
  table->duration_us_ = table->frame_us(table->frames() - 1) + last_duration_us(table->times_);
  return Ptr(std::move(table));
}

Result<SegmentTable::Ptr> SegmentTable::grid(FrameTimes times, Granularity granularity) {
  ZOE_CHECK(check(times));
  std::vector<SegmentSpan> spans;
  const auto cell_of = [&times](std::size_t frame) {
    return media::ticks_to_us(times.pts[frame] - times.pts[0], times.time_base) / kGridUs;
  };
  std::size_t frame = 0;
  while (frame < times.pts.size()) {
    const std::int64_t cell = cell_of(frame);
    std::size_t end = frame + 1;
    while (end < times.pts.size() && cell_of(end) == cell) ++end;
    std::size_t pieces = (end - frame + kMostGridFrames - 1) / kMostGridFrames;
    for (; pieces > 0; --pieces) {
      const auto count = static_cast<std::uint32_t>((end - frame) / pieces);
      spans.push_back({static_cast<std::uint32_t>(frame), count, count});
      frame += count;
    }
  }
  return create(std::move(times), std::move(spans), granularity);
}

std::int64_t SegmentTable::frame_us(std::uint32_t frame) const {
  return media::ticks_to_us(times_.pts[frame] - times_.pts[0], times_.time_base);
}

std::int64_t SegmentTable::frame_end_us(std::uint32_t frame) const {
  return frame + 1 < frames() ? frame_us(frame + 1) : duration_us_;
}

double SegmentTable::frame_rate() const {
  if (frames() < 2) return 0;
  return static_cast<double>(frames()) * 1e6 / static_cast<double>(duration_us_);
}

std::uint32_t SegmentTable::frame_at(std::int64_t position_us) const {
  std::uint32_t low = 0;
  std::uint32_t high = frames();  // frames below `low` are at or before, those from `high` on are after
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (frame_us(middle) <= position_us)
      low = middle + 1;
    else
      high = middle;
  }
  return low == 0 ? 0 : low - 1;
}

std::uint32_t SegmentTable::segment_of(std::uint32_t frame) const {
  const auto after = std::upper_bound(spans_.begin(), spans_.end(), frame,
                                      [](std::uint32_t f, const SegmentSpan& span) { return f < span.first_frame; });
  return static_cast<std::uint32_t>(after - spans_.begin()) - 1;
}

std::uint32_t SegmentTable::frame_of_pts(std::uint32_t segment, std::int64_t pts) const {
  const SegmentSpan& span = spans_[segment];
  const auto begin = times_.pts.begin() + span.first_frame;
  const auto found = std::lower_bound(begin, begin + span.frames, pts);
  if (found == begin + span.frames || *found != pts) return frames();
  return static_cast<std::uint32_t>(found - times_.pts.begin());
}

}  // namespace zoe::server
