// Playing on a room's timeline. The feeder's thread asks once a turn what the timeline wants.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "player/playback/playback_core.hpp"

namespace zoe::player {
namespace {

// Off by more than this the place is sought; what is less the pacer makes up for, holding or leaving out frames.
constexpr std::int64_t kFarUs = 400'000;
// How long a place that was sought late is lived with before the next attempt.
constexpr std::int64_t kChaseEveryNs = 500 * kNsPerMs;
constexpr std::int64_t kFirstLeadNs = 150 * kNsPerMs;
constexpr std::int64_t kMostLeadNs = 5 * kNsPerS;
constexpr std::int64_t kMostHoldNs = 5 * kNsPerS;

}  // namespace

void PlaybackCore::follow(RoomTimelines room) {
  if (room.timelines.empty()) return;
  if (!following) {
    following.emplace();
    following->lead_ns = kFirstLeadNs;
    set_looping(false);
  }
  following->follower.set_timelines(std::move(room.timelines));
  const std::uint64_t before = following->preparation ? following->preparation->number : 0;
  following->preparation = room.preparation;
  if (room.preparation && room.preparation->number != before) following->is_preparing = false;
  wake_all();
}

void PlaybackCore::set_room_clock(const net::ClockEstimate& estimate) {
  if (following) following->follower.set_clock(estimate, clock.now_ns());
  feed_wake.notify_one();
}

void PlaybackCore::unfollow() {
  if (!following) return;
  following.reset();
  if (ring.playhead()) show_playhead(ShowKind::kSought);
  wake_all();
}

// Returns for how long nothing of this changes by itself.
std::int64_t PlaybackCore::follow_turn(std::int64_t now_ns) {
  Following& room = *following;
  if (!room.follower.has_clock() || !room.follower.has_timeline() || !has_media) return kNsPerS;
  const Timeline timeline = room.follower.current(now_ns);
  if (!room.applied || timeline != *room.applied) take_timeline(timeline, now_ns);
  prepare_jump(now_ns);
  if (!timeline.is_paused && !room.is_preparing) chase(now_ns);
  const auto next = room.follower.next(now_ns);
  return next ? std::max<std::int64_t>(1, next->at_ns - now_ns) : kNsPerS;
}

// At its moment. The frame that belongs to a place is the last one that begins no later, in every player and at every
// rate, so all stand on the same one.
void PlaybackCore::take_timeline(const Timeline& timeline, std::int64_t now_ns) {
  Following& room = *following;
  room.applied = timeline;
  room.is_preparing = false;
  room.chased_ns = now_ns;
  pending_steps = 0;
  is_ended = false;
  if (timeline.is_paused) pause();
  set_rate(timeline.rate);
  if (timeline.is_paused) return stand_at(timeline.media_us);
  const bool was_thinned = is_thinned();
  media.is_paused = false;
  direction = timeline.rate.is_negative() ? Direction::kBackward : Direction::kForward;
  follow_thinning(was_thinned);
  retry();
  is_clock_stale = true;
  // A frame that was made ready is there, and what is near the pacer reaches by itself.
  if (is_far(now_ns)) chase_place(timeline, now_ns);
  wake_all();
}

bool PlaybackCore::is_at(std::int64_t media_us) const {
  const RingFrame* frame = seek ? nullptr : ring.shown();
  return frame != nullptr && frame->media_us <= media_us && media_us < frame->media_us + frame->duration_us;
}

void PlaybackCore::stand_at(std::int64_t media_us) {
  const bool is_sought = seek && seek->target_us == media_us;
  if (!is_sought && !is_at(media_us)) seek_to(media_us);
}

void PlaybackCore::prepare_jump(std::int64_t now_ns) {
  Following& room = *following;
  if (!room.preparation) return;
  // The room stands before it jumps, and that moment may be yet to come.
  if (!room.is_preparing && room.preparation->number != room.prepared && now_ns >= room.follower.last_change_ns()) {
    room.is_preparing = true;
    stand_at(room.preparation->position_us);
  }
  if (!room.is_preparing || seek || !ring.playhead() || room.prepared == room.preparation->number) return;
  room.prepared = room.preparation->number;
  ++changes;
  feed_wake.notify_one();
}

// Whether the playhead's frame may go to the screen: nanoseconds until it may. What was prepared waits for the jump,
// what was sought ahead of a running timeline for its time.
std::int64_t PlaybackCore::held_ns(std::int64_t now_ns, std::int64_t lead_ns) const {
  if (!following || !following->applied) return 0;
  if (following->is_preparing) return kNsPerS;
  const RingFrame* frame = ring.shown();
  if (following->applied->is_paused || frame == nullptr || show_kind != ShowKind::kSought) return 0;
  const bool is_forward = direction == Direction::kForward;
  const std::int64_t due_ns = following->follower.due_ns(
      *following->applied, is_forward ? frame->media_us : frame->media_us + frame->duration_us);
  const std::int64_t wait_ns = due_ns - lead_ns - now_ns;
  return wait_ns > 0 && wait_ns < kMostHoldNs ? wait_ns : 0;
}

std::int64_t PlaybackCore::room_position_us(std::int64_t now_ns) const {
  const std::int64_t position = following->follower.position_us(now_ns);
  return std::clamp<std::int64_t>(position, 0, has_info ? lap_us() - 1 : kMostMediaUs);
}

// Where the timeline is elsewhere than what is shown and decoding would not get there soon, the place where it will be
// when a seek has come to its end is sought.
void PlaybackCore::chase(std::int64_t now_ns) {
  Following& room = *following;
  if (seek) return;
  if (room.chase_began_ns != 0) {
    const std::int64_t took_ns = now_ns - std::exchange(room.chase_began_ns, 0);
    room.lead_ns = std::clamp<std::int64_t>(took_ns * 5 / 4, kFirstLeadNs / 4, kMostLeadNs);
    room.chased_ns = now_ns;
  }
  if (must_show || now_ns - room.chased_ns < kChaseEveryNs) return;
  if (is_far(now_ns)) chase_place(*room.applied, now_ns);
}

// What is shown, or soon will be, is so far from the timeline that holding and leaving out frames will not do.
bool PlaybackCore::is_far(std::int64_t now_ns) const {
  const RingFrame* frame = ring.shown();
  if (!seek && frame == nullptr) return false;
  const std::int64_t position = room_position_us(now_ns);
  const std::int64_t from = seek ? seek->target_us : frame->media_us;
  const std::int64_t to = seek ? seek->target_us : frame->media_us + frame->duration_us;
  const double off_us = static_cast<double>(std::max(from - position, position - to));
  return off_us > static_cast<double>(kFarUs) * std::max(1.0, media.rate.abs().to_double());
}

void PlaybackCore::chase_place(const Timeline& timeline, std::int64_t now_ns) {
  Following& room = *following;
  const std::int64_t here = room_position_us(now_ns);
  room.chased_ns = now_ns;
  if (ring.find(here)) return seek_to(here);
  room.chase_began_ns = now_ns;
  seek_to(std::clamp<std::int64_t>(here + scale(room.lead_ns, timeline.rate) / kNsPerUs, 0,
                                   has_info ? lap_us() - 1 : kMostMediaUs));
}

}  // namespace zoe::player
