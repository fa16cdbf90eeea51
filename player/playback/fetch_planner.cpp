#include "player/playback/fetch_planner.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/media/track.hpp"

namespace zoe::player {
namespace {

// What lies ahead of the decoder without a gap, and the first segment that is missing behind it.
struct Ahead {
  std::int64_t us = 0;
  std::size_t bytes = 0;
  std::optional<std::uint32_t> missing;
  bool is_nothing_held = false;  // the decoder waits for `missing`
  std::vector<std::uint32_t> held;
  std::optional<EdgePlace> next;  // behind those in `held` that are whole; nothing at the end
};

// The first segment counts only from the edge's place on; how much of it that is, its times tell.
std::int64_t us_of(const PacketSegment& segment, const FetchView& view, bool is_first) {
  const bool has_times = segment.first_pts != media::kNoTimestamp;
  std::int64_t ticks = segment.duration_ticks;
  if (has_times) ticks = std::max(ticks, segment.end_pts - segment.first_pts);
  if (is_first && has_times && view.edge.pts != RingEdge::kWholeSegment) {
    ticks = view.direction == Direction::kForward ? segment.end_pts - view.edge.pts : view.edge.pts - segment.first_pts;
  }
  return std::max<std::int64_t>(0, bounded_us(media::ticks_to_us(ticks, view.time_base)));
}

// What may be in flight, in time and in bytes: the bytes of a second are learned from what is held.
std::int64_t window_of(const FetchLimits& limits, const Ahead& ahead) {
  if (ahead.us <= 0 || ahead.bytes == 0) return std::min(limits.window_us, kUnknownWindowUs);
  const double us_per_byte = static_cast<double>(ahead.us) / static_cast<double>(ahead.bytes);
  const double us = static_cast<double>(limits.ahead_bytes / 2) * us_per_byte;
  return us >= static_cast<double>(limits.window_us) ? limits.window_us
                                                     : std::max(static_cast<std::int64_t>(us), kGrantStepUs);
}

Ahead look_ahead(const FetchView& view, const PacketStore& store) {
  Ahead ahead;
  RingEdge edge = view.edge;
  for (std::uint32_t walked = 0; walked < view.segments; ++walked) {
    const auto place = resolve_edge(edge, view.segments, view.is_looping);
    if (!place) return ahead;
    const bool is_inside = view.is_edge_sought || edge.pts != RingEdge::kWholeSegment;
    const std::int64_t from = view.is_edge_sought ? INT64_MAX : edge.pts;
    const bool is_partly_enough = walked == 0 && view.direction == Direction::kForward && is_inside &&
                                  store.holds_from(place->segment, from, view.need);
    const PacketSegment* segment = store.peek(place->segment);
    const bool is_held = store.holds(place->segment, view.need) || (is_partly_enough && segment->is_finished);
    if (segment != nullptr && (is_held || segment == store.arriving())) {
      ahead.held.push_back(place->segment);
      ahead.us += us_of(*segment, view, walked == 0);
      ahead.bytes += segment->bytes;
    }
    if (!is_held) {
      ahead.missing = place->segment;
      ahead.is_nothing_held = walked == 0;
      return ahead;
    }
    edge = {place->lap, static_cast<std::int64_t>(place->segment) + static_cast<int>(view.direction),
            RingEdge::kWholeSegment};
    ahead.next = resolve_edge(edge, view.segments, view.is_looping);
    if (ahead.us >= view.limits.ahead_us || ahead.bytes >= view.limits.ahead_bytes) return ahead;
  }
  return ahead;
}

}  // namespace

std::optional<EdgePlace> resolve_edge(const RingEdge& edge, std::uint32_t segments, bool is_looping) {
  if (segments == 0) return std::nullopt;
  if (edge.segment >= 0 && edge.segment < segments) {
    return EdgePlace{edge.lap, static_cast<std::uint32_t>(edge.segment)};
  }
  if (!is_looping) return std::nullopt;
  if (edge.segment < 0) return EdgePlace{edge.lap - 1, segments - 1};
  return EdgePlace{edge.lap + 1, 0};
}

FetchPlan plan_open(const FetchView& view, const PacketStore& store) {
  FetchPlan plan;
  const Ahead ahead = look_ahead(view, store);
  plan.act = FetchPlan::Act::kSeek;
  plan.ahead_us = ahead.us;
  const bool is_full = ahead.us >= view.limits.ahead_us || ahead.bytes >= view.limits.ahead_bytes;
  if (ahead.missing && (!is_full || ahead.is_nothing_held)) {
    plan.segment = *ahead.missing;
    const std::int64_t window = window_of(view.limits, ahead);
    const std::int64_t more = ahead.is_nothing_held ? window : std::min(window, view.limits.ahead_us - ahead.us);
    plan.credit_us = std::max(more, kGrantStepUs);
    return plan;
  }
  const bool is_at_end = !ahead.next && view.direction == Direction::kForward && view.segments > 0;
  plan.segment = ahead.next ? ahead.next->segment : is_at_end ? view.segments - 1 : 0;
  return plan;
}

FetchPlan plan_fetch(const FetchView& view, PacketStore& store) {
  FetchPlan plan;
  const StreamCursor& cursor = view.cursor;
  const Ahead ahead = look_ahead(view, store);
  plan.ahead_us = ahead.us;
  std::for_each(ahead.held.rbegin(), ahead.held.rend(), [&](std::uint32_t segment) { store.find(segment); });
  const bool is_full = ahead.us >= view.limits.ahead_us || ahead.bytes >= view.limits.ahead_bytes;
  if (!cursor.is_open || !cursor.is_settled || !ahead.missing || (is_full && !ahead.is_nothing_held)) return plan;

  // A segment is fetched to its end once the decoder has come to it, however long it is.
  const std::int64_t window = window_of(view.limits, ahead);
  const std::int64_t more = ahead.is_nothing_held ? window : std::min(window, view.limits.ahead_us - ahead.us);
  const bool is_on_its_way =
      cursor.direction == view.direction && !cursor.has_ended && !cursor.has_failed && cursor.segment == *ahead.missing;
  if (!is_on_its_way) {
    if (cursor.has_failed) return plan;
    plan.act = FetchPlan::Act::kSeek;
    plan.segment = *ahead.missing;
    plan.credit_us = std::max(more, kGrantStepUs);
    return plan;
  }
  plan.is_waiting = true;
  const std::int64_t total = cursor.received_us + more;
  if (total >= cursor.granted_us + kGrantStepUs) {
    plan.act = FetchPlan::Act::kGrant;
    plan.credit_us = total;
  }
  return plan;
}

FetchPlan plan_fetch_or_recount(FetchView view, PacketStore& store, StreamCursor& cursor, std::int64_t& last_arrival_ns,
                                std::int64_t now_ns) {
  const FetchPlan plan = plan_fetch(view, store);
  const bool is_quiet = now_ns - last_arrival_ns >= kQuietNs && cursor.received_us < cursor.granted_us;
  if (plan.act != FetchPlan::Act::kNothing || !plan.is_waiting || !is_quiet) return plan;
  cursor.received_us = cursor.granted_us;
  last_arrival_ns = now_ns;
  view.cursor = cursor;
  return plan_fetch(view, store);
}

}  // namespace zoe::player
