#include "player/playback/sound_reader.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "engine/media/track.hpp"

namespace zoe::player {
namespace {

constexpr std::int64_t kRunInUs = 250'000;  // see SoundState
constexpr std::size_t kPacketsAtOnce = 16;
constexpr std::int64_t kMostLapFrames = std::int64_t{1} << 52;

}  // namespace

std::int64_t SoundReader::frames_of(std::int64_t us) const {
  const auto frames = static_cast<Int128>(us) * decoder_->sample_rate() / 1'000'000;
  return static_cast<std::int64_t>(std::clamp<Int128>(frames, -kMostLapFrames, kMostLapFrames));
}

std::int64_t SoundReader::media_us(std::int64_t pts, std::int64_t lap) const {
  return bounded_us(media::ticks_to_us(pts, setting_.time_base) - setting_.origin_us) + lap * setting_.lap_us;
}

void SoundReader::start(std::int64_t time_us, Direction direction, const RingEdge& edge, bool is_looping) {
  setting_.is_looping = is_looping;
  direction_ = direction;
  start_us_ = time_us;
  edge_ = edge;
  line_.start(frames_of(time_us),
              direction == Direction::kForward ? SoundLine::Way::kForward : SoundLine::Way::kBackward,
              decoder_->channels());
  decoder_->flush();
  reading_.reset();
  next_packet_ = 0;
  last_ordinal_ = -1;
}

// Ends long before what is to be heard, so that no decoder needs it.
bool SoundReader::is_before_run_in(const net::RunPacket& packet, std::int64_t heard_us, std::int64_t lap) const {
  if (packet.pts == net::kNoTimestamp || packet.duration == 0) return false;
  return media_us(packet.pts + static_cast<std::int64_t>(packet.duration), lap) < heard_us - kRunInUs;
}

SoundReader::Look SoundReader::look(PacketStore& store) {
  held_.clear();
  packets_.clear();
  know_to_.reset();
  join_.reset();
  run_in_ = 0;
  is_break_ = is_track_start_ = false;
  from_place_ = decoder_->place_of(setting_.start_pts);
  to_place_ = INT64_MAX;
  const auto place = resolve_edge(edge_, setting_.segments, setting_.is_looping);
  if (!place) return Look::kEnd;
  lap_ = place->lap;
  return direction_ == Direction::kForward ? look_forward(store, *place) : look_backward(store, *place);
}

SoundReader::Look SoundReader::look_forward(PacketStore& store, const EdgePlace& place) {
  PacketSegmentPtr segment = store.find(place.segment);
  if (segment == nullptr || !segment->is_from_start) return Look::kWaiting;
  if (segment != reading_) {
    // New, or the same once more after a connection was lost: on from where it was cut off.
    reading_ = std::move(segment);
    const auto is_next = [this](const net::RunPacket& packet) { return std::int64_t{packet.ordinal} > last_ordinal_; };
    next_packet_ = static_cast<std::size_t>(std::find_if(reading_->packets.begin(), reading_->packets.end(), is_next) -
                                            reading_->packets.begin());
  }
  while (next_packet_ < reading_->packets.size() && packets_.size() < kPacketsAtOnce) {
    const net::RunPacket& packet = reading_->packets[next_packet_++];
    last_ordinal_ = packet.ordinal;
    if (!is_before_run_in(packet, start_us_, lap_)) packets_.push_back(packet);
  }
  held_.push_back(reading_);
  const bool is_over = reading_->is_finished && next_packet_ == reading_->packets.size();
  if (!is_over) return packets_.empty() ? Look::kWaiting : Look::kReady;
  const bool is_last = place.segment + 1 == setting_.segments;
  // Whatever an encoder has appended behind its last packet's length is padding.
  if (is_last && reading_->end_pts > reading_->last_pts) to_place_ = decoder_->place_of(reading_->end_pts);
  if (is_last) {
    is_break_ = true;
    know_to_ = lap_start(lap_ + 1);
  }
  finish_segment(place);
  return Look::kReady;
}

SoundReader::Look SoundReader::look_backward(PacketStore& store, const EdgePlace& place) {
  const auto whole = [&store](std::uint32_t index) {
    PacketSegmentPtr segment = store.find(index);
    return segment != nullptr && segment->is_whole() ? segment : nullptr;
  };
  PacketSegmentPtr segment = whole(place.segment);
  PacketSegmentPtr before = place.segment > 0 ? whole(place.segment - 1) : nullptr;
  if (segment == nullptr || (place.segment > 0 && before == nullptr)) return Look::kWaiting;
  const bool has_times = segment->first_pts != net::kNoTimestamp;
  if (has_times && before != nullptr) {
    from_place_ = std::max(from_place_, decoder_->place_of(segment->first_pts));
    for (const net::RunPacket& packet : before->packets) {
      if (!is_before_run_in(packet, media_us(segment->first_pts, 0), 0)) packets_.push_back(packet);
    }
    run_in_ = packets_.size();
  }
  packets_.insert(packets_.end(), segment->packets.begin(), segment->packets.end());
  const bool is_last = place.segment + 1 == setting_.segments;
  if (is_last && segment->end_pts > segment->last_pts) to_place_ = decoder_->place_of(segment->end_pts);
  is_break_ = true;
  is_track_start_ = place.segment == 0;
  if (!is_last && line_.known() != frames_of(start_us_)) join_ = line_.known();
  held_ = {std::move(segment), std::move(before)};
  finish_segment(place);
  return Look::kReady;
}

void SoundReader::finish_segment(const EdgePlace& place) {
  edge_ = {place.lap, static_cast<std::int64_t>(place.segment) + static_cast<int>(direction_), RingEdge::kWholeSegment};
  // A round is entered as a lap of its own.
  if (const auto next = resolve_edge(edge_, setting_.segments, setting_.is_looping))
    edge_ = {next->lap, next->segment, RingEdge::kWholeSegment};
  reading_.reset();
  next_packet_ = 0;
  last_ordinal_ = -1;
}

Status SoundReader::read() {
  if (direction_ == Direction::kBackward) decoder_->flush();
  ZOE_CHECK(decode_all());
  if (is_break_) {
    ZOE_CHECK(decoder_->drain(blocks_));
    decoder_->flush();
  }
  lay_out();
  return {};
}

Status SoundReader::decode_all() {
  std::size_t done = 0;
  for (const net::RunPacket& packet : packets_) {
    const media::PacketRecord record{.size_bytes = static_cast<std::uint32_t>(packet.data.size()),
                                     .flags = packet.flags,
                                     .pts = packet.pts,
                                     .dts = packet.dts,
                                     .duration = packet.duration,
                                     .ordinal = packet.ordinal};
    ZOE_CHECK(decoder_->decode({record, packet.data}, blocks_));
    // Time stamps are rounded, samples are counted: the segment begins where its run-in ends.
    const std::int64_t end = decoder_->end_place();
    if (++done == run_in_ && std::abs(end - from_place_) <= tolerance()) from_place_ = end;
  }
  return {};
}

void SoundReader::lay_out() {
  std::int64_t shifted = shift(lap_);
  const std::int64_t low = std::max(from_place_, lap_start(lap_) - shifted);
  const std::int64_t high = std::min(to_place_, lap_start(lap_ + 1) - shifted);
  // And it ends where the one behind it begins, so that backwards is what forwards is.
  if (join_ && !blocks_.empty()) {
    const std::int64_t off = *join_ - (blocks_.back().end() + shifted);
    if (std::abs(off) <= tolerance()) shifted += off;
  }
  const bool is_forward = direction_ == Direction::kForward;
  for (const media::SoundBlock& block : blocks_) {
    const std::int64_t from = std::clamp(block.place, low, std::max(low, high));
    const std::int64_t to = std::clamp(block.end(), low, std::max(low, high));
    if (from < to) line_.add(from + shifted, block.samples.data() + (from - block.place) * block.channels, to - from);
    if (is_forward && to > low) line_.know_to(to + shifted);
  }
  blocks_.clear();
  if (know_to_) line_.know_to(*know_to_);
  if (!is_forward) line_.know_to(is_track_start_ ? lap_start(lap_) : std::max(lap_start(lap_), from_place_ + shifted));
}

}  // namespace zoe::player
