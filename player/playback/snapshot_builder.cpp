#include "player/playback/snapshot_builder.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace zoe::player {

void SnapshotBuilder::note_shown(ShownFrame frame, std::int64_t now_ns) {
  if (shown_ == 0) {
    first_shown_ns_ = now_ns;
  } else {
    const std::int64_t before_ns = recent_ns_[(shown_ - 1) % recent_.size()];
    frame.interval_ms = static_cast<float>(now_ns - before_ns) / static_cast<float>(kNsPerMs);
  }
  recent_[shown_ % recent_.size()] = frame;
  recent_ns_[shown_ % recent_.size()] = now_ns;
  ++shown_;
}

void SnapshotBuilder::note_seek(std::int64_t took_ns) {
  seeks_ms_[seeks_++ % seeks_ms_.size()] = static_cast<float>(took_ns) / static_cast<float>(kNsPerMs);
}

bool SnapshotBuilder::beat(const StreamLink::Traffic& traffic, std::int64_t now_ns) {
  // A beat that came late is spread over the tenths that it covers.
  const std::int64_t passed_ns = now_ns - beat_ns_;
  const auto tenths = beat_ns_ == 0 ? 1 : std::clamp<std::int64_t>(passed_ns / (100 * kNsPerMs), 1, 120);
  const auto bytes = static_cast<float>(traffic.received_bytes - traffic_.received_bytes);
  std::rotate(throughput_.begin(), throughput_.begin() + tenths, throughput_.end());
  std::fill(throughput_.end() - tenths, throughput_.end(), bytes / static_cast<float>(tenths));
  const bool was_quiet = std::all_of(throughput_.begin(), throughput_.end(), [](float value) { return value == 0; });
  traffic_ = traffic;
  beat_ns_ = now_ns;
  return !was_quiet;
}

// Whether the decoder has something to go on with: then a stream that has failed is not felt yet.
bool SnapshotBuilder::has_more_to_decode(const PlaybackCore& core) {
  if (!core.has_info || (core.seek && !core.seek->is_placed)) return false;
  const RingEdge edge = core.ring.edge(core.seek ? Direction::kForward : core.direction);
  const auto place = resolve_edge(edge, core.info.segments, core.media.is_looping);
  return place && core.store.holds(place->segment, core.need());
}

const Error* SnapshotBuilder::error_of(const PlaybackCore& core) {
  if (core.decode_error) return &*core.decode_error;
  if (!core.stream_error || has_more_to_decode(core)) return nullptr;
  const bool is_starved = !core.has_info || core.seek || core.is_buffering || core.pending_steps != 0;
  return is_starved ? &*core.stream_error : nullptr;
}

PlayState SnapshotBuilder::state_of(const PlaybackCore& core) {
  if (!core.has_media) return PlayState::kIdle;
  if (error_of(core) != nullptr) return PlayState::kFailed;
  if (!core.has_info) return PlayState::kOpening;
  if (core.seek || core.must_show || core.pending_steps != 0) return PlayState::kBuffering;
  if (core.is_ended) return PlayState::kEnded;
  if (core.media.is_paused) return PlayState::kPaused;
  return core.is_buffering ? PlayState::kBuffering : PlayState::kPlaying;
}

bool SnapshotBuilder::is_settled(const PlaybackCore& core, bool is_all_presented) {
  if (core.following && !core.following->is_at_rest(core.clock.now_ns())) return false;
  return is_all_presented && !core.seek && !core.must_show && core.pending_steps == 0;
}

bool SnapshotBuilder::is_room_changed(const PlaybackCore& core) const {
  if (!core.following) return built_room_.is_following;
  return !built_room_.is_following || core.following->prepared != built_room_.prepared ||
         core.following->is_buffering != built_room_.is_buffering;
}

bool SnapshotBuilder::state_differs(const PlaybackCore& core, bool is_all_presented) const {
  const bool is_still = core.media.is_paused || core.is_ended;
  return state_of(core) != built_state_ || core.seek.has_value() != built_seeking_ || core.told_note() != built_note_ ||
         core.commands != built_commands_ || is_room_changed(core) ||
         (is_still && is_settled(core, is_all_presented) != built_settled_);
}

