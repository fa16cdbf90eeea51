#include "engine/media/track_index_builder.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "engine/media/ffmpeg.hpp"
#include "engine/media/packet_source.hpp"
#include "engine/media/parameter_sets.hpp"
#include "engine/media/stream_info.hpp"

namespace zoe::media {
namespace {

constexpr std::int64_t kLeastSegmentUs = 500'000;
constexpr std::int64_t kLeastSoundUs = 2'000'000;
// A step of the clock beyond these is no pause but another clock: it is taken out.
constexpr std::int64_t kBackwardJumpUs = 1'000'000;
constexpr std::int64_t kForwardJumpUs = 10'000'000;
constexpr std::int64_t kMostTicks = std::int64_t{1} << 59;
// Encoders count the pictures of a gradual refresh loosely: x264 leaves out B-frames that others refer to, although
// they count, and is through a picture later than it says.
constexpr std::uint32_t kRecoveryMargin = 2;
constexpr std::uint32_t kProgressEvery = 512;  // packets

std::int64_t believed(std::int64_t time) { return time > -kMostTicks && time < kMostTicks ? time : kNoTimestamp; }

std::uint32_t as_duration(std::int64_t ticks) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(ticks, 0, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

Result<TrackIndexPtr> TrackIndex::build(const std::string& path, const TrackInfo& track, const BuildOptions& options) {
  return TrackIndexBuilder(track, options).build(path);
}

TrackIndexBuilder::TrackIndexBuilder(const TrackInfo& track, const TrackIndex::BuildOptions& options)
    : track_(track), options_(options), index_(new TrackIndex), header_(track.extradata) {
  index_->time_base_ = track.time_base;
  if (track.frame_rate.num > 0 && track.frame_rate.den > 0)
    usual_duration_ = std::max<std::int64_t>(
        1, us_to_ticks(std::int64_t{1'000'000} * track.frame_rate.den / track.frame_rate.num, track.time_base));
}

Result<TrackIndexPtr> TrackIndexBuilder::build(const std::string& path) {
  ZOE_TRY(const std::unique_ptr<PacketSource> source,
          PacketSource::open(path, track_, PacketSource::Purpose::kExamine, options_.stop));
  may_jump_ = source->may_jump();
  ZOE_CHECK(read_packets(*source));
  drop_before_first_key();
  if (packets().empty()) return fail(Errc::kMalformed, path + ": the track is empty");
  settle_dts();
  settle_pts();
  settle_start();
  const auto named = [&](Error error) { return fail(std::move(error).with(path)); };
  settle_durations();
  if (auto status = index_->arrange_frames(); !status) return named(std::move(status).error());
  if (auto status = index_->arrange(cut()); !status) return named(std::move(status).error());
  packets().shrink_to_fit();
  return TrackIndexPtr(std::move(index_));
}

bool TrackIndexBuilder::is_shown(std::uint32_t packet) const {
  return (packets()[packet].flags & (kPacketDiscard | kIndexHidden | kIndexDropped)) == 0;
}

// ---- reading

Status TrackIndexBuilder::read_packets(PacketSource& source) {
  ZOE_TRY(const AvPtr<AVCodecParameters> parameters, parameters_of(track_));
  ZOE_TRY(const std::unique_ptr<PacketInspector> inspector, PacketInspector::create(*parameters));
  const AvPtr<AVPacket> packet = new_av_packet();
  for (;;) {
    const auto is_read = source.read(*packet);
    if (!is_read) {
      // What was read of a damaged file is still worth showing.
      if (is_read.error().code == Errc::kIo && !packets().empty()) return {};
      return fail(is_read.error());
    }
    if (!*is_read) return {};
    if (packets().size() >= options_.most_packets)
      return fail(Errc::kTooLarge, "a track of more than " + std::to_string(options_.most_packets) + " packets");
    const bool is_key = (packet->flags & AV_PKT_FLAG_KEY) != 0;
    follow_header(*packet);
    add(*packet, inspector->inspect({packet->data, static_cast<std::size_t>(packet->size)}, is_key));
    if (options_.progress && packets().size() % kProgressEvery == 0) options_.progress(source.demuxer().progress());
  }
}

void TrackIndexBuilder::add(const AVPacket& packet, const PacketFacts& facts) {
  const bool is_key = facts.is_key.value_or((packet.flags & AV_PKT_FLAG_KEY) != 0);
  std::int64_t pts = believed(packet.pts);
  std::int64_t dts = believed(packet.dts);
  if (is_key) {
    keys_.push_back({.packet = static_cast<std::uint32_t>(packets().size()),
                     .recovery_references = facts.recovery_references,
                     .references_before = references_,
                     .seek_time = dts != kNoTimestamp   ? dts
                                  : pts != kNoTimestamp ? pts
                                                        : 0,
                     .seek_position = packet.pos});
  }
  follow_jump(pts, dts, packet.duration);
  IndexedPacket indexed{.pts = pts,
                        .dts = dts,
                        .size_bytes = static_cast<std::uint32_t>(packet.size),
                        .checksum = packet_checksum(packet),
                        .duration = as_duration(packet.duration)};
  if (is_key) indexed.flags |= kPacketKey;
  if ((packet.flags & AV_PKT_FLAG_DISCARD) != 0) indexed.flags |= kPacketDiscard;
  if ((packet.flags & AV_PKT_FLAG_CORRUPT) != 0) indexed.flags |= kPacketCorrupt;
  if (facts.is_hidden) indexed.flags |= kIndexHidden;
  packets().push_back(indexed);
  notes_.push_back(
      {.order = facts.order.value_or(0),
       .type = facts.type,
       .has_order = facts.order.has_value(),
       .starts_order = facts.starts_order,
       .is_leading_closed = facts.is_leading_closed,
       .is_reference = facts.is_reference && !facts.is_hidden && facts.type != PictureType::kBidirectional});
  if (notes_.back().is_reference) ++references_;
}

void TrackIndexBuilder::follow_header(const AVPacket& packet) {
  std::size_t size = 0;
  const std::uint8_t* data = av_packet_get_side_data(&packet, AV_PKT_DATA_NEW_EXTRADATA, &size);
  const Bytes header(data, data ? size : 0);
  if (header.empty() || std::equal(header.begin(), header.end(), header_.begin(), header_.end())) return;
  std::vector<TrackIndex::Header>& headers = index_->headers_;
  if (headers.empty()) headers.push_back({0, parameter_sets_of(track_.codec, header_)});
  header_.assign(header.begin(), header.end());
  std::vector<std::uint8_t> sets = parameter_sets_of(track_.codec, header_);
  const auto ordinal = static_cast<std::uint32_t>(packets().size());
  if (headers.back().first_packet == ordinal) {
    headers.back().parameter_sets = std::move(sets);
  } else {
    headers.push_back({ordinal, std::move(sets)});
  }
}

// Recordings that were joined, or cut out of a broadcast, change their clock on the way. Such a step is taken out, so
// that time goes on evenly.
void TrackIndexBuilder::follow_jump(std::int64_t& pts, std::int64_t& dts, std::int64_t duration) {
  if (pts != kNoTimestamp) pts += offset_;
  if (dts != kNoTimestamp) dts += offset_;
  const std::int64_t time = dts != kNoTimestamp ? dts : pts;
  if (time == kNoTimestamp) return;
  if (has_last_) {
    const std::int64_t step_us = ticks_to_us(time - last_time_, track_.time_base);
    if (step_us < -kBackwardJumpUs || (may_jump_ && step_us > kForwardJumpUs)) {
      const std::int64_t correction = last_time_ + last_duration_ - time;
      offset_ += correction;
      if (pts != kNoTimestamp) pts += correction;
      if (dts != kNoTimestamp) dts += correction;
    }
  }
  has_last_ = true;
  last_time_ = dts != kNoTimestamp ? dts : pts;
  last_duration_ = duration > 0 ? duration : usual_duration_;
}

void TrackIndexBuilder::drop_before_first_key() {
  if (packets().empty()) return;
  if (keys_.empty()) {
    packets().front().flags |= kPacketKey;
    keys_.push_back({.packet = 0, .seek_time = std::max<std::int64_t>(packets().front().dts, 0)});
    return;
  }
  const std::uint32_t first = keys_.front().packet;
  if (first == 0) return;
  packets().erase(packets().begin(), packets().begin() + first);
  notes_.erase(notes_.begin(), notes_.begin() + first);
  for (Key& key : keys_) key.packet -= first;
  std::vector<TrackIndex::Header>& headers = index_->headers_;
  while (headers.size() > 1 && headers[1].first_packet <= first) headers.erase(headers.begin());
  for (TrackIndex::Header& header : headers) header.first_packet -= std::min(header.first_packet, first);
}

// ---- times

void TrackIndexBuilder::settle_dts() {
  std::int64_t next = packets().front().pts != kNoTimestamp ? packets().front().pts : track_.start;
  for (IndexedPacket& packet : packets()) {
    if (packet.dts == kNoTimestamp) packet.dts = next;
    next = packet.dts + (packet.duration > 0 ? std::int64_t{packet.duration} : usual_duration_);
  }
}

void TrackIndexBuilder::settle_pts() {
  bool is_any_unknown = false;
  for (IndexedPacket& packet : packets()) {
    const bool is_hidden = (packet.flags & kIndexHidden) != 0;
    if (packet.pts != kNoTimestamp) continue;
    if (is_hidden) packet.pts = packet.dts;
    if (!is_hidden) is_any_unknown = true;
  }
  if (is_any_unknown) {
    // The pictures, in the order in which they are shown, get the decoding times in rising order.
    const std::vector<std::uint32_t> shown = display_order();
    std::vector<std::int64_t> times;
    times.reserve(shown.size());
    for (const std::uint32_t i : shown) times.push_back(packets()[i].dts);
    std::sort(times.begin(), times.end());
    const std::int64_t known = packets().front().pts;
    const auto first = std::find(shown.begin(), shown.end(), 0U);
    const std::int64_t shift = known == kNoTimestamp || first == shown.end()
                                   ? 0
                                   : known - times[static_cast<std::size_t>(first - shown.begin())];
    for (std::size_t i = 0; i < shown.size(); ++i) packets()[shown[i]].pts = times[i] + shift;
  }
  make_pts_rise();
}

std::vector<std::uint32_t> TrackIndexBuilder::display_order() const {
  std::vector<std::uint32_t> decoded;
  bool has_order = true;
  bool has_bidirectional = false;
  for (std::uint32_t i = 0; i < packets().size(); ++i) {
    if ((packets()[i].flags & kIndexHidden) != 0) continue;
    decoded.push_back(i);
    has_order = has_order && notes_[i].has_order;
    has_bidirectional = has_bidirectional || notes_[i].type == PictureType::kBidirectional;
  }
  if (has_order) return sorted_by_order(decoded);
  return has_bidirectional ? sorted_by_type(decoded) : decoded;
}

std::vector<std::uint32_t> TrackIndexBuilder::sorted_by_order(const std::vector<std::uint32_t>& decoded) const {
  std::vector<std::uint32_t> sorted = decoded;
  auto begin = sorted.begin();
  while (begin != sorted.end()) {
    const auto end = std::find_if(begin + 1, sorted.end(), [&](std::uint32_t i) { return notes_[i].starts_order; });
    std::stable_sort(begin, end, [&](std::uint32_t a, std::uint32_t b) { return notes_[a].order < notes_[b].order; });
    begin = end;
  }
  return sorted;
}

// The order of MPEG-1 to MPEG-4 Part 2 and VC-1: a picture that others refer to is shown when the next such one
// arrives.
std::vector<std::uint32_t> TrackIndexBuilder::sorted_by_type(const std::vector<std::uint32_t>& decoded) const {
  std::vector<std::uint32_t> sorted;
  sorted.reserve(decoded.size());
  bool is_held = false;
  std::uint32_t held = 0;
  for (const std::uint32_t i : decoded) {
    if (notes_[i].type == PictureType::kBidirectional) {
      sorted.push_back(i);
      continue;
    }
    if (is_held) sorted.push_back(held);
    held = i;
    is_held = true;
  }
  if (is_held) sorted.push_back(held);
  return sorted;
}

void TrackIndexBuilder::make_pts_rise() {
  std::vector<std::uint32_t> sorted;
  bool is_rising = true;
  std::int64_t last = kNoTimestamp;
  for (std::uint32_t i = 0; i < packets().size(); ++i)
    if ((packets()[i].flags & kIndexHidden) == 0) sorted.push_back(i);
  const auto rank = [&](std::uint32_t i) {
    // Of two at the same time, the one that is shown keeps it.
    return std::pair(packets()[i].pts, (packets()[i].flags & kPacketDiscard) != 0);
  };
  std::stable_sort(sorted.begin(), sorted.end(), [&](std::uint32_t a, std::uint32_t b) { return rank(a) < rank(b); });
  for (const std::uint32_t i : sorted) {
    is_rising = is_rising && packets()[i].pts > last;
    last = packets()[i].pts;
  }
  if (is_rising) return;
  last = kNoTimestamp;
  for (const std::uint32_t i : sorted) {
    if (last != kNoTimestamp) packets()[i].pts = std::max(packets()[i].pts, last + 1);
    last = packets()[i].pts;
  }
}

// What cannot be decoded at the track's start is not shown: leading pictures of the first key frame that need the group
// before it, and pictures before a gradual refresh is through.
void TrackIndexBuilder::settle_start() {
  if (keys_.front().recovery_references > 0) return hide_until_recovery();
  const std::uint32_t next_key = keys_.size() > 1 ? keys_[1].packet : static_cast<std::uint32_t>(packets().size());
  const std::int64_t begin = packets().front().pts;
  for (std::uint32_t i = 1; i < next_key; ++i) {
    const bool is_closed = notes_[i].is_leading_closed || notes_[0].is_leading_closed;
    if (packets()[i].pts < begin && !is_closed && (packets()[i].flags & kPacketDiscard) == 0)
      packets()[i].flags |= kIndexDropped;
  }
}

// A track that begins with a gradual refresh: what is shown before the refresh is through was never whole.
void TrackIndexBuilder::hide_until_recovery() {
  std::uint32_t to_come = keys_.front().recovery_references + kRecoveryMargin;
  std::size_t recovered = 0;
  while (recovered < packets().size() && to_come > 0) to_come -= notes_[recovered++].is_reference ? 1U : 0U;
  while (recovered < packets().size() && !notes_[recovered].is_reference) ++recovered;
  if (recovered == packets().size()) return;  // it never is: then show what there is
  const std::int64_t whole_from = packets()[recovered].pts;
  for (IndexedPacket& packet : packets())
    if (packet.pts < whole_from) packet.flags |= kPacketDiscard;
}

void TrackIndexBuilder::settle_durations() {
  std::vector<std::uint32_t> shown;
  for (std::uint32_t i = 0; i < packets().size(); ++i)
    if (is_shown(i)) shown.push_back(i);
  if (shown.empty()) return;
  std::sort(shown.begin(), shown.end(),
            [&](std::uint32_t a, std::uint32_t b) { return packets()[a].pts < packets()[b].pts; });
  for (std::size_t i = 0; i + 1 < shown.size(); ++i)
    packets()[shown[i]].duration = as_duration(packets()[shown[i + 1]].pts - packets()[shown[i]].pts);
  IndexedPacket& last = packets()[shown.back()];
  const bool is_plausible = last.duration > 0 && ticks_to_us(last.duration, track_.time_base) < kForwardJumpUs;
  if (!is_plausible)
    last.duration = shown.size() > 1 ? packets()[shown[shown.size() - 2]].duration : as_duration(usual_duration_);
  index_->end_pts_ = last.pts + std::max<std::int64_t>(last.duration, 1);
}

// ---- segments

std::vector<TrackIndex::Cut> TrackIndexBuilder::cut() const {
  // Per key frame: the latest time before it and the earliest one from it on, in decoding order.
  std::vector<std::int64_t> latest_before(keys_.size(), std::numeric_limits<std::int64_t>::min());
  std::vector<std::int64_t> earliest_from(keys_.size() + 1, std::numeric_limits<std::int64_t>::max());
  const auto counts = [&](std::uint32_t i) { return (packets()[i].flags & (kIndexHidden | kIndexDropped)) == 0; };
  std::int64_t latest = std::numeric_limits<std::int64_t>::min();
  std::size_t key = 0;
  for (std::uint32_t i = 0; i < packets().size(); ++i) {
    if (key < keys_.size() && keys_[key].packet == i) latest_before[key++] = latest;
    if (counts(i)) latest = std::max(latest, packets()[i].pts);
  }
  std::int64_t earliest = std::numeric_limits<std::int64_t>::max();
  key = keys_.size();
  for (std::uint32_t i = static_cast<std::uint32_t>(packets().size()); i-- > 0;) {
    if (counts(i)) earliest = std::min(earliest, packets()[i].pts);
    if (key > 0 && keys_[key - 1].packet == i) earliest_from[--key] = earliest;
  }

  const std::vector<std::int64_t>& frames = index_->frames_;
  const auto frames_before = [&](std::int64_t pts) {
    return std::lower_bound(frames.begin(), frames.end(), pts) - frames.begin();
  };
  const std::int64_t least =
      us_to_ticks(track_.kind == TrackKind::kAudio ? kLeastSoundUs : kLeastSegmentUs, track_.time_base);
  std::vector<TrackIndex::Cut> cuts{
      {.seek_time = keys_.front().seek_time, .seek_position = keys_.front().seek_position}};
  std::ptrdiff_t frames_done = 0;
  for (std::size_t k = 1; k < keys_.size(); ++k) {
    const std::int64_t pts = packets()[keys_[k].packet].pts;
    if (!counts(keys_[k].packet) || latest_before[k] >= pts || earliest_from[k + 1] < pts) continue;
    if (pts - packets()[cuts.back().first_packet].pts < least) continue;
    const std::ptrdiff_t frames_here = frames_before(pts);
    const bool is_empty = frames_here == frames_done || frames_here == static_cast<std::ptrdiff_t>(frames.size());
    TrackIndex::Cut next;
    if (is_empty || !find_preroll(keys_[k], cuts.back(), next)) continue;
    cuts.push_back(next);
    frames_done = frames_here;
  }
  return cuts;
}

// Where decoding must begin for `key`'s pictures to be exact; false where that would be before the segment before.
bool TrackIndexBuilder::find_preroll(const Key& key, const TrackIndex::Cut& before, TrackIndex::Cut& out) const {
  const auto cut_at = [&](const Key& from) {
    out = {.preroll_packet = from.packet,
           .first_packet = key.packet,
           .seek_time = from.seek_time,
           .seek_position = from.seek_position};
    return true;
  };
  if (key.recovery_references == 0) return cut_at(key);
  const auto later = std::upper_bound(keys_.begin(), keys_.end(), key.packet,
                                      [](std::uint32_t packet, const Key& each) { return packet <= each.packet; });
  for (auto from = later; from != keys_.begin();) {
    --from;
    if (from->packet < before.first_packet) return false;
    const std::uint32_t needed = from->recovery_references == 0 ? 0 : from->recovery_references + kRecoveryMargin;
    if (key.references_before - from->references_before >= needed) return cut_at(*from);
  }
  return false;
}

}  // namespace zoe::media
