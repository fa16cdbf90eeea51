#include "engine/media/track_index.hpp"

#include <xxhash.h>

#include <algorithm>
#include <array>

namespace zoe::media {
namespace {

constexpr std::uint32_t kMagic = 0x3149545A;  // "ZTI1"
constexpr std::size_t kHeaderBytes = 4 + 4 + 4 + 8 + 4 + 4 + 4;
constexpr std::size_t kCutBytes = 4 + 4 + 8 + 8;
constexpr std::size_t kChecksumBytes = 8;
constexpr std::size_t kMostHeaders = 4096;
constexpr std::size_t kMostHeaderBytes = std::size_t{4} << 20;
constexpr std::uint32_t kMostPackets = 64'000'000;
constexpr std::int64_t kMostTicks = std::int64_t{1} << 60;  // sums and differences of two stay in range
constexpr std::uint32_t kWireFlags = kPacketKey | kPacketDiscard | kPacketCorrupt;
constexpr std::uint32_t kAllFlags = kWireFlags | kIndexHidden | kIndexDropped;

bool is_shown(const IndexedPacket& packet) {
  return (packet.flags & (kPacketDiscard | kIndexHidden | kIndexDropped)) == 0;
}

bool is_in_range(std::int64_t ticks) { return ticks > -kMostTicks && ticks < kMostTicks; }

}  // namespace

// ---- what the packets amount to

Status TrackIndex::arrange_frames() {
  frames_.clear();
  for (const IndexedPacket& packet : packets_) {
    if (!is_in_range(packet.pts) || !is_in_range(packet.dts))
      return fail(Errc::kMalformed, "a time stamp out of range");
    if (is_shown(packet)) frames_.push_back(packet.pts);
  }
  if (frames_.empty()) return fail(Errc::kMalformed, "the track shows no frame");
  std::sort(frames_.begin(), frames_.end());
  if (std::adjacent_find(frames_.begin(), frames_.end()) != frames_.end())
    return fail(Errc::kMalformed, "two frames of the same time");
  if (!is_in_range(end_pts_) || end_pts_ <= frames_.back()) return fail(Errc::kMalformed, "the track ends too early");
  return {};
}

// One past the last leading picture of a key frame; the key frame itself where it has none.
std::uint32_t TrackIndex::tail_end(std::uint32_t key_packet) const {
  std::uint32_t end = key_packet;
  for (std::uint32_t i = key_packet + 1; i < packets_.size() && (packets_[i].flags & kPacketKey) == 0; ++i)
    if (packets_[i].pts < packets_[key_packet].pts) end = i + 1;
  return end;
}

Status TrackIndex::arrange_segment(CopySegment& segment, const CopySegment* next) {
  const std::int64_t begin = packets_[segment.first_packet].pts;
  const auto first = segment.first_packet == segments_.front().first_packet
                         ? frames_.begin()
                         : std::lower_bound(frames_.begin(), frames_.end(), begin);
  const auto last =
      next ? std::lower_bound(frames_.begin(), frames_.end(), packets_[next->first_packet].pts) : frames_.end();
  if (first >= last) return fail(Errc::kMalformed, "a segment without frames");
  segment.start_pts = *first;
  segment.end_pts = last == frames_.end() ? end_pts_ : *last;
  segment.first_frame = static_cast<std::uint32_t>(first - frames_.begin());
  segment.frame_count = static_cast<std::uint32_t>(last - first);
  segment.next_packet = next ? next->first_packet : static_cast<std::uint32_t>(packets_.size());
  segment.end_packet = next ? tail_end(next->first_packet) : segment.next_packet;

  std::uint32_t frames = 0;
  for (std::uint32_t i = segment.preroll_packet; i < segment.end_packet; ++i) {
    std::uint32_t flags = 0;
    if (!is_sent(segment, i, flags)) continue;
    ++segment.packet_count;
    segment.bytes += packets_[i].size_bytes + header_before(i).size();
    if ((flags & kPacketDiscard) == 0 && is_shown(packets_[i])) ++frames;
  }
  if (frames != segment.frame_count) return fail(Errc::kMalformed, "a segment's packets do not show its frames");
  return {};
}

Status TrackIndex::check_headers() const {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < headers_.size(); ++i) {
    const std::uint32_t from = headers_[i].first_packet;
    bytes += headers_[i].parameter_sets.size();
    if (from >= packets_.size() || (i == 0 ? from != 0 : from <= headers_[i - 1].first_packet))
      return fail(Errc::kMalformed, "headers out of order");
  }
  if (headers_.size() > kMostHeaders || bytes > kMostHeaderBytes) return fail(Errc::kTooLarge, "too many headers");
  return {};
}

