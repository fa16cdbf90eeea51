#include "plugins/codec_aac/pcm_track.hpp"

#include <algorithm>
#include <utility>

#include "engine/plugin/sdk/codec.hpp"

namespace zoe::plugins {
namespace {

constexpr std::int64_t kMostSeconds = 120;  // of one run: a segment has about two

media::TrackInfo track_of(const zoe_track& source) {
  media::TrackInfo track;
  track.kind = media::TrackKind::kAudio;
  track.codec = sdk::view_of(source.codec);
  track.time_base = {source.time_base.num, source.time_base.den};
  track.sample_rate = source.sample_rate;
  track.channels = source.channels;
  track.profile = source.profile;
  track.level = source.level;
  track.bit_rate = source.bit_rate;
  track.codec_tag = source.codec_tag;
  track.bits_per_coded_sample = source.bits_per_coded_sample;
  if (source.extradata_size > 0) track.extradata.assign(source.extradata, source.extradata + source.extradata_size);
  return track;
}

}  // namespace

Result<std::unique_ptr<PcmTrack>> PcmTrack::create(const zoe_track& source, int sample_rate, int channels) {
  ZOE_TRY(auto decoder, media::SoundDecoder::create(track_of(source), sample_rate, channels));
  return std::unique_ptr<PcmTrack>(new PcmTrack(std::move(decoder)));
}

Status PcmTrack::add(const zoe_packet& packet) {
  const media::PacketRecord record{
      .size_bytes = static_cast<std::uint32_t>(packet.size),
      .flags = packet.flags,
      .pts = packet.pts,
      .dts = packet.dts,
      .duration = static_cast<std::uint32_t>(std::clamp<std::int64_t>(packet.duration, 0, UINT32_MAX))};
  ZOE_CHECK(decoder_->decode({record, Bytes(packet.data, packet.size)}, blocks_));
  return check_length();
}

Status PcmTrack::end() {
  ZOE_CHECK(decoder_->drain(blocks_));
  return check_length();
}

Status PcmTrack::check_length() const {
  if (blocks_.empty()) return {};
  const std::int64_t most = kMostSeconds * decoder_->sample_rate();
  if (blocks_.back().end() - blocks_.front().place <= most) return {};
  return fail(Errc::kTooLarge, "sound that goes on for minutes inside one segment");
}

void PcmTrack::read(std::int64_t place, std::size_t count, int channel, float* out) const {
  std::fill_n(out, count, 0.0F);
  const std::int64_t end = place + static_cast<std::int64_t>(count);
  for (const media::SoundBlock& block : blocks_) {
    const std::int64_t to = std::min(end, block.end());
    for (std::int64_t at = std::max(place, block.place); at < to; ++at)
      out[at - place] = block.samples[static_cast<std::size_t>((at - block.place) * block.channels + channel)];
  }
}

}  // namespace zoe::plugins
