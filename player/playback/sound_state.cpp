#include "player/playback/sound_state.hpp"

#include <algorithm>
#include <utility>

#include "engine/audio/time_stretch.hpp"
#include "engine/media/languages.hpp"
#include "engine/media/track.hpp"

namespace zoe::player {
namespace {

// Opus is the slowest to come to itself: 80 ms (RFC 7845, section 4.6). MP3 reaches back for its bits up to nine
// frames.
constexpr std::int64_t kPrerollUs = 250'000;
constexpr int kMostUnready = 8;
constexpr std::int64_t kUnreadyNs = 250 * kNsPerMs;
constexpr std::int64_t kUnknownPacketUs = 20'000;

std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value / by - (value % by != 0 && (value < 0) != (by < 0) ? 1 : 0);
}

std::string store_key(const std::string& media, int track) { return media + '\n' + std::to_string(track); }

}  // namespace

std::optional<int> pick_sound(const std::vector<SoundTrack>& tracks, const std::string& wished_language) {
  const auto pick = [&](auto&& is_it) -> const SoundTrack* {
    const SoundTrack* best = nullptr;
    for (const SoundTrack& track : tracks)
      if (is_it(track) && (best == nullptr || (track.is_default && !best->is_default))) best = &track;
    return best;
  };
  const SoundTrack* best = nullptr;
  if (const std::string wished = media::language_code(wished_language); !wished.empty())
    best = pick([&](const SoundTrack& track) { return media::language_code(track.language) == wished; });
  if (best == nullptr) best = pick([](const SoundTrack&) { return true; });
  return best == nullptr ? std::nullopt : std::optional(best->track);
}

bool SoundState::is_audible(Rational rate) {
  const double speed = rate.abs().to_double();
  return speed <= audio::TimeStretch::kMost && speed >= 1 / audio::TimeStretch::kMost;
}

void SoundState::open() {
  forget_stream();
  is_asked = is_known = false;
  tracks.clear();
  track.reset();
  has_info = false;
  error.reset();
  store.select({});
  is_placed = is_requested = false;
  cue.is_set = false;
  unready_answers = 0;
  open_after_ns = 0;
}

void SoundState::on_tracks(Result<std::vector<SoundTrack>> result, const std::string& wished_language,
                           const std::string& media) {
  is_known = true;
  if (!result) return;
  tracks = std::move(*result);
  track = pick_sound(tracks, wished_language);
  if (track) store.select(store_key(media, *track));
}

void SoundState::choose(std::optional<int> wanted, const std::string& media) {
  const auto is_it = [&](const SoundTrack& each) { return each.track == wanted; };
  if (wanted && std::none_of(tracks.begin(), tracks.end(), is_it)) return;
  is_off = !wanted;
  if (!wanted || (wanted == track && !error)) return;
  forget_stream();
  track = wanted;
  has_info = false;
  error.reset();
  store.select(store_key(media, *track));
  is_placed = is_requested = false;
  placed_cue = ready_cue = 0;
}

std::int64_t SoundState::lap(std::int64_t lap_us) const { return cue.is_looping ? floor_div(cue.time_us, lap_us) : 0; }

std::int64_t SoundState::place_us(std::int64_t lap_us) const {
  const std::int64_t in_lap_us = cue.time_us - lap(lap_us) * lap_us;
  return std::clamp<std::int64_t>(direction() == Direction::kForward ? in_lap_us - kPrerollUs : in_lap_us, 0, lap_us);
}

void SoundState::place(std::uint32_t segment, std::int64_t lap_us) {
  edge = {lap(lap_us), segment, RingEdge::kWholeSegment};
  is_placed = true;
  is_requested = false;
  ++placings;
}

void SoundState::place_by_store(std::int64_t lap_us, std::int64_t origin_us) {
  placed_cue = cue.number;
  is_placed = is_requested = false;
  if (!has_info) return;
  const Rational time_base = info.track.time_base;
  const auto segment = store.segment_at(place_us(lap_us), time_base, media::us_to_ticks(origin_us, time_base));
  if (segment) place(*segment, lap_us);
}

bool SoundState::is_to_be_asked_again(const Error& its_error, std::int64_t now_ns) {
  if (its_error.code != Errc::kUnavailable && its_error.code != Errc::kCancelled) return false;
  if (++unready_answers > kMostUnready) return false;
  open_after_ns = now_ns + kUnreadyNs;
  return true;
}