Bytes TrackIndex::header_before(std::uint32_t ordinal) const {
  if (headers_.empty()) return {};
  const auto after =
      std::upper_bound(headers_.begin(), headers_.end(), ordinal,
                       [](std::uint32_t packet, const Header& each) { return packet < each.first_packet; });
  const Header& in_force = *(after - 1);
  const bool is_needed = ordinal == in_force.first_packet || (packets_[ordinal].flags & kPacketKey) != 0;
  return is_needed ? Bytes(in_force.parameter_sets) : Bytes();
}

Status TrackIndex::arrange(const std::vector<Cut>& cuts) {
  ZOE_CHECK(arrange_frames());
  ZOE_CHECK(check_headers());
  segments_.clear();
  for (const Cut& cut : cuts) {
    const bool is_first = segments_.empty();
    if (cut.first_packet >= packets_.size() || cut.preroll_packet > cut.first_packet ||
        (!is_first &&
         (cut.first_packet <= segments_.back().first_packet || cut.preroll_packet < segments_.back().first_packet)))
      return fail(Errc::kMalformed, "segments out of order");
    segments_.push_back({.preroll_packet = cut.preroll_packet,
                         .first_packet = cut.first_packet,
                         .seek_time = cut.seek_time,
                         .seek_position = cut.seek_position});
  }
  if (segments_.empty() || segments_.front().preroll_packet != 0 || segments_.front().first_packet != 0)
    return fail(Errc::kMalformed, "segments do not begin with the first packet");
  for (std::size_t i = 0; i < segments_.size(); ++i)
    ZOE_CHECK(arrange_segment(segments_[i], i + 1 < segments_.size() ? &segments_[i + 1] : nullptr));
  return {};
}

bool TrackIndex::is_sent(const CopySegment& segment, std::uint32_t ordinal, std::uint32_t& flags) const {
  const IndexedPacket& packet = packets_[ordinal];
  flags = packet.flags & kWireFlags;
  if (ordinal < segment.first_packet) {
    flags |= kPacketDiscard;
    return true;
  }
  if (ordinal < segment.next_packet) {
    if (segment.first_packet == 0) return (packet.flags & kIndexDropped) == 0;
    if (packet.pts >= packets_[segment.first_packet].pts) return true;
    // Within a gradual refresh later pictures may refer to leading ones.
    flags |= kPacketDiscard;
    return segment.preroll_packet < segment.first_packet;
  }
  if (packet.pts >= packets_[segment.next_packet].pts) flags |= kPacketDiscard;
  return true;
}

std::uint32_t TrackIndex::find_segment(std::int64_t pts) const {
  const auto after = std::upper_bound(segments_.begin(), segments_.end(), pts,
                                      [](std::int64_t time, const CopySegment& each) { return time < each.start_pts; });
  return after == segments_.begin() ? 0 : static_cast<std::uint32_t>(after - segments_.begin() - 1);
}

std::uint32_t TrackIndex::find_frame(std::int64_t pts) const {
  const auto after = std::upper_bound(frames_.begin(), frames_.end(), pts);
  return after == frames_.begin() ? 0 : static_cast<std::uint32_t>(after - frames_.begin() - 1);
}

std::size_t TrackIndex::size_bytes() const {
  return sizeof *this + packets_.capacity() * sizeof(IndexedPacket) + frames_.capacity() * sizeof(std::int64_t) +
         segments_.capacity() * sizeof(CopySegment);
}

// ---- on disk: header, packets, cuts, headers that change, XXH3 of all before

