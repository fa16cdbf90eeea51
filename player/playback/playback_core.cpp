#include "player/playback/playback_core.hpp"

#include <algorithm>

#include "engine/media/frame.hpp"
#include "engine/media/track.hpp"

namespace zoe::player {
namespace {

constexpr std::int64_t kUnknownFrameUs = 40'000;  // for tracks that do not tell their frame rate
constexpr int kUnknownRefresh = 60;
constexpr std::int64_t kAdaptiveWindowUs = 600'000;
constexpr std::int64_t kUntoldLossNs = 2 * kNsPerS;  // a connection that comes back sooner is nobody's concern

}  // namespace

PlaybackCore::PlaybackCore(const PlaybackOptions& playback_options, const Clock& its_clock, Log& its_log)
    : options(playback_options),
      clock(its_clock),
      log(its_log),
      store(playback_options.packet_bytes),
      ring(playback_options.ring_frames, playback_options.ring_bytes) {}

int PlaybackCore::most_fps() const {
  if (!is_thinned()) return 0;
  return refresh_period_ns > 0 ? static_cast<int>((kNsPerS + refresh_period_ns / 2) / refresh_period_ns)
                               : kUnknownRefresh;
}

bool PlaybackCore::is_thinned() const {
  const bool is_moving = !media.is_paused && pending_steps == 0;
  if (options.is_untimed || !is_moving || info.track.frame_rate.is_zero()) return false;
  const double refresh = refresh_period_ns > 0 ? 1e9 / static_cast<double>(refresh_period_ns) : kUnknownRefresh;
  // A little above the refresh (60 frames on 59.94 Hz) is left to the pacer.
  return media.rate.abs().to_double() * info.track.frame_rate.to_double() > refresh * 1.1;
}

std::int64_t PlaybackCore::frame_us() const {
  const Rational rate = info.track.frame_rate;
  return rate.num > 0 ? std::max<std::int64_t>(1, kNsPerS / kNsPerUs * rate.den / rate.num) : kUnknownFrameUs;
}

std::int64_t PlaybackCore::lap_us() const { return std::clamp<std::int64_t>(info.duration_us, 1, kMostMediaUs); }

std::int64_t PlaybackCore::origin_us() const { return media::ticks_to_us(info.track.start, info.track.time_base); }

std::string_view PlaybackCore::told_note() const {
  const bool is_dry = seek || !ring.playhead() || is_buffering || pending_steps != 0;
  return is_dry || clock.now_ns() - lost_ns >= kUntoldLossNs ? std::string_view(note) : std::string_view();
}

std::int64_t PlaybackCore::position_us() const {
  if (seek) return seek->target_us;
  const RingFrame* frame = ring.shown();
  return frame != nullptr ? frame->media_us : shown_us;
}

bool PlaybackCore::is_at_end() const {
  if (!has_info || seek || !ring.playhead()) return false;
  return ring.next(direction) == nullptr && !resolve_edge(ring.edge(direction), info.segments, media.is_looping);
}

FetchView PlaybackCore::fetch_view() const {
  const double speed = std::max(1.0, media.rate.abs().to_double());
  const auto at_speed = [speed](std::int64_t us) { return static_cast<std::int64_t>(static_cast<double>(us) * speed); };
  FetchView view;
  view.segments = info.segments;
  view.is_looping = media.is_looping;
  view.direction = seek ? Direction::kForward : direction;
  view.edge = ring.edge(view.direction);
  view.is_edge_sought = seek && seek->is_placed && ring.empty();
  view.need = need();
  view.time_base = info.track.time_base;
  view.cursor = cursor;
  view.limits.ahead_us = at_speed(options.packets_ahead_us);
  view.limits.ahead_bytes = options.packet_bytes / 3;
  // A line that may turn out too slow for this rung is not filled with it.
  if (adaptation.is_ready()) view.limits.window_us = kAdaptiveWindowUs;
  view.limits.window_us = std::min(view.limits.ahead_us, at_speed(view.limits.window_us));
  return view;
}

void PlaybackCore::place_seek(std::uint32_t segment) {
  ++decode_epoch;
  ring.reset(0, segment, garbage);
  staged_frames = 0;
  store.forget_behind(segment, info.track.start + media::us_to_ticks(seek->target_us, info.track.time_base));
  seek->is_placed = true;
  must_show = false;
  is_clock_stale = true;
  decode_wake.notify_one();
  fetch_wake.notify_one();
}

void PlaybackCore::settle_seek(const PacketSegment& segment, bool is_segment_over) {
  if (!seek || !seek->is_placed) return;
  if (ring.empty()) {
    const bool is_all = !resolve_edge(ring.edge(Direction::kForward), info.segments, media.is_looping);
    if (is_segment_over && is_all) decode_error = Error{Errc::kMalformed, "No picture could be decoded at this place."};
    return;
  }
  const media::TrackInfo& track = info.track;
  const std::int64_t target = seek->target_us;
  const RingFrame& last = ring[ring.size() - 1];
  const bool is_beyond = last.media_us > target || last.lap > 0;
  const auto is_in_between = [&](const net::RunPacket& packet) {
    const bool is_shown = (packet.flags & net::kRecordDiscard) == 0 && packet.pts != net::kNoTimestamp;
    return is_shown && packet.pts > last.pts && media::ticks_to_us(packet.pts - track.start, track.time_base) <= target;
  };
  const auto is_last_before = [&] {
    return segment.is_finished && std::none_of(segment.packets.begin(), segment.packets.end(), is_in_between);
  };
  if (!is_beyond && !is_segment_over && !is_last_before()) {
    offer_preview(ring[0].frame);
    return;
  }
  // The newest frame that is not beyond the target; the first one where all are.
  std::size_t index = ring.size() - 1;
  while (index > 0 && (ring[index].media_us > target || ring[index].lap > 0)) --index;
  ring.set_playhead(index);
  seek_began_ns = seek->began_ns;
  seek.reset();
  show_playhead(ShowKind::kSought);
}

void PlaybackCore::offer_preview(const media::FramePtr& frame) {
  if (seek->preview) return;
  seek->preview = frame;
  seek->preview_us = bounded_us(media::ticks_to_us(frame->pts() - info.track.start, info.track.time_base));
  seek->preview_since_ns = clock.now_ns();
  feed_wake.notify_one();
}

void PlaybackCore::show_playhead(ShowKind kind) {
  must_show = true;
  show_kind = kind;
  is_clock_stale = true;
  ++changes;
  wake_all();
}

void PlaybackCore::drop_buffers() {
  ++decode_epoch;
  ring.reset(0, 0, garbage);
  staged_frames = 0;
  must_show = false;
  is_ended = false;
  decode_error.reset();
}

void PlaybackCore::retry() {
  stream_error.reset();
  decode_error.reset();
  if (!cursor.has_failed) return;
  cursor.has_failed = false;
  cursor.segment = kNoSegment;
}

void PlaybackCore::follow_thinning(bool was_thinned) {
  if (was_thinned == is_thinned()) return;
  is_rate_stale = true;
  if (!was_thinned) return;
  ++decode_epoch;
  ring.drop_thinned(garbage);
  if (store.arriving() != nullptr && store.arriving()->is_subset) {
    store.abandon_arriving();
    cursor.segment = kNoSegment;
  }
}

void PlaybackCore::wake_all() {
  ++changes;
  decode_wake.notify_one();
  feed_wake.notify_one();
  fetch_wake.notify_one();
  sound_wake.notify_one();
}

void PlaybackCore::wake_sound() {
  ++changes;
  fetch_wake.notify_one();
  sound_wake.notify_one();
}

}  // namespace zoe::player