void SnapshotBuilder::build(const PlaybackCore& core, bool is_all_presented, PlaybackSnapshot& out) {
  out.revision = ++revision_;
  out.commands = built_commands_ = core.commands;
  out.state = built_state_ = state_of(core);
  out.is_settled = built_settled_ = is_settled(core, is_all_presented);
  out.is_seeking = built_seeking_ = core.seek.has_value();
  built_note_ = core.told_note();
  const Error* error = error_of(core);
  out.error = error != nullptr ? error->message : built_note_;
  put_media(core, out);
  put_packets(core, out);
  put_ring(core, out);
  put_network(core, out);
  put_sound(core, out);
  put_recent(core, out);
  put_start(core, out);
  out.counters = core.counters;
  built_room_ = {};
  if (core.following)
    built_room_ = {true, core.following->prepared, core.following->is_buffering, core.following->skew_us};
  out.room = built_room_;
}

void SnapshotBuilder::put_media(const PlaybackCore& core, PlaybackSnapshot& out) const {
  out.media = core.media.media;
  out.title = core.media.title;
  out.rendition = core.media.rendition;
  out.adaptive = {};
  if (core.adaptation.is_ready())
    out.adaptive = {.rendition = core.adaptation.rendition(),
                    .rung = static_cast<std::uint32_t>(core.adaptation.rung()),
                    .rungs = static_cast<std::uint32_t>(core.adaptation.rungs()),
                    .line_bits_per_s = core.adaptation.line_bits_per_s(),
                    .changes = core.adaptation.changes()};
  out.track = core.info.track;
  out.track.extradata.clear();
  out.segments = core.info.segments;
  out.duration_us = core.info.duration_us;
  out.frame_us = core.frame_us();
  const RingFrame* shown = core.ring.shown();
  out.position_us = core.shown_us;
  out.position_segment = shown != nullptr ? shown->segment : 0;
  out.position_ordinal = shown != nullptr ? shown->ordinal : 0;
  out.rate = core.media.rate;
  out.is_looping = core.media.is_looping;
  out.is_paused = core.media.is_paused;
  out.seek_target_us = core.seek ? core.seek->target_us : core.shown_us;
}

void SnapshotBuilder::put_packets(const PlaybackCore& core, PlaybackSnapshot& out) const {
  PlaybackSnapshot::Packets& packets = out.packets;
  const std::int64_t start = core.info.track.start;
  const Rational time_base = core.info.track.time_base;
  packets.bytes = core.store.bytes();
  packets.budget_bytes = core.store.most_bytes();
  packets.ahead_us = core.packets_ahead_us;
  packets.segments.clear();
  packets.held.clear();
  if (!core.has_info) return;
  const auto to_us = [&](std::int64_t pts) { return media::ticks_to_us(pts - start, time_base); };
  const std::int64_t joint_us = core.frame_us() * 2;  // a gap below that is none
  core.store.visit([&](const PacketSegment& segment) {
    StoredSegment stored{.segment = segment.index,
                         .packets = static_cast<std::uint32_t>(segment.packets.size()),
                         .bytes = segment.bytes,
                         .is_complete = segment.is_whole()};
    if (segment.first_pts != media::kNoTimestamp) stored.span = {to_us(segment.first_pts), to_us(segment.end_pts)};
    packets.segments.push_back(stored);
    const bool is_joined = !packets.held.empty() && stored.span.from_us - packets.held.back().to_us < joint_us;
    if (is_joined) {
      packets.held.back().to_us = std::max(packets.held.back().to_us, stored.span.to_us);
    } else {
      packets.held.push_back(stored.span);
    }
  });
}