std::vector<std::uint8_t> TrackIndex::serialize() const {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(kHeaderBytes + packets_.size() * sizeof(IndexedPacket) + segments_.size() * kCutBytes + kChecksumBytes);
  ByteWriter out(bytes);
  out.write(kMagic);
  out.write(time_base_.num);
  out.write(time_base_.den);
  out.write(end_pts_);
  out.write(static_cast<std::uint32_t>(packets_.size()));
  out.write(static_cast<std::uint32_t>(segments_.size()));
  out.write(static_cast<std::uint32_t>(headers_.size()));
  for (const IndexedPacket& packet : packets_) {
    out.write(packet.pts);
    out.write(packet.dts);
    out.write(packet.size_bytes);
    out.write(packet.checksum);
    out.write(packet.duration);
    out.write(packet.flags);
  }
  for (const CopySegment& segment : segments_) {
    out.write(segment.preroll_packet);
    out.write(segment.first_packet);
    out.write(segment.seek_time);
    out.write(segment.seek_position);
  }
  for (const Header& header : headers_) {
    out.write(header.first_packet);
    out.write(static_cast<std::uint32_t>(header.parameter_sets.size()));
    out.write_bytes(header.parameter_sets);
  }
  out.write(static_cast<std::uint64_t>(XXH3_64bits(bytes.data(), bytes.size())));
  return bytes;
}

Result<TrackIndexPtr> TrackIndex::parse(Bytes bytes) {
  if (bytes.size() < kHeaderBytes + kChecksumBytes) return fail(Errc::kMalformed, "a track index cut short");
  const Bytes content = bytes.first(bytes.size() - kChecksumBytes);
  if (load_le<std::uint64_t>(bytes.data() + content.size()) != XXH3_64bits(content.data(), content.size()))
    return fail(Errc::kMalformed, "a damaged track index");
  ByteReader in(content);
  if (in.read<std::uint32_t>() != kMagic) return fail(Errc::kMalformed, "a track index of another version");
  std::shared_ptr<TrackIndex> index(new TrackIndex);
  index->time_base_.num = in.read<std::int32_t>();
  index->time_base_.den = in.read<std::int32_t>();
  index->end_pts_ = in.read<std::int64_t>();
  const auto packets = in.read<std::uint32_t>();
  const auto cuts = in.read<std::uint32_t>();
  const auto headers = in.read<std::uint32_t>();
  if (index->time_base_.num <= 0 || index->time_base_.den <= 0) return fail(Errc::kMalformed, "a time base of zero");
  if (packets > kMostPackets) return fail(Errc::kTooLarge, "too many packets in a track index");
  // Believed only where the rest is long enough.
  if (in.remaining() < std::uint64_t{packets} * sizeof(IndexedPacket) + std::uint64_t{cuts} * kCutBytes +
                           std::uint64_t{headers} * 2 * sizeof(std::uint32_t))
    return fail(Errc::kMalformed, "a track index of the wrong length");
  index->packets_.resize(packets);
  for (IndexedPacket& packet : index->packets_) {
    packet.pts = in.read<std::int64_t>();
    packet.dts = in.read<std::int64_t>();
    packet.size_bytes = in.read<std::uint32_t>();
    packet.checksum = in.read<std::uint32_t>();
    packet.duration = in.read<std::uint32_t>();
    packet.flags = in.read<std::uint32_t>();
    if ((packet.flags & ~kAllFlags) != 0) return fail(Errc::kMalformed, "unknown flags in a track index");
  }
  std::vector<Cut> where(cuts);
  for (Cut& cut : where) {
    cut.preroll_packet = in.read<std::uint32_t>();
    cut.first_packet = in.read<std::uint32_t>();
    cut.seek_time = in.read<std::int64_t>();
    cut.seek_position = in.read<std::int64_t>();
  }
  for (std::uint32_t i = 0; i < headers; ++i) {
    const auto first_packet = in.read<std::uint32_t>();
    const Bytes sets = in.read_bytes(in.read<std::uint32_t>());
    index->headers_.push_back({first_packet, {sets.begin(), sets.end()}});
  }
  if (!in.is_ok() || in.remaining() != 0) return fail(Errc::kMalformed, "a track index of the wrong length");
  ZOE_CHECK(index->arrange(where));
  return TrackIndexPtr(std::move(index));
}

}  // namespace zoe::media
