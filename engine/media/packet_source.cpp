#include "engine/media/packet_source.hpp"

#include <xxhash.h>

#include "engine/media/stream_info.hpp"

namespace zoe::media {
namespace {

constexpr int kMostPacketBytes = 64 << 20;  // of a Segment
constexpr int kMostReadForStream = 1000;    // packets

}  // namespace

Result<std::unique_ptr<PacketSource>> PacketSource::open(const std::string& path, const TrackInfo& track,
                                                         Purpose purpose, std::stop_token stop) {
  if (track.kind == TrackKind::kSubtitle)
    return fail(Errc::kUnsupported, path + ": the track is neither video nor sound");
  const AVMediaType type = track.kind == TrackKind::kVideo ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO;
  ZOE_TRY(std::unique_ptr<Demuxer> demuxer, Demuxer::open(path, ProbeLimits{}, std::move(stop)));
  if (purpose == Purpose::kExamine) ZOE_CHECK(demuxer->find_streams());
  const AVStream* stream = demuxer->stream(track.stream_index);
  // Some containers announce a stream only with its first packet.
  const bool may_come = (demuxer->context().ctx_flags & AVFMTCTX_NOHEADER) != 0;
  if (!stream && !may_come) return fail(Errc::kMalformed, path + " has no track " + std::to_string(track.stream_index));
  if (stream && stream->codecpar->codec_type != type && stream->codecpar->codec_type != AVMEDIA_TYPE_UNKNOWN)
    return fail(Errc::kMalformed, path + ": track " + std::to_string(track.stream_index) + " is no longer what it was");
  demuxer->select(track.stream_index);
  demuxer->set_deadline(std::nullopt);
  ZOE_TRY(const AvPtr<AVCodecParameters> parameters, parameters_of(track));
  ZOE_TRY(AvPtr<AVBSFContext> filter, unpacking_filter(*parameters, track.time_base));
  return std::unique_ptr<PacketSource>(new PacketSource(std::move(demuxer), std::move(filter), track.stream_index));
}

Result<bool> PacketSource::read(AVPacket& packet) {
  is_fresh_ = false;
  for (;;) {
    if (filter_) {
      const int code = av_bsf_receive_packet(filter_.get(), &packet);
      if (code == 0) {
        if (packet.size > 0) return true;
        continue;
      }
      if (code == AVERROR(ENOMEM)) return fail(av_error("unpack a packet", code));
      if (code == AVERROR_EOF) return false;
    }
    if (is_at_end_) return false;
    ZOE_TRY(const bool is_read, demuxer_->read(packet));
    is_at_end_ = !is_read;
    if (!filter_ && !is_read) return false;
    if (is_read && (packet.size <= 0 || packet.size > kMostPacketBytes)) continue;
    if (!filter_) return true;
    // An empty packet tells the filter that nothing follows.
    if (!is_read) av_packet_unref(&packet);
    if (const int code = av_bsf_send_packet(filter_.get(), is_read ? &packet : nullptr); code < 0) {
      av_packet_unref(&packet);
      if (code == AVERROR(ENOMEM)) return fail(av_error("unpack a packet", code));
    }
  }
}

void PacketSource::flush() {
  is_fresh_ = false;
  is_at_end_ = false;
  if (filter_) av_bsf_flush(filter_.get());
}

Status PacketSource::seek_time(std::int64_t time) {
  // A stream that was not announced yet has no times to seek by.
  const AvPtr<AVPacket> packet = new_av_packet();
  for (int i = 0; i < kMostReadForStream && !demuxer_->stream(stream_index_); ++i) {
    ZOE_TRY(const bool is_read, demuxer_->read(*packet));
    if (!is_read) break;
  }
  if (!demuxer_->stream(stream_index_)) return fail(Errc::kUnavailable, "the track has not been found");
  flush();
  return demuxer_->seek_time(stream_index_, time);
}

Status PacketSource::seek_position(std::int64_t position) {
  flush();
  return demuxer_->seek_position(position);
}

bool PacketSource::may_jump() const { return (demuxer_->context().iformat->flags & AVFMT_TS_DISCONT) != 0; }

bool PacketSource::seeks_by_position() const {
  const int flags = demuxer_->context().iformat->flags;
  return (flags & AVFMT_TS_DISCONT) != 0 && (flags & AVFMT_NO_BYTE_SEEK) == 0;
}

std::uint32_t packet_checksum(const AVPacket& packet) {
  constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15U;  // 2^64 over the golden ratio
  const std::uint64_t data = XXH3_64bits(packet.data, static_cast<std::size_t>(packet.size));
  const std::uint64_t place = packet.pos >= 0 ? static_cast<std::uint64_t>(packet.pos) * kSpread : 0;
  return static_cast<std::uint32_t>(data ^ (place >> 32));
}

}  // namespace zoe::media
