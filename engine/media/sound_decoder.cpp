#include "engine/media/sound_decoder.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "engine/media/ffmpeg.hpp"
#include "engine/media/stream_info.hpp"

namespace zoe::media {
namespace {

constexpr std::size_t kMostPacketBytes = std::size_t{16} << 20;
constexpr int kMostRate = 768'000;
constexpr int kMostChannels = 8;
constexpr int kMostErrorsInARow = 1000;

Result<AvPtr<AVCodecContext>> open_codec(const TrackInfo& track) {
  quiet_ffmpeg();
  ZOE_TRY(const AvPtr<AVCodecParameters> parameters, parameters_of(track));
  const AVCodec* codec = avcodec_find_decoder(parameters->codec_id);
  if (!codec || parameters->codec_type != AVMEDIA_TYPE_AUDIO)
    return fail(Errc::kUnsupported, "there is no sound decoder for " + clean_text(track.codec, 40));
  AvPtr<AVCodecContext> context(avcodec_alloc_context3(codec));
  if (!context) return fail(Errc::kNoMemory, "no memory to decode sound");
  int code = avcodec_parameters_to_context(context.get(), parameters.get());
  if (code >= 0) {
    context->pkt_timebase = {track.time_base.num, track.time_base.den};
    context->thread_count = 1;
    code = avcodec_open2(context.get(), codec, nullptr);
  }
  if (code < 0) return fail(av_error("open the decoder for " + track.codec, code));
  return context;
}

}  // namespace

struct SoundDecoder::Impl {
  Impl(Rational its_time_base, int rate, int its_channels)
      : time_base(its_time_base), sample_rate(rate), channels(its_channels) {}

  std::int64_t place_of(std::int64_t pts) const {
    return av_rescale_rnd(pts, std::int64_t{time_base.num} * sample_rate, time_base.den, AV_ROUND_NEAR_INF);
  }

  // Makes a resampler for frames like this one; what the former one still held goes out before.
  Status follow_format(const AVFrame& frame, std::vector<SoundBlock>& out) {
    const bool is_the_same = resampler && rate_in == frame.sample_rate && format_in == frame.format &&
                             av_channel_layout_compare(&layout_in.value, &frame.ch_layout) == 0;
    if (is_the_same) return {};
    ZOE_CHECK(empty_resampler(out));
    AVChannelLayout layout_out{};
    av_channel_layout_default(&layout_out, channels);
    // Of some streams only the number of channels is known.
    AvChannelLayout known;
    int code = frame.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC
                   ? (av_channel_layout_default(&known.value, frame.ch_layout.nb_channels), 0)
                   : av_channel_layout_copy(&known.value, &frame.ch_layout);
    SwrContext* made = nullptr;
    if (code >= 0)
      code = swr_alloc_set_opts2(&made, &layout_out, AV_SAMPLE_FMT_FLT, sample_rate, &known.value,
                                 static_cast<AVSampleFormat>(frame.format), frame.sample_rate, 0, nullptr);
    resampler.reset(made);
    if (code >= 0) code = swr_init(made);
    if (code >= 0) code = av_channel_layout_copy(&layout_in.value, &frame.ch_layout);
    if (code < 0) {
      resampler.reset();
      return fail(av_error("convert sound", code));
    }
    rate_in = frame.sample_rate;
    format_in = frame.format;
    return {};
  }

  // The filter's rest, which belongs behind what came out last.
  Status empty_resampler(std::vector<SoundBlock>& out) {
    if (!resampler || !has_begun || rate_in == sample_rate) return {};
    return convert(nullptr, 0, next_place, out);
  }

  Status append(const AVFrame& frame, std::vector<SoundBlock>& out) {
    if (frame.nb_samples <= 0 || frame.sample_rate <= 0 || frame.ch_layout.nb_channels <= 0) return {};
    ZOE_CHECK(follow_format(frame, out));
    std::int64_t place = next_place;
    // FFmpeg leaves out what an encoder put before its first sample, and moves only this one of the two times by it.
    const std::int64_t time = frame.pts != AV_NOPTS_VALUE ? frame.pts : frame.best_effort_timestamp;
    if (time != AV_NOPTS_VALUE) {
      const std::int64_t told = place_of(time);
      const std::int64_t tolerance = std::int64_t{sample_rate} * kToleranceMs / 1000;
      if (!has_begun || std::llabs(told - next_place) > tolerance) place = told;
    }
    if (!has_begun) reached = place;
    has_begun = true;
    return convert(const_cast<const std::uint8_t**>(frame.extended_data), frame.nb_samples, place, out);
  }