void SoundState::forget_stream() {
  if (stream != 0) stale_stream = stream;
  ++stream_epoch;
  stream = 0;
  is_opening = false;
  cursor = {};
  store.abandon_arriving();
  is_requested = false;
}

void SoundState::on_opened(Result<StreamInfo> result, std::int64_t now_ns) {
  is_opening = false;
  if (!result) {
    is_requested = false;
    if (!is_to_be_asked_again(result.error(), now_ns)) error = std::move(result.error());
    return;
  }
  unready_answers = 0;
  const bool is_again = has_info && info.segments == result->segments && info.track.codec == result->track.codec &&
                        info.track.start == result->track.start && info.track.extradata == result->track.extradata;
  if (!is_again) {
    store.clear_selected();
    is_placed = false;
    ++info_epoch;
  }
  info = std::move(*result);
  stream = info.stream;
  serial = info.serial;
  has_info = true;
  cursor.is_open = true;
  cursor.is_settled = cursor.segment != kNoSegment && is_again;
  if (!is_again) cursor.segment = kNoSegment;
}

void SoundState::on_sought(std::uint32_t its_serial, const Result<SeekReply>& reply, std::int64_t lap_us,
                           std::int64_t now_ns) {
  if (its_serial != serial) return;
  if (!reply && is_to_be_asked_again(reply.error(), now_ns)) {
    store.suspend_arriving();
    forget_stream();
  } else if (!reply) {
    error = reply.error();
  } else if (!cursor.is_settled) {
    cursor.is_settled = true;
    cursor.segment = reply->segment;
    if (is_requested && !is_placed) place(reply->segment, lap_us);
  }
}

void SoundState::on_media(net::MediaRun&& run, std::int64_t lap_us, std::int64_t now_ns) {
  if (run.serial != serial || cursor.has_failed || run.segment >= info.segments) return;
  last_arrival_ns = now_ns;
  for (const net::RunPacket& packet : run.packets) {
    if ((packet.flags & net::kRecordDiscard) != 0) continue;
    const std::int64_t us =
        packet.duration != 0 ? media::ticks_to_us(packet.duration, info.track.time_base) : kUnknownPacketUs;
    cursor.received_us = bounded_us(cursor.received_us + bounded_us(us));
  }
  const std::uint32_t segment = run.segment;
  const std::uint16_t flags = run.flags;
  // One that does not fit is asked for again.
  const bool is_taken =
      (run.packets.empty() && (flags & net::kRunSegmentEnd) == 0) || store.add(std::move(run)).has_value();
  if (!cursor.is_settled) {
    cursor.is_settled = true;
    if (is_requested && !is_placed) place(segment, lap_us);
  }
  cursor.segment = is_taken ? segment : kNoSegment;
  if (is_taken && (flags & net::kRunSegmentEnd) != 0) {
    const RingEdge next{0, static_cast<std::int64_t>(segment) + static_cast<int>(cursor.direction),
                        RingEdge::kWholeSegment};
    const auto after = resolve_edge(next, info.segments, cue.is_looping);
    cursor.segment = after ? after->segment : kNoSegment;
  }
  if ((flags & net::kRunEnd) != 0) cursor.has_ended = true;
}

void SoundState::on_failed(std::uint32_t its_serial, Error its_error) {
  if (its_serial != serial) return;
  store.abandon_arriving();
  cursor.has_failed = true;
  error = std::move(its_error);
}

void SoundState::on_link_ready() {
  open_after_ns = 0;
  unready_answers = 0;
  stale_stream = 0;
  error.reset();
  if (!is_known) is_asked = false;
}

void SoundState::on_link_lost() {
  store.suspend_arriving();
  forget_stream();
  stale_stream = 0;
}

FetchView SoundState::fetch_view(std::int64_t ahead_us) const {
  FetchView view;
  view.segments = info.segments;
  view.is_looping = cue.is_looping;
  view.direction = direction();
  view.edge = edge;
  view.time_base = info.track.time_base;
  view.cursor = cursor;
  const double speed = std::max(1.0, cue.rate.abs().to_double());
  const auto at_speed = [speed](std::int64_t us) { return static_cast<std::int64_t>(static_cast<double>(us) * speed); };
  view.limits.ahead_us = at_speed(ahead_us);
  view.limits.ahead_bytes = kStoreBytes / 3;
  view.limits.window_us = std::min(view.limits.ahead_us, at_speed(view.limits.window_us));
  return view;
}

}  // namespace zoe::player
