#include "plugins/codec_aac/pcm_track.hpp"

extern "C" {
#include <libswresample/swresample.h>
}

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/media/stream_info.hpp"
#include "engine/media/track.hpp"
#include "engine/plugin/sdk/codec.hpp"

namespace zoe::plugins {
namespace {

constexpr int kMostPacketBytes = 16 << 20;
constexpr std::size_t kMostSeconds = 120;       // of one run: a segment has about two
constexpr std::int64_t kToleranceDivisor = 20;  // of a second: what the clock is off by less is rounding

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

void PcmTrack::FreeResampler::operator()(SwrContext* context) const { swr_free(&context); }

PcmTrack::PcmTrack(const zoe_track& source, int sample_rate, int channels)
    : time_base_{source.time_base.num, source.time_base.den},
      sample_rate_(sample_rate),
      frame_(media::new_av_frame()),
      packet_(media::new_av_packet()),
      samples_(static_cast<std::size_t>(channels)) {}

PcmTrack::~PcmTrack() { av_channel_layout_uninit(&layout_in_); }

Result<std::unique_ptr<PcmTrack>> PcmTrack::create(const zoe_track& source, int sample_rate, int channels) {
  media::quiet_ffmpeg();
  std::unique_ptr<PcmTrack> pcm(new PcmTrack(source, sample_rate, channels));
  const media::TrackInfo track = track_of(source);
  ZOE_TRY(const media::AvPtr<AVCodecParameters> parameters, media::parameters_of(track));
  const AVCodec* codec = avcodec_find_decoder(parameters->codec_id);
  if (!codec || parameters->codec_type != AVMEDIA_TYPE_AUDIO)
    return fail(Errc::kUnsupported, "there is no sound decoder for " + media::clean_text(track.codec, 40));
  pcm->decoder_.reset(avcodec_alloc_context3(codec));
  if (!pcm->decoder_) return fail(Errc::kNoMemory, "no memory to decode sound");
  int code = avcodec_parameters_to_context(pcm->decoder_.get(), parameters.get());
  if (code >= 0) {
    pcm->decoder_->pkt_timebase = {track.time_base.num, track.time_base.den};
    pcm->decoder_->thread_count = 1;
    code = avcodec_open2(pcm->decoder_.get(), codec, nullptr);
  }
  if (code < 0) return fail(media::av_error("open the decoder for " + track.codec, code));
  return pcm;
}

std::int64_t PcmTrack::place_of(std::int64_t pts) const {
  return av_rescale_rnd(pts, std::int64_t{time_base_.num} * sample_rate_, time_base_.den, AV_ROUND_NEAR_INF);
}

Status PcmTrack::add(const zoe_packet& packet) {
  if (packet.size == 0 || packet.size > static_cast<std::size_t>(kMostPacketBytes)) return {};
  if (const int code = av_new_packet(packet_.get(), static_cast<int>(packet.size)); code < 0)
    return fail(media::av_error("decode sound", code));
  std::memcpy(packet_->data, packet.data, packet.size);
  packet_->pts = packet.pts;
  packet_->dts = packet.dts;
  packet_->duration = packet.duration;
  const int code = avcodec_send_packet(decoder_.get(), packet_.get());
  av_packet_unref(packet_.get());
  if (code == AVERROR(ENOMEM)) return fail(media::av_error("decode sound", code));
  return receive();
}

Status PcmTrack::end() {
  if (const int code = avcodec_send_packet(decoder_.get(), nullptr); code == AVERROR(ENOMEM))
    return fail(media::av_error("decode sound", code));
  return receive();
}

Status PcmTrack::receive() {
  for (;;) {
    const int code = avcodec_receive_frame(decoder_.get(), frame_.get());
    if (code == AVERROR(ENOMEM)) return fail(media::av_error("decode sound", code));
    if (code < 0) return {};  // nothing more for now, or damaged
    const Status status = append(*frame_);
    av_frame_unref(frame_.get());
    ZOE_CHECK(status);
  }
}

Status PcmTrack::set_up_resampler(const AVFrame& frame) {
  const bool is_the_same = resampler_ && rate_in_ == frame.sample_rate && format_in_ == frame.format &&
                           av_channel_layout_compare(&layout_in_, &frame.ch_layout) == 0;
  if (is_the_same) return {};
  AVChannelLayout out{};
  av_channel_layout_default(&out, static_cast<int>(samples_.size()));
  SwrContext* made = nullptr;
  int code =
      swr_alloc_set_opts2(&made, &out, AV_SAMPLE_FMT_FLTP, sample_rate_, const_cast<AVChannelLayout*>(&frame.ch_layout),
                          static_cast<AVSampleFormat>(frame.format), frame.sample_rate, 0, nullptr);
  resampler_.reset(made);
  if (code >= 0) code = swr_init(made);
  if (code >= 0) code = av_channel_layout_copy(&layout_in_, &frame.ch_layout);
  if (code < 0) {
    resampler_.reset();
    return fail(media::av_error("convert sound", code));
  }
  rate_in_ = frame.sample_rate;
  format_in_ = frame.format;
  return {};
}

Status PcmTrack::append(const AVFrame& frame) {
  if (frame.nb_samples <= 0 || frame.sample_rate <= 0 || frame.ch_layout.nb_channels <= 0) return {};
  ZOE_CHECK(set_up_resampler(frame));
  const std::int64_t most = swr_get_out_samples(resampler_.get(), frame.nb_samples);
  if (most <= 0) return {};
  const std::size_t before = samples_.front().size();
  const std::int64_t time = frame.best_effort_timestamp;
  std::int64_t place = before == 0 ? 0 : end_place();
  if (time != AV_NOPTS_VALUE) {
    const std::int64_t told = place_of(time);
    if (before == 0 || std::abs(told - place) > sample_rate_ / kToleranceDivisor) place = told;
  }
  if (before == 0) first_ = place;
  const std::int64_t gap = place - first_ - static_cast<std::int64_t>(before);
  const std::size_t limit = kMostSeconds * static_cast<std::size_t>(sample_rate_);
  if (gap < 0) return {};  // the clock goes back: it has been heard
  const std::size_t begin = before + static_cast<std::size_t>(gap);
  if (begin + static_cast<std::size_t>(most) > limit)
    return fail(Errc::kTooLarge, "sound that goes on for minutes inside one segment");
  std::array<std::uint8_t*, 2> planes{};
  for (std::size_t c = 0; c < samples_.size(); ++c) {
    samples_[c].resize(begin + static_cast<std::size_t>(most), 0.0F);
    planes.at(c) = reinterpret_cast<std::uint8_t*>(samples_[c].data() + begin);
  }
  const int count = swr_convert(resampler_.get(), planes.data(), static_cast<int>(most),
                                const_cast<const std::uint8_t**>(frame.extended_data), frame.nb_samples);
  for (auto& channel : samples_) channel.resize(begin + static_cast<std::size_t>(std::max(count, 0)));
  if (count < 0) return fail(media::av_error("convert sound", count));
  return {};
}

void PcmTrack::read(std::int64_t place, std::size_t count, int channel, float* out) const {
  const std::vector<float>& samples = samples_[static_cast<std::size_t>(channel)];
  std::fill_n(out, count, 0.0F);
  const std::int64_t from = std::max(place, first_);
  const std::int64_t to = std::min(place + static_cast<std::int64_t>(count), end_place());
  if (from >= to) return;
  std::copy(samples.begin() + (from - first_), samples.begin() + (to - first_), out + (from - place));
}

}  // namespace zoe::plugins
