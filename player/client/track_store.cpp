#include "player/client/track_store.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

namespace zoe::player {
namespace {

std::span<const TrackPoint> points_of(const TrackSpan& span, const TrackSpan::Object& object) {
  return std::span(span.points()).subspan(object.first, object.count);
}

float mix(float from, float to, float part) { return from + (to - from) * part; }

TrackPoint between(const TrackPoint& from, const TrackPoint& to, std::int64_t time_us) {
  const double whole = static_cast<double>(to.time_us - from.time_us);
  const auto part = static_cast<float>(static_cast<double>(time_us - from.time_us) / whole);
  TrackPoint at = part < 0.5F ? from : to;  // and a place on the pitch that only one of them knows
  at.time_us = time_us;
  at.x = mix(from.x, to.x, part);
  at.y = mix(from.y, to.y, part);
  at.width = mix(from.width, to.width, part);
  at.height = mix(from.height, to.height, part);
  at.confidence = mix(from.confidence, to.confidence, part);
  if (std::isnan(from.pitch_x) || std::isnan(to.pitch_x)) return at;
  at.pitch_x = mix(from.pitch_x, to.pitch_x, part);
  at.pitch_y = mix(from.pitch_y, to.pitch_y, part);
  return at;
}

std::optional<TrackPoint> point_at(std::span<const TrackPoint> points, std::int64_t time_us) {
  const auto after = std::upper_bound(points.begin(), points.end(), time_us,
                                      [](std::int64_t time, const TrackPoint& point) { return time < point.time_us; });
  const bool has_before = after != points.begin();
  const bool has_after = after != points.end();
  if (has_before && has_after && after->time_us - std::prev(after)->time_us <= kTrackGapUs)
    return between(*std::prev(after), *after, time_us);
  if (has_before && time_us - std::prev(after)->time_us <= kTrackSlackUs) return *std::prev(after);
  if (has_after && after->time_us - time_us <= kTrackSlackUs) return *after;
  return std::nullopt;
}

}  // namespace

TrackSpan::TrackSpan(std::int64_t index, std::vector<TrackObject> objects, std::vector<TrackPoint> points,
                     std::int64_t until_us, bool is_final)
    : index_(index), until_us_(until_us), is_final_(is_final), points_(std::move(points)) {
  std::stable_sort(points_.begin(), points_.end(), [](const TrackPoint& a, const TrackPoint& b) {
    return a.id != b.id ? a.id < b.id : a.time_us < b.time_us;
  });
  // One object is in one place at a time.
  points_.erase(
      std::unique(points_.begin(), points_.end(),
                  [](const TrackPoint& a, const TrackPoint& b) { return a.id == b.id && a.time_us == b.time_us; }),
      points_.end());
  points_.shrink_to_fit();
  std::stable_sort(objects.begin(), objects.end(),
                   [](const TrackObject& a, const TrackObject& b) { return a.id < b.id; });
  auto what = objects.begin();
  for (std::uint32_t first = 0; first < points_.size();) {
    const std::int32_t id = points_[first].id;
    std::uint32_t end = first;
    while (end < points_.size() && points_[end].id == id) ++end;
    while (what != objects.end() && what->id < id) ++what;
    const bool is_known = what != objects.end() && what->id == id;
    objects_.push_back({.what = is_known ? *what : TrackObject{.id = id}, .first = first, .count = end - first});
    first = end;
  }
  size_bytes_ = sizeof(TrackSpan) + points_.size() * sizeof(TrackPoint) + objects_.size() * sizeof(Object);
  for (const Object& object : objects_) size_bytes_ += object.what.label.capacity();
}

std::int64_t TrackSpan::index_of(std::int64_t time_us) {
  const std::int64_t index = time_us / kTrackSpanUs;
  return time_us % kTrackSpanUs < 0 ? index - 1 : index;
}

std::int64_t TrackSpan::ask_from_us(std::int64_t index) {
  return std::max<std::int64_t>(index * kTrackSpanUs - kTrackGapUs, 0);
}

std::int64_t TrackSpan::ask_until_us(std::int64_t index) { return (index + 1) * kTrackSpanUs + kTrackGapUs; }

const TrackSpan::Object* TrackSpan::find(std::int32_t id) const {
  const auto found =
      std::lower_bound(objects_.begin(), objects_.end(), id,
                       [](const Object& object, std::int32_t wanted) { return object.what.id < wanted; });
  return found != objects_.end() && found->what.id == id ? &*found : nullptr;
}

bool TrackSpan::is_stale(std::int64_t analysed_us, bool is_final) const {
  if (is_final_ || is_final) return !is_final_;
  return until_us_ < ask_until_us(index_) && analysed_us > until_us_;
}

void TrackStore::put(TrackSpanPtr span, std::int64_t playhead_us) {
  const auto place =
      std::lower_bound(spans_.begin(), spans_.end(), span->index(),
                       [](const TrackSpanPtr& each, std::int64_t index) { return each->index() < index; });
  size_bytes_ += span->size_bytes();
  if (place != spans_.end() && (*place)->index() == span->index()) {
    size_bytes_ -= (*place)->size_bytes();
    *place = std::move(span);
  } else {
    spans_.insert(place, std::move(span));
  }
  const std::int64_t here = TrackSpan::index_of(playhead_us);
  const auto distance = [here](const TrackSpanPtr& each) { return std::abs(each->index() - here); };
  while (size_bytes_ > budget_bytes_) {
    // The farthest is one of the two ends.
    const bool is_front = distance(spans_.front()) > distance(spans_.back());
    const auto farthest = is_front ? spans_.begin() : std::prev(spans_.end());
    if ((*farthest)->index() == here) return;
    size_bytes_ -= (*farthest)->size_bytes();
    spans_.erase(farthest);
  }
}

void TrackStore::clear() {
  spans_.clear();
  size_bytes_ = 0;
}

const TrackSpan* TrackStore::span(std::int64_t index) const {
  const auto place =
      std::lower_bound(spans_.begin(), spans_.end(), index,
                       [](const TrackSpanPtr& each, std::int64_t wanted) { return each->index() < wanted; });
  return place != spans_.end() && (*place)->index() == index ? place->get() : nullptr;
}

void TrackStore::visible_at(std::int64_t time_us, std::vector<VisibleTrack>& out) const {
  out.clear();
  const TrackSpan* here = span(TrackSpan::index_of(time_us));
  if (here == nullptr) return;
  for (const TrackSpan::Object& object : here->objects())
    if (const auto at = point_at(points_of(*here, object), time_us)) out.push_back({&object.what, *at});
}

void TrackStore::trail_of(std::int32_t id, std::int64_t time_us, std::vector<TrailPoint>& out) const {
  out.clear();
  const std::int64_t from_us = time_us - kTrailUs;
  std::int64_t before_us = INT64_MIN / 2;
  const auto add = [&](const TrackPoint& point) {
    out.push_back({.x = point.x + point.width / 2,
                   .y = point.y + point.height,
                   .age = static_cast<float>(time_us - point.time_us) / static_cast<float>(kTrailUs),
                   .is_new_piece = point.time_us - before_us > kTrackGapUs});
    before_us = point.time_us;
  };
  for (std::int64_t index = TrackSpan::index_of(from_us); index <= TrackSpan::index_of(time_us); ++index) {
    const TrackSpan* each = span(index);
    const TrackSpan::Object* object = each != nullptr ? each->find(id) : nullptr;
    if (object == nullptr) continue;
    const auto points = points_of(*each, *object);
    // Neighbouring spans share the points at their seam: each gives its own.
    const std::int64_t begin_us = std::max(from_us, each->from_us());
    const std::int64_t end_us = std::min(time_us, each->end_us());
    auto point = std::lower_bound(points.begin(), points.end(), begin_us,
                                  [](const TrackPoint& p, std::int64_t time) { return p.time_us < time; });
    for (; point != points.end() && point->time_us < end_us; ++point) add(*point);
    if (each->index() != TrackSpan::index_of(time_us)) continue;
    if (const auto now = point_at(points, time_us)) add(*now);
  }
}

}  // namespace zoe::player
