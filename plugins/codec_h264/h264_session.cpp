#include "plugins/codec_h264/h264_session.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "engine/plugin/sdk/picture.hpp"

namespace zoe::plugins {
namespace {

constexpr double kReferenceRate = 3'200'000;  // bits per second of 720p30
constexpr double kReferencePixels = 1280.0 * 720;
constexpr double kReferenceFps = 30;
constexpr int kNoKeyFrames = 1 << 20;  // but those that are asked for

double fps_of(zoe_rational rate) {
  const bool is_known = rate.num > 0 && rate.den > 0;
  return is_known ? std::clamp(static_cast<double>(rate.num) / rate.den, 1.0, 240.0) : kReferenceFps;
}

int threads_for(int width, int height) {
  constexpr int kPixels720 = 1280 * 720;
  const int pixels = width * height;
  return pixels <= kPixels720 ? 1 : pixels <= 4 * kPixels720 ? 2 : 4;
}

AVRational to_av(zoe_rational value) { return {value.num, value.den}; }

}  // namespace

std::int64_t most_bit_rate(int width, int height, zoe_rational frame_rate) {
  const double pixels = static_cast<double>(width) * height;
  const double by_size = std::pow(pixels / kReferencePixels, 0.75);
  const double by_time = std::sqrt(std::clamp(fps_of(frame_rate) / kReferenceFps, 0.5, 4.0));
  constexpr double kStep = 10'000;
  return static_cast<std::int64_t>(std::max(std::round(kReferenceRate * by_size * by_time / kStep), 10.0) * kStep);
}

H264Session::H264Session(const sdk::Host& host, const zoe_track& output)
    : host_(host), width_(output.width), height_(output.height), color_(sdk::color_of(output.color)) {}

Result<std::unique_ptr<H264Session>> H264Session::create(const sdk::Host& host, const sdk::PictureSettings& settings,
                                                         const EncoderSettings& encoder, const zoe_track& output) {
  media::quiet_ffmpeg();
  const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
  if (!codec) return fail(Errc::kUnsupported, "the FFmpeg of this machine has no libx264");
  std::unique_ptr<H264Session> session(new H264Session(host, output));
  session->packet_ = media::new_av_packet();
  session->encoder_.reset(avcodec_alloc_context3(codec));
  if (!session->encoder_) return fail(Errc::kNoMemory, "no memory for an encoder");
  AVCodecContext& context = *session->encoder_;
  context.width = output.width;
  context.height = output.height;
  context.pix_fmt = AV_PIX_FMT_YUV420P;
  context.time_base = to_av(output.time_base);
  context.framerate = av_d2q(fps_of(output.frame_rate), 100'000);
  context.sample_aspect_ratio = to_av(output.sample_aspect_ratio);
  context.color_primaries = static_cast<AVColorPrimaries>(session->color_.primaries);
  context.color_trc = static_cast<AVColorTransferCharacteristic>(session->color_.transfer);
  context.colorspace = static_cast<AVColorSpace>(session->color_.matrix);
  context.color_range = session->color_.is_full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  context.profile = FF_PROFILE_H264_HIGH;
  context.gop_size = kNoKeyFrames;
  // Without pictures that lean on later ones decoding order is display order, and a segment's first packet is out as
  // soon as its first pictures are in.
  context.max_b_frames = 0;
  context.rc_max_rate = output.bit_rate;
  context.rc_buffer_size = static_cast<int>(output.bit_rate);
  context.flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_CLOSED_GOP;
  context.thread_count = encoder.threads > 0 ? encoder.threads : threads_for(output.width, output.height);
  context.thread_type = FF_THREAD_SLICE;
  media::AvOptions options;
  options.set("preset", encoder.preset.c_str());
  options.set("crf", std::to_string(settings.quality).c_str());
  options.set("forced-idr", "1");
  options.set("rc-lookahead", "8");
  options.set("x264-params", "scenecut=0:sync-lookahead=0:sliced-threads=1:annexb=1");
  if (const int code = avcodec_open2(&context, codec, options.out()); code < 0)
    return fail(media::av_error("open x264", code));
  return session;
}

Result<sdk::Flow> H264Session::send_frame(const zoe_frame& frame, bool is_segment_start) {
  // An encoder knows no two pictures of one time.
  if (last_pts_ != media::kNoTimestamp && frame.pts <= last_pts_) return sdk::Flow::kDone;
  ZOE_TRY(const media::PictureView picture, sdk::picture_of(frame));
  ZOE_TRY(const std::shared_ptr<media::Frame> converted,
          converter_.convert(picture, sdk::color_of(frame.color), {{}, width_, height_, color_}));
  const media::AvPtr<AVFrame> input(av_frame_clone(converted->av()));
  if (!input) return fail(Errc::kNoMemory, "no memory for a picture");
  input->pts = frame.pts;
  input->pict_type = is_segment_start ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
  const int code = avcodec_send_frame(encoder_.get(), input.get());
  if (code == AVERROR(EAGAIN)) return sdk::Flow::kAgain;
  if (code < 0) return fail(media::av_error("encode a picture", code));
  last_pts_ = frame.pts;
  host_.count("frames_total");
  return sdk::Flow::kDone;
}

Status H264Session::flush() {
  if (const int code = avcodec_send_frame(encoder_.get(), nullptr); code < 0 && code != AVERROR_EOF)
    return fail(media::av_error("flush x264", code));
  return {};
}

Result<sdk::Flow> H264Session::receive_packet(zoe_packet& out) {
  const int code = avcodec_receive_packet(encoder_.get(), packet_.get());
  if (code == AVERROR(EAGAIN)) return sdk::Flow::kAgain;
  if (code == AVERROR_EOF) return sdk::Flow::kEnd;
  if (code < 0) return fail(media::av_error("encode", code));
  const auto size = static_cast<std::size_t>(packet_->size);
  ZOE_TRY(sdk::BufferRef buffer, sdk::BufferRef::alloc(host_, size));
  std::memcpy(buffer.data(), packet_->data, size);
  out = zoe_packet{.struct_size = sizeof(zoe_packet),
                   .flags = (packet_->flags & AV_PKT_FLAG_KEY) != 0 ? std::uint32_t{ZOE_PACKET_KEY} : 0U,
                   .pts = packet_->pts,
                   .dts = packet_->dts,
                   .duration = packet_->duration,
                   .buffer = nullptr,
                   .data = buffer.data(),
                   .size = size};
  out.buffer = buffer.release();
  host_.count("bytes_total", size);
  av_packet_unref(packet_.get());
  return sdk::Flow::kDone;
}

Bytes H264Session::extradata() const {
  return {encoder_->extradata, static_cast<std::size_t>(std::max(encoder_->extradata_size, 0))};
}

}  // namespace zoe::plugins
