#include "engine/media/decoder.hpp"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "engine/media/convert.hpp"
#include "engine/media/ffmpeg.hpp"
#include "engine/media/jpeg.hpp"
#include "engine/media/stream_info.hpp"

namespace zoe::media {
namespace {

constexpr int kMostSide = 16'384;
constexpr std::int64_t kMostPixels = std::int64_t{1} << 26;
constexpr int kMostThreads = 16;
// Packets whose frames are still to come: at most 16 are reordered and 16 lie with the frame threads.
constexpr std::size_t kMostInFlight = 256;
constexpr int kMostErrorsInARow = 1000;

// What of a packet applies to the frame that comes out of it, found again by its time stamp: the one thing that every
// decoder carries along.
struct InFlight {
  std::int64_t pts = kNoTimestamp;
  std::uint32_t flags = 0;
  std::uint32_t duration = 0;
};

AVDiscard av_discard(DecodeSkip skip) {
  switch (skip) {
    case DecodeSkip::kNonReference:
      return AVDISCARD_NONREF;
    case DecodeSkip::kNonKey:
      return AVDISCARD_NONKEY;
    case DecodeSkip::kNone:
      break;
  }
  return AVDISCARD_DEFAULT;
}

Result<AvPtr<AVCodecContext>> open_codec(const TrackInfo& track, const DecoderOptions& options) {
  quiet_ffmpeg();
  ZOE_TRY(const AvPtr<AVCodecParameters> parameters, parameters_of(track));
  const AVCodec* codec = avcodec_find_decoder(parameters->codec_id);
  if (!codec || parameters->codec_type != AVMEDIA_TYPE_VIDEO)
    return fail(Errc::kUnsupported, "there is no video decoder for " + clean_text(track.codec, 40));
  AvPtr<AVCodecContext> context(avcodec_alloc_context3(codec));
  if (!context) return fail(Errc::kNoMemory, "no memory to decode");
  if (const int code = avcodec_parameters_to_context(context.get(), parameters.get()); code < 0)
    return fail(av_error("decode " + track.codec, code));
  context->pkt_timebase = {track.time_base.num, track.time_base.den};
  context->framerate = {track.frame_rate.num, track.frame_rate.den};
  context->max_pixels = kMostPixels;
  context->thread_count = std::clamp(options.threads, 1, kMostThreads);
  context->thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE;
  context->skip_frame = av_discard(options.skip);
  // A segment begins where the container says that decoding can; the H.264 decoder would hold back pictures until it
  // sees that for itself.
  context->flags |= AV_CODEC_FLAG_OUTPUT_CORRUPT;
  // Without word from the stream about its reordering, take the most that its level allows instead of learning it by
  // showing pictures in the wrong order.
  if (codec->id == AV_CODEC_ID_H264) context->strict_std_compliance = FF_COMPLIANCE_STRICT;
  if (const int code = avcodec_open2(context.get(), codec, nullptr); code < 0)
    return fail(av_error("open the decoder for " + track.codec, code));
  return context;
}

// Fills in what the picture leaves open from what is known of the track.
void complete_color(AVFrame& frame, const ColorInfo& color) {
  if (frame.color_primaries == AVCOL_PRI_UNSPECIFIED)
    frame.color_primaries = static_cast<AVColorPrimaries>(color.primaries);
  if (frame.color_trc == AVCOL_TRC_UNSPECIFIED)
    frame.color_trc = static_cast<AVColorTransferCharacteristic>(color.transfer);
  if (frame.colorspace == AVCOL_SPC_UNSPECIFIED) frame.colorspace = static_cast<AVColorSpace>(color.matrix);
  if (frame.color_range == AVCOL_RANGE_UNSPECIFIED && color.is_full_range) frame.color_range = AVCOL_RANGE_JPEG;
}

bool is_top_down(const AVFrame& frame) {
  return frame.linesize[0] > 0 && frame.linesize[1] >= 0 && frame.linesize[2] >= 0;
}

}  // namespace

struct Decoder::Impl {
  TrackInfo track;
  DecoderOptions options;
  AvPtr<AVCodecContext> context;  // null while libjpeg-turbo does the work
  AvPtr<AVPacket> packet = new_av_packet();
  std::unique_ptr<JpegDecoder> jpeg;
  PictureConverter converter;
  std::deque<InFlight> in_flight;
  FramePtr waiting;  // libjpeg-turbo's frame
  bool is_draining = false;
  std::int64_t last_pts = kNoTimestamp;
  std::uint64_t errors = 0;

