#include "plugins/codec_aac/aac_session.hpp"

#include <algorithm>
#include <cstring>

namespace zoe::plugins {
namespace {

// How many frames the encoder runs before the first one that counts: its own delay of one, one that overlaps it, and
// one for its decisions to settle.
constexpr int kRunIn = 3;

std::int64_t ceil_div(std::int64_t value, std::int64_t by) {
  return value >= 0 ? (value + by - 1) / by : -((-value) / by);
}

}  // namespace

AacSession::AacSession(const sdk::Host& host, const zoe_track& output)
    : host_(host),
      time_base_{output.time_base.num, output.time_base.den},
      sample_rate_(output.sample_rate),
      channels_(output.channels),
      packet_(media::new_av_packet()) {}

Result<std::unique_ptr<AacSession>> AacSession::create(const sdk::Host& host, const AacSettings& settings,
                                                       const zoe_track& source, const zoe_track& output) {
  std::unique_ptr<AacSession> session(new AacSession(host, output));
  ZOE_TRY(session->pcm_, PcmTrack::create(source, output.sample_rate, output.channels));
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_AAC);
  if (!codec) return fail(Errc::kUnsupported, "the FFmpeg of this machine has no AAC encoder");
  session->encoder_.reset(avcodec_alloc_context3(codec));
  if (!session->encoder_) return fail(Errc::kNoMemory, "no memory for an encoder");
  AVCodecContext& context = *session->encoder_;
  context.sample_rate = output.sample_rate;
  context.sample_fmt = AV_SAMPLE_FMT_FLTP;
  av_channel_layout_default(&context.ch_layout, output.channels);
  context.bit_rate = settings.bit_rate;
  context.profile = FF_PROFILE_AAC_LOW;
  context.time_base = {1, output.sample_rate};
  context.thread_count = 1;
  context.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  if (const int code = avcodec_open2(&context, codec, nullptr); code < 0)
    return fail(media::av_error("open the AAC encoder", code));
  if (context.frame_size != kFrameSamples)
    return fail(Errc::kUnsupported, "this FFmpeg's AAC encoder makes frames of another size");
  return session;
}

Result<sdk::Flow> AacSession::send_packet(const zoe_packet& packet) {
  if (is_flushed_) return fail(Errc::kConflict, "the session takes no packets after its flush");
  if ((packet.flags & ZOE_PACKET_DISCARD) == 0 && packet.pts != ZOE_NO_TIMESTAMP) {
    if (!has_begun_) begin_pts_ = packet.pts;
    has_begun_ = true;
    end_pts_ = packet.pts + std::max<std::int64_t>(packet.duration, 1);
  }
  ZOE_CHECK(pcm_->add(packet));
  return sdk::Flow::kDone;
}

Status AacSession::flush() {
  if (std::exchange(is_flushed_, true)) return {};
  ZOE_CHECK(pcm_->end());
  return has_begun_ ? encode_all() : Status();
}

Status AacSession::encode_all() {
  const std::int64_t first = ceil_div(pcm_->place_of(begin_pts_), kFrameSamples);
  const std::int64_t end = ceil_div(pcm_->place_of(end_pts_), kFrameSamples);
  // What comes out first stands for the frame before what went in first.
  for (std::int64_t frame = first - kRunIn; frame <= end; ++frame) {
    ZOE_CHECK(encode_frame(frame * kFrameSamples));
    ZOE_CHECK(drain(false));
  }
  ZOE_CHECK(drain(true));
  std::erase_if(coded_, [&](const Coded& each) {
    return each.place < first * kFrameSamples || each.place >= end * kFrameSamples;
  });
  return {};
}

Status AacSession::encode_frame(std::int64_t place) {
  const media::AvPtr<AVFrame> frame = media::new_av_frame();
  frame->nb_samples = kFrameSamples;
  frame->format = AV_SAMPLE_FMT_FLTP;
  frame->sample_rate = sample_rate_;
  av_channel_layout_default(&frame->ch_layout, channels_);
  int code = av_frame_get_buffer(frame.get(), 0);
  if (code < 0) return fail(media::av_error("encode sound", code));
  for (int c = 0; c < channels_; ++c)
    pcm_->read(place, kFrameSamples, c, reinterpret_cast<float*>(frame->extended_data[c]));
  frame->pts = place;
  code = avcodec_send_frame(encoder_.get(), frame.get());
  if (code < 0) return fail(media::av_error("encode sound", code));
  return {};
}

Status AacSession::drain(bool is_end) {
  if (is_end) avcodec_send_frame(encoder_.get(), nullptr);
  for (;;) {
    const int code = avcodec_receive_packet(encoder_.get(), packet_.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return {};
    if (code < 0) return fail(media::av_error("encode sound", code));
    const auto size = static_cast<std::size_t>(packet_->size);
    ZOE_TRY(sdk::BufferRef buffer, sdk::BufferRef::alloc(host_, size));
    std::memcpy(buffer.data(), packet_->data, size);
    coded_.push_back({packet_->pts, std::move(buffer)});
    av_packet_unref(packet_.get());
  }
}

std::int64_t AacSession::pts_of(std::int64_t place) const {
  return av_rescale_rnd(place, time_base_.den, std::int64_t{time_base_.num} * sample_rate_, AV_ROUND_NEAR_INF);
}

Result<sdk::Flow> AacSession::receive_packet(zoe_packet& out) {
  if (coded_.empty()) return is_flushed_ ? sdk::Flow::kEnd : sdk::Flow::kAgain;
  Coded coded = std::move(coded_.front());
  coded_.pop_front();
  const std::int64_t pts = pts_of(coded.place);
  out = zoe_packet{.struct_size = sizeof(zoe_packet),
                   .flags = ZOE_PACKET_KEY,
                   .pts = pts,
                   .dts = pts,
                   .duration = pts_of(coded.place + kFrameSamples) - pts,
                   .buffer = nullptr,
                   .data = coded.buffer.data(),
                   .size = coded.buffer.size()};
  out.buffer = coded.buffer.release();
  host_.count("frames_total");
  return sdk::Flow::kDone;
}

Bytes AacSession::extradata() const {
  return {encoder_->extradata, static_cast<std::size_t>(std::max(encoder_->extradata_size, 0))};
}

}  // namespace zoe::plugins
