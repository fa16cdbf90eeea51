// Where the objects of an analysis are at any time of the media: spans of points, and what lies between two points.
//
// Time is the media's alone, so forwards, backwards, paused and at any speed the same frame shows the same. Between two
// successive points of one id, no more than kTrackGapUs apart, an object is where a straight line puts it; elsewhere it
// is not there. Looking costs a binary search for each object of a span, and allocates nothing once the caller's vector
// has grown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "player/client/analysis_types.hpp"

namespace zoe::player {

inline constexpr std::int64_t kTrackSpanUs = 5'000'000;
inline constexpr std::int64_t kTrackGapUs = 500'000;
inline constexpr std::int64_t kTrailUs = 2'000'000;
// What frame times are rounded by on their way through containers and scripts: an object is that much longer there.
inline constexpr std::int64_t kTrackSlackUs = 2'000;

// The points of [index * kTrackSpanUs, (index + 1) * kTrackSpanUs), and on both sides as far as they are joined with
// points inside. Immutable; any thread.
class TrackSpan {
 public:
  struct Object {
    TrackObject what;
    std::uint32_t first = 0;  // in points()
    std::uint32_t count = 0;  // at least 1
  };

  // `until_us`: how far the analysis had come; `is_final`: it had ended.
  TrackSpan(std::int64_t index, std::vector<TrackObject> objects, std::vector<TrackPoint> points, std::int64_t until_us,
            bool is_final);

  static std::int64_t index_of(std::int64_t time_us);
  // What to ask the server for.
  static std::int64_t ask_from_us(std::int64_t index);
  static std::int64_t ask_until_us(std::int64_t index);

  std::int64_t index() const { return index_; }
  std::int64_t from_us() const { return index_ * kTrackSpanUs; }
  std::int64_t end_us() const { return from_us() + kTrackSpanUs; }
  const std::vector<Object>& objects() const { return objects_; }    // by id
  const std::vector<TrackPoint>& points() const { return points_; }  // by id, then time
  const Object* find(std::int32_t id) const;
  std::size_t size_bytes() const { return size_bytes_; }
  // The analysis has come further meanwhile, or has ended, and the span may hold more.
  bool is_stale(std::int64_t analysed_us, bool is_final) const;

 private:
  std::int64_t index_;
  std::int64_t until_us_;
  bool is_final_;
  std::vector<Object> objects_;
  std::vector<TrackPoint> points_;
  std::size_t size_bytes_ = 0;
};
using TrackSpanPtr = std::shared_ptr<const TrackSpan>;

// An object as it is at one time. Borrowed from the store.
struct VisibleTrack {
  const TrackObject* what = nullptr;
  TrackPoint at;
};

// A place that an object came through: the middle of the foot of its box.
struct TrailPoint {
  float x = 0;
  float y = 0;
  float age = 0;              // 0 now, 1 kTrailUs ago
  bool is_new_piece = false;  // not joined with the one before
};

// Main thread.
class TrackStore {
 public:
  static constexpr std::size_t kBudgetBytes = 32U << 20;

  explicit TrackStore(std::size_t budget_bytes = kBudgetBytes) : budget_bytes_(budget_bytes) {}

  // Replaces the span of the same index. What lies farthest from the playhead goes when the budget is passed; the span
  // that the playhead is in stays.
  void put(TrackSpanPtr span, std::int64_t playhead_us);
  void clear();

  bool is_empty() const { return spans_.empty(); }
  std::size_t size_bytes() const { return size_bytes_; }
  const TrackSpan* span(std::int64_t index) const;

  // What is there at `time_us`, by id. Valid until the next `put` or `clear`.
  void visible_at(std::int64_t time_us, std::vector<VisibleTrack>& out) const;
  // Where `id` came through in the kTrailUs before `time_us`, oldest first, up to where it is then.
  void trail_of(std::int32_t id, std::int64_t time_us, std::vector<TrailPoint>& out) const;

 private:
  std::size_t budget_bytes_;
  std::size_t size_bytes_ = 0;
  std::vector<TrackSpanPtr> spans_;  // by index
};

// Which spans to ask for, in the order of need: the one under the playhead, those ahead of it in the direction of play
// (more of them at higher speed), the one that its trails begin in.
struct SpanNeeds {
  std::int64_t playhead_us = 0;
  std::int64_t duration_us = 0;
  double rate = 1;  // negative: backwards
  std::int64_t analysed_us = 0;
  bool is_final = false;
};
// The first of them that is missing or stale and that `may_ask` allows.
template <typename MayAsk>
std::optional<std::int64_t> next_span_to_ask(const TrackStore& store, const SpanNeeds& needs, MayAsk&& may_ask) {
  const std::int64_t here = TrackSpan::index_of(needs.playhead_us);
  const std::int64_t last = TrackSpan::index_of(needs.duration_us > 0 ? needs.duration_us : INT64_MAX / 4);
  const std::int64_t step = needs.rate < 0 ? -1 : 1;
  const double speed = needs.rate < 0 ? -needs.rate : needs.rate;
  const std::int64_t ahead = speed > 2 ? 4 : speed > 1 ? 2 : 1;
  const auto is_wanted = [&](std::int64_t index) {
    if (index < 0 || index > last) return false;
    // Nothing can be there yet.
    if (!needs.is_final && TrackSpan::ask_from_us(index) > needs.analysed_us) return false;
    const TrackSpan* known = store.span(index);
    return (known == nullptr || known->is_stale(needs.analysed_us, needs.is_final)) && may_ask(index);
  };
  if (is_wanted(here)) return here;
  for (std::int64_t i = 1; i <= ahead; ++i)
    if (is_wanted(here + i * step)) return here + i * step;
  const std::int64_t trail = TrackSpan::index_of(needs.playhead_us - kTrailUs);
  if (trail != here && is_wanted(trail)) return trail;
  return std::nullopt;
}

}  // namespace zoe::player