  // ---- motion JPEG

  // False when FFmpeg has to see to it: an interlaced frame in two pictures, or an unusual JPEG.
  Result<bool> send_jpeg(const PacketView& packet_view) {
    const auto header = jpeg->read_header(packet_view.data);
    if (!header) {
      if (header.error().code == Errc::kUnsupported) return false;
      ++errors;
      return true;
    }
    if (track.height > 0 && header->height <= track.height / 2) return false;
    bool is_damaged = false;
    auto frame = jpeg->decode(packet_view.data, is_damaged);
    if (!frame && frame.error().code == Errc::kNoMemory) return fail(std::move(frame).error());
    if (!frame || is_damaged) ++errors;
    if (!frame || (packet_view.record.flags & kPacketDiscard) != 0) return true;
    (*frame)->set_color(track.color);
    set_time(**frame, packet_view.record.pts, packet_view.record.duration);
    waiting = std::move(*frame);
    return true;
  }

  // ---- everything else

  Status send_packet(const PacketView& view) {
    packet->data = const_cast<std::uint8_t*>(view.data.data());  // FFmpeg copies what it does not own
    packet->size = static_cast<int>(view.data.size());
    packet->pts = view.record.pts;
    packet->dts = view.record.dts;
    packet->duration = view.record.duration;
    packet->flags = (view.record.flags & kPacketKey) != 0 ? AV_PKT_FLAG_KEY : 0;
    if (view.record.pts != kNoTimestamp) {
      if (in_flight.size() >= kMostInFlight) in_flight.pop_front();
      in_flight.push_back({view.record.pts, view.record.flags, view.record.duration});
    }
    const int code = avcodec_send_packet(context.get(), packet.get());
    packet->data = nullptr;
    packet->size = 0;
    if (code == AVERROR(EAGAIN)) return fail(Errc::kConflict, "frames wait to be received before the next packet");
    if (code == AVERROR(ENOMEM)) return fail(av_error("decode " + track.codec, code));
    if (code < 0) ++errors;
    return {};
  }

  // True when the frame is to be shown.
  bool take_in_flight(std::int64_t pts, std::int64_t& duration) {
    const auto found =
        std::find_if(in_flight.begin(), in_flight.end(), [&](const InFlight& each) { return each.pts == pts; });
    if (found == in_flight.end()) return true;
    const InFlight taken = *found;
    in_flight.erase(found);
    if (duration <= 0) duration = taken.duration;
    return (taken.flags & kPacketDiscard) == 0;
  }

  // Pictures come in rising time whatever the stream says.
  void set_time(Frame& frame, std::int64_t pts, std::int64_t duration) {
    if (last_pts != kNoTimestamp && pts <= last_pts) pts = last_pts + 1;
    if (pts == kNoTimestamp) pts = track.start;
    last_pts = pts;
    frame.set_time(pts, std::max<std::int64_t>(duration, 0));
  }

  // Null for a frame that is not to be shown, or cannot be.
  Result<FramePtr> finish(AvPtr<AVFrame> av) {
    const std::int64_t pts = av->pts != AV_NOPTS_VALUE ? av->pts : av->best_effort_timestamp;
    std::int64_t duration = av->pkt_duration;
    if (!take_in_flight(pts, duration)) return FramePtr();
    complete_color(*av, track.color);
    std::shared_ptr<Frame> frame;
    if (Frame::supported(av->format, nullptr) && is_top_down(*av)) {
      ZOE_TRY(frame, Frame::adopt(av.release()));
    } else {
      auto converted = converter.normalise(*av);
      if (!converted) {
        if (converted.error().code == Errc::kNoMemory) return fail(std::move(converted).error());
        ++errors;
        return FramePtr();
      }
      frame = std::move(*converted);
    }
    if (track.codec == "mjpeg") frame->set_color(track.color);
    set_time(*frame, pts, duration);
    return FramePtr(std::move(frame));
  }