  Status convert(const std::uint8_t** data, int count, std::int64_t place, std::vector<SoundBlock>& out) {
    const int most = swr_get_out_samples(resampler.get(), count);
    if (most <= 0) return {};
    scratch.resize(static_cast<std::size_t>(most) * static_cast<std::size_t>(channels));
    auto* to = reinterpret_cast<std::uint8_t*>(scratch.data());
    const int made = swr_convert(resampler.get(), &to, most, data, count);
    if (made < 0) return fail(av_error("convert sound", made));
    next_place = place + made;
    // Where the clock goes back: it has been heard.
    const std::int64_t heard = std::clamp<std::int64_t>(reached - place, 0, made);
    if (heard == made) return {};
    const std::int64_t begin = place + heard;
    if (out.empty() || out.back().end() != begin) out.push_back({begin, channels, {}});
    const auto from = scratch.begin() + heard * channels;
    out.back().samples.insert(out.back().samples.end(), from, scratch.begin() + std::ptrdiff_t{made} * channels);
    reached = next_place;
    return {};
  }

  Status receive(std::vector<SoundBlock>& out) {
    for (int failures = 0; failures < kMostErrorsInARow;) {
      const int code = avcodec_receive_frame(context.get(), decoded.get());
      if (code == AVERROR(ENOMEM)) return fail(av_error("decode sound", code));
      if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return {};
      if (code < 0) {
        ++errors;
        ++failures;
        continue;
      }
      const Status status = append(*decoded, out);
      av_frame_unref(decoded.get());
      ZOE_CHECK(status);
    }
    return {};
  }

  const Rational time_base;
  const int sample_rate;
  const int channels;
  AvPtr<AVCodecContext> context;
  AvPtr<AVFrame> decoded = new_av_frame();
  AvPtr<AVPacket> packet = new_av_packet();
  AvPtr<SwrContext> resampler;
  AvChannelLayout layout_in;
  int rate_in = 0;
  int format_in = -1;
  bool has_begun = false;
  std::int64_t next_place = 0;  // of what comes out next, where its time stamp does not say otherwise
  std::int64_t reached = 0;     // behind everything that came out
  std::vector<float> scratch;
  std::uint64_t errors = 0;
};

SoundDecoder::SoundDecoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SoundDecoder::~SoundDecoder() = default;

Result<std::unique_ptr<SoundDecoder>> SoundDecoder::create(const TrackInfo& track, int sample_rate, int channels) {
  if (sample_rate <= 0 || sample_rate > kMostRate || channels <= 0 || channels > kMostChannels)
    return fail(Errc::kInvalidArgument, "sound of " + std::to_string(channels) + " channels at " +
                                            std::to_string(sample_rate) + " Hz is out of bounds");
  auto impl = std::make_unique<Impl>(track.time_base, sample_rate, channels);
  ZOE_TRY(impl->context, open_codec(track));
  return std::unique_ptr<SoundDecoder>(new SoundDecoder(std::move(impl)));
}

Status SoundDecoder::decode(const PacketView& view, std::vector<SoundBlock>& out) {
  if (view.data.empty() || view.data.size() > kMostPacketBytes) return {};
  AVPacket& packet = *impl_->packet;
  if (const int code = av_new_packet(&packet, static_cast<int>(view.data.size())); code < 0)
    return fail(av_error("decode sound", code));
  std::memcpy(packet.data, view.data.data(), view.data.size());
  packet.pts = view.record.pts;
  packet.dts = view.record.dts;
  packet.duration = view.record.duration;
  const int code = avcodec_send_packet(impl_->context.get(), &packet);
  av_packet_unref(&packet);
  if (code == AVERROR(ENOMEM)) return fail(av_error("decode sound", code));
  if (code < 0) ++impl_->errors;
  return impl_->receive(out);
}

Status SoundDecoder::drain(std::vector<SoundBlock>& out) {
  if (const int code = avcodec_send_packet(impl_->context.get(), nullptr); code == AVERROR(ENOMEM))
    return fail(av_error("decode sound", code));
  ZOE_CHECK(impl_->receive(out));
  return impl_->empty_resampler(out);
}

void SoundDecoder::flush() {
  avcodec_flush_buffers(impl_->context.get());
  impl_->resampler.reset();
  impl_->has_begun = false;
  impl_->next_place = impl_->reached = 0;
}

std::int64_t SoundDecoder::place_of(std::int64_t pts) const { return impl_->place_of(pts); }

std::int64_t SoundDecoder::end_place() const {
  const Impl& impl = *impl_;
  return impl.next_place + (impl.resampler ? swr_get_delay(impl.resampler.get(), impl.sample_rate) : 0);
}

int SoundDecoder::sample_rate() const { return impl_->sample_rate; }

int SoundDecoder::channels() const { return impl_->channels; }

std::uint64_t SoundDecoder::errors() const { return impl_->errors; }

}  // namespace zoe::media
