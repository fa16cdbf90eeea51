// What comes from the server, on the connection's thread.
#include <fmt/core.h>

#include <algorithm>

#include "engine/media/track.hpp"
#include "player/playback/playback_core.hpp"

namespace zoe::player {
namespace {

bool is_same_content(const StreamInfo& a, const StreamInfo& b) {
  return a.segments == b.segments && a.duration_us == b.duration_us && a.track.codec == b.track.codec &&
         a.track.width == b.track.width && a.track.height == b.track.height && a.track.time_base == b.track.time_base &&
         a.track.start == b.track.start && a.track.extradata == b.track.extradata;
}

// Another rung of one ladder: cut alike, each picture at the same time.
bool is_other_rung(const StreamInfo& a, const StreamInfo& b) {
  return a.segments == b.segments && a.duration_us == b.duration_us && a.track.time_base == b.track.time_base &&
         a.track.start == b.track.start;
}

// Rough, until the first frame tells: 4:2:0 in 8 or 16 bits a sample.
std::size_t guess_frame_bytes(const media::TrackInfo& track) {
  const std::size_t pixels = static_cast<std::size_t>(track.width) * static_cast<std::size_t>(track.height);
  return pixels * 3 / 2 * (track.bit_depth > 8 ? 2 : 1) + 1;
}

// A plugin that is being replaced, or a connection that ends and has not said so yet.
constexpr int kMostUnready = 8;
constexpr std::int64_t kUnreadyNs = 250 * kNsPerMs;

}  // namespace

bool PlaybackCore::is_to_be_asked_again(const Error& error) {
  if (error.code != Errc::kUnavailable && error.code != Errc::kCancelled) return false;
  if (++unready_answers > kMostUnready) return false;
  open_after_ns = clock.now_ns() + kUnreadyNs;
  return true;
}

void PlaybackCore::forget_stream() {
  if (stream != 0) stale_stream = stream;
  ++stream_epoch;
  stream = 0;
  is_opening = false;
  cursor = {};
  adaptation.on_idle();
  store.abandon_arriving();
  if (seek) seek->is_requested = false;
}

void PlaybackCore::on_opened(Result<StreamInfo> result) {
  is_opening = false;
  const bool was_by_segment = cursor.segment != kNoSegment;
  if (!result) {
    const Errc code = result.error().code;
    if (seek) seek->is_requested = false;
    if (was_by_segment && (code == Errc::kInvalidArgument || code == Errc::kNotFound)) {
      is_segment_refused = true;
    } else if (!is_to_be_asked_again(result.error())) {
      stream_error = std::move(result.error());
    }
    wake_all();
    return;
  }
  unready_answers = 0;
  is_segment_refused = false;
  const bool is_again =
      has_info && (is_same_content(info, *result) || (adaptation.is_ready() && is_other_rung(info, *result)));
  const bool is_other = has_info && !is_again;
  if (is_other) {
    // The file behind the media has changed: nothing that is held belongs to it.
    const std::int64_t position = position_us();
    drop_buffers();
    store.clear_selected();
    sound.open();
    seek = PendingSeek{.target_us = position, .began_ns = clock.now_ns()};
    is_buffering = true;
  }
  info = std::move(*result);
  shared_track = std::make_shared<const media::TrackInfo>(info.track);
  store.set_track(shared_track);
  stream = info.stream;
  serial = info.serial;
  has_info = true;
  if (first.opened_ns == 0) first.opened_ns = clock.now_ns();
  note.clear();
  cursor.is_open = true;
  // Where it was opened by position, the first run tells where the stream stands. The place that is sought in other
  // content is asked for anew.
  cursor.is_settled = was_by_segment || is_other;
  if (is_other) cursor.segment = kNoSegment;
  if (!is_again) {
    ++decoder_epoch;
    frame_bytes = guess_frame_bytes(info.track);
    if (seek) seek->target_us = std::min(seek->target_us, lap_us() - 1);
  }
  wake_all();
}

void PlaybackCore::on_sought(std::uint32_t its_serial, const Result<SeekReply>& reply) {
  if (its_serial != serial) return;
  if (!reply && is_to_be_asked_again(reply.error())) {
    store.suspend_arriving();
    forget_stream();
  } else if (!reply) {
    stream_error = reply.error();
    cursor.has_failed = true;
    cursor.is_settled = true;
  } else if (!cursor.is_settled) {
    cursor.is_settled = true;
    cursor.segment = reply->segment;
    if (seek && seek->is_requested && !seek->is_placed) place_seek(reply->segment);
  }
  wake_all();
}

void PlaybackCore::on_media(net::MediaRun&& run) {
  if (run.stream != 0 && run.stream == sound.stream) {
    sound.on_media(std::move(run), lap_us(), clock.now_ns());
    return wake_sound();
  }
  if (run.stream != stream || run.serial != serial || stream == 0 || cursor.has_failed) {
    counters.stale += run.packets.size();
    return;
  }
  last_arrival_ns = clock.now_ns();
  if (first.packet_ns == 0) first.packet_ns = last_arrival_ns;
  counters.received_packets += run.packets.size();
  for (const net::RunPacket& packet : run.packets) {
    if ((packet.flags & net::kRecordDiscard) != 0) continue;
    const bool is_told = packet.duration != 0;
    const std::int64_t us = is_told ? media::ticks_to_us(packet.duration, info.track.time_base) : frame_us();
    cursor.received_us = bounded_us(cursor.received_us + bounded_us(us));
  }
  const std::uint32_t segment = run.segment;
  const std::uint16_t flags = run.flags;
  const bool is_more_to_come = cursor.received_us < cursor.granted_us && (flags & net::kRunEnd) == 0;
  adaptation.on_received(run.body ? run.body->size() : 0, is_more_to_come, last_arrival_ns);
  if (segment >= info.segments) {
    counters.stale += run.packets.size();
    return;
  }
  if (!run.packets.empty() || (flags & net::kRunSegmentEnd) != 0) {
    if (const Status added = store.add(std::move(run)); !added) {
      log.warning("player", "{}", added.error().message);
      cursor.segment = kNoSegment;  // ask for it again
    }
  }
  if (!cursor.is_settled) {
    cursor.is_settled = true;
    if (seek && seek->is_requested && !seek->is_placed) place_seek(segment);
  }
  cursor.segment = segment;
  if ((flags & net::kRunSegmentEnd) != 0) {
    if (const PacketSegment* whole = store.peek(segment); whole != nullptr && whole->is_whole())
      adaptation.on_segment(whole->bytes, media::ticks_to_us(whole->duration_ticks, info.track.time_base));
    const RingEdge next{0, static_cast<std::int64_t>(segment) + static_cast<int>(cursor.direction),
                        RingEdge::kWholeSegment};
    const auto place = resolve_edge(next, info.segments, media.is_looping);
    cursor.segment = place ? place->segment : kNoSegment;
  }
  if ((flags & net::kRunEnd) != 0) cursor.has_ended = true;
  ++changes;
  decode_wake.notify_one();
  fetch_wake.notify_one();
}

void PlaybackCore::on_stream_failed(std::uint32_t its_stream, std::uint32_t its_serial, Error error) {
  if (its_stream == sound.stream && sound.stream != 0) {
    log.warning("player", "the sound: {}", error.message);
    sound.on_failed(its_serial, std::move(error));
    return wake_all();
  }
  if (its_stream != stream || its_serial != serial) return;
  store.abandon_arriving();
  cursor.has_failed = true;
  cursor.is_settled = true;
  stream_error = std::move(error);
  wake_all();
}

void PlaybackCore::on_renditions(Result<std::vector<RenditionOffer>> offers) {
  if (!offers && is_to_be_asked_again(offers.error())) {
    adaptation.on_unanswered();
  } else if (!offers) {
    stream_error = std::move(offers.error());
  } else if (!adaptation.on_ladder(*offers)) {
    log.warning("player", "\"{}\" has no such ladder: it is played as it is", media.title);
    set_rendition("copy");
  }
  wake_all();
}

bool PlaybackCore::change_rung() {
  if (!adaptation.is_ready() || seek || !has_info) return false;
  const double speed = media.rate.abs().to_double();
  const auto ring_us = static_cast<std::int64_t>(ring.ahead(direction)) * frame_us();
  Adaptation::Moment moment{.speed = speed, .arriving = store.arriving()};
  moment.buffer_us = static_cast<std::int64_t>(static_cast<double>(ring_us + packets_ahead_us) / std::max(speed, 0.01));
  if (moment.arriving != nullptr)
    moment.arrived_us = bounded_us(media::ticks_to_us(moment.arriving->duration_ticks, info.track.time_base));
  if (!adaptation.choose(moment)) return false;
  log.info("player", "from here on {}: {} kbit/s on the line, {} ms ahead", adaptation.rendition(),
           adaptation.line_bits_per_s() / 1000, moment.buffer_us / 1000);
  forget_stream();
  return true;
}

void PlaybackCore::on_sounds(Result<std::vector<SoundTrack>> tracks) {
  if (!tracks) log.warning("player", "the tracks of sound: {}", tracks.error().message);
  sound.on_tracks(std::move(tracks), media.sound_language, media.media);
  wake_all();
}

void PlaybackCore::on_link_ready() {
  if (has_info) ++reconnects;
  is_link_ready = true;
  open_after_ns = 0;
  unready_answers = 0;
  if (first.link_ready_ns == 0) first.link_ready_ns = clock.now_ns();
  stale_stream = 0;
  stream_error.reset();  // of the connection that went
  sound.on_link_ready();
  wake_all();
}

void PlaybackCore::on_link_lost(const Error& error) {
  is_link_ready = false;
  adaptation.on_unanswered();
  store.suspend_arriving();
  forget_stream();
  stale_stream = 0;
  sound.on_link_lost();
  if (note.empty()) lost_ns = clock.now_ns();
  if (has_media) note = fmt::format("Connection lost, playing from the buffer ({})", error.message);
  wake_all();
}

}  // namespace zoe::player