  Result<DecodeState> receive(FramePtr& out) {
    for (int failures = 0; failures < kMostErrorsInARow;) {
      AvPtr<AVFrame> av = new_av_frame();
      const int code = avcodec_receive_frame(context.get(), av.get());
      if (code == AVERROR(EAGAIN)) return DecodeState::kAgain;
      if (code == AVERROR_EOF) return DecodeState::kEnd;
      if (code == AVERROR(ENOMEM)) return fail(av_error("decode " + track.codec, code));
      if (code < 0) {
        ++errors;
        ++failures;
        continue;
      }
      ZOE_TRY(FramePtr frame, finish(std::move(av)));
      if (!frame) continue;
      out = std::move(frame);
      return DecodeState::kFrame;
    }
    return is_draining ? DecodeState::kEnd : DecodeState::kAgain;
  }
};

Decoder::Decoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Decoder::~Decoder() = default;

Result<std::unique_ptr<Decoder>> Decoder::create(const TrackInfo& track, const DecoderOptions& options) {
  if (track.width < 0 || track.height < 0 || track.width > kMostSide || track.height > kMostSide)
    return fail(Errc::kInvalidArgument, "a picture of " + std::to_string(track.width) + "x" +
                                            std::to_string(track.height) + " is out of bounds");
  auto impl = std::make_unique<Impl>();
  impl->track = track;
  impl->options = options;
  if (track.codec == "mjpeg") {
    ZOE_TRY(impl->jpeg, JpegDecoder::create());
  } else {
    ZOE_TRY(impl->context, open_codec(track, options));
  }
  return std::unique_ptr<Decoder>(new Decoder(std::move(impl)));
}

Status Decoder::send(const PacketView& packet) {
  if (impl_->is_draining) return fail(Errc::kConflict, "the decoder is drained: flush it before the next packet");
  if (packet.data.empty()) return {};
  if (impl_->jpeg && !impl_->context) {
    if (impl_->waiting) return fail(Errc::kConflict, "frames wait to be received before the next packet");
    ZOE_TRY(const bool is_done, impl_->send_jpeg(packet));
    if (is_done) return {};
    ZOE_TRY(impl_->context, open_codec(impl_->track, impl_->options));
  }
  return impl_->send_packet(packet);
}

Result<DecodeState> Decoder::receive(FramePtr& out) {
  if (impl_->context) return impl_->receive(out);
  if (impl_->waiting) {
    out = std::exchange(impl_->waiting, nullptr);
    return DecodeState::kFrame;
  }
  return impl_->is_draining ? DecodeState::kEnd : DecodeState::kAgain;
}

Status Decoder::drain() {
  if (impl_->is_draining) return {};
  impl_->is_draining = true;
  if (!impl_->context) return {};
  const int code = avcodec_send_packet(impl_->context.get(), nullptr);
  if (code == AVERROR(ENOMEM)) return fail(av_error("decode " + impl_->track.codec, code));
  return {};
}

void Decoder::flush() {
  if (impl_->context) avcodec_flush_buffers(impl_->context.get());
  impl_->waiting.reset();
  impl_->in_flight.clear();
  impl_->is_draining = false;
  impl_->last_pts = kNoTimestamp;
}

void Decoder::set_skip(DecodeSkip skip) {
  impl_->options.skip = skip;
  if (impl_->context) impl_->context->skip_frame = av_discard(skip);
}

std::uint64_t Decoder::errors() const { return impl_->errors; }

}  // namespace zoe::media