void SnapshotBuilder::put_ring(const PlaybackCore& core, PlaybackSnapshot& out) const {
  PlaybackSnapshot::Ring& ring = out.ring;
  ring.capacity = static_cast<std::uint32_t>(core.ring.most_frames());
  ring.bytes = core.ring.bytes();
  ring.budget_bytes = core.ring.most_bytes();
  ring.places.clear();
  for (std::size_t i = 0; i < core.ring.size(); ++i) {
    const RingFrame& frame = core.ring[i];
    ring.places.push_back({frame.media_us, frame.segment, frame.is_key});
  }
  ring.playhead = core.ring.playhead() ? static_cast<int>(*core.ring.playhead()) : -1;
  ring.ahead = static_cast<std::uint32_t>(core.ring.ahead(core.direction));
  ring.behind = static_cast<std::uint32_t>(core.ring.ahead(opposite(core.direction)));
  ring.staged = static_cast<std::uint32_t>(core.staged_frames);
  ring.held = {};
  if (core.ring.empty()) return;
  const RingFrame& last = core.ring[core.ring.size() - 1];
  ring.held = {core.ring[0].media_us, last.media_us + last.duration_us};
}

void SnapshotBuilder::put_network(const PlaybackCore& core, PlaybackSnapshot& out) const {
  PlaybackSnapshot::Network& network = out.network;
  network.is_connected = core.is_link_ready;
  network.serial = core.serial;
  network.granted_us = core.cursor.granted_us;
  network.received_us = core.cursor.received_us;
  network.received_bytes = traffic_.received_bytes;
  network.bytes_per_second = std::accumulate(throughput_.end() - 10, throughput_.end(), 0.0);
  network.round_trip_us = traffic_.round_trip_ns / kNsPerUs;
  network.reconnects = core.reconnects;
  out.throughput = throughput_;
}

void SnapshotBuilder::put_sound(const PlaybackCore& core, PlaybackSnapshot& out) const {
  const SoundState& sound = core.sound;
  PlaybackSnapshot::Sound& put = out.sound;
  put.tracks = sound.tracks;
  put.track = sound.track;
  put.is_off = sound.is_off;
  put.volume = sound.volume;
  put.is_muted = sound.is_muted;
  put.has_device = sound.figures.has_device;
  put.is_heard = sound.figures.is_heard;
  put.error = sound.error ? sound.error->message : std::string();
  put.bytes = sound.store.bytes();
  put.buffered_us = sound.figures.buffered_us;
  put.latency_us = sound.figures.latency_ns / kNsPerUs;
  put.lateness_us = sound.figures.lateness_ns / kNsPerUs;
  put.device_speed = sound.figures.device_speed;
  put.underruns = sound.figures.underruns;
  put.alignments = sound.figures.alignments;
}

void SnapshotBuilder::put_recent(const PlaybackCore& core, PlaybackSnapshot& out) const {
  const std::size_t kept = std::min(shown_, recent_.size());
  const std::int64_t now = core.clock.now_ns();
  int in_last_second = 0;
  out.recent.clear();
  for (std::size_t i = shown_ - kept; i < shown_; ++i) {
    out.recent.push_back(recent_[i % recent_.size()]);
    if (now - recent_ns_[i % recent_.size()] <= kNsPerS) ++in_last_second;
  }
  out.shown_fps = in_last_second;
  out.decode_fps = core.decode_ns_per_frame > 0 ? 1e9 / core.decode_ns_per_frame : 0;
  out.seek_ms.clear();
  for (std::size_t i = seeks_ - std::min(seeks_, seeks_ms_.size()); i < seeks_; ++i) {
    out.seek_ms.push_back(seeks_ms_[i % seeks_ms_.size()]);
  }
  out.last_seek_ms = out.seek_ms.empty() ? -1 : std::llround(out.seek_ms.back());
}

void SnapshotBuilder::put_start(const PlaybackCore& core, PlaybackSnapshot& out) const {
  const auto since_start = [start_ns = core.options.program_start_ns](std::int64_t ns) -> std::int64_t {
    return ns == 0 || start_ns == 0 ? -1 : (ns - start_ns) / kNsPerMs;
  };
  out.start = {.link_ready_ms = since_start(core.first.link_ready_ns),
               .opened_ms = since_start(core.first.opened_ns),
               .first_packet_ms = since_start(core.first.packet_ns),
               .first_decoded_ms = since_start(core.first.decoded_ns)};
  out.start_to_first_frame_ms = since_start(first_shown_ns_);
}

}  // namespace zoe::player
