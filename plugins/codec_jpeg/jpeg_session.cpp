#include "plugins/codec_jpeg/jpeg_session.hpp"

#include <algorithm>
#include <utility>

namespace zoe::plugins {
namespace {

constexpr std::uint8_t kRgbMatrix = 0;
constexpr int kMostShift = 4;

// The nearest format that JPEG holds: 8 bits, planar, chroma as it is sampled already.
media::PixelFormat jpeg_format(const media::PixelFormat& from) {
  if (from.planes == 1) return {.planes = 1, .chroma_shift_x = 0, .chroma_shift_y = 0};
  const media::PixelFormat planar{.chroma_shift_x = from.chroma_shift_x, .chroma_shift_y = from.chroma_shift_y};
  if (media::is_jpeg_format(planar)) return planar;
  return {};  // 4:2:0
}

}  // namespace

media::ColorInfo color_of(const zoe_color& color) {
  return {color.primaries, color.transfer, color.matrix, color.is_full_range != 0};
}

Result<media::PictureView> view_of(const zoe_frame& frame) {
  const bool is_planar = frame.layout == ZOE_LAYOUT_PLANAR && (frame.planes == 1 || frame.planes == 3);
  const bool is_semi_planar = frame.layout == ZOE_LAYOUT_SEMI_PLANAR && frame.planes == 2;
  if ((!is_planar && !is_semi_planar) || frame.bit_depth < 8 || frame.bit_depth > 16 || frame.width < 1 ||
      frame.height < 1 || frame.width > media::kMostJpegSide || frame.height > media::kMostJpegSide ||
      frame.chroma_shift_x > kMostShift || frame.chroma_shift_y > kMostShift)
    return fail(Errc::kInvalidArgument, "a picture in a format that is none");
  media::PictureView view;
  view.format = {.layout = is_planar ? media::PlaneLayout::kPlanar : media::PlaneLayout::kSemiPlanar,
                 .planes = frame.planes,
                 .bit_depth = frame.bit_depth,
                 .bit_shift = frame.bit_shift,
                 .chroma_shift_x = frame.chroma_shift_x,
                 .chroma_shift_y = frame.chroma_shift_y};
  view.width = frame.width;
  view.height = frame.height;
  for (int i = 0; i < frame.planes; ++i) {
    const auto at = static_cast<std::size_t>(i);
    view.data[at] = frame.data[i];
    view.stride[at] = frame.stride[i];
    if (!frame.data[i] || frame.stride[i] < 0 || static_cast<std::size_t>(frame.stride[i]) < view.plane(i).row_bytes())
      return fail(Errc::kInvalidArgument, "a picture whose planes do not hold its size");
  }
  return view;
}

Result<std::unique_ptr<JpegSession>> JpegSession::create(const sdk::Host& host, const JpegSettings& settings,
                                                         const media::ColorInfo& color) {
  std::unique_ptr<JpegSession> session(new JpegSession(host, settings, color));
  ZOE_TRY(session->encoder_, media::JpegEncoder::create());
  return session;
}

Result<sdk::Flow> JpegSession::send_frame(const zoe_frame& frame, bool) {
  if (is_flushed_) return fail(Errc::kConflict, "the session takes no pictures after its flush");
  if (made_) return sdk::Flow::kAgain;
  ZOE_TRY(const media::PictureView picture, view_of(frame));
  const media::ColorInfo color = color_of(frame.color);
  const PictureSize size = reduced_size({picture.width, picture.height}, settings_.lines);
  const bool is_rgb = color.matrix == kRgbMatrix && picture.format.planes == 3;
  const bool is_as_wanted = media::is_jpeg_format(picture.format) && size.width == picture.width &&
                            size.height == picture.height && !is_rgb && color.is_full_range == color_.is_full_range;
  if (is_as_wanted) {
    ZOE_CHECK(encode(picture, frame));
    return sdk::Flow::kDone;
  }
  media::ColorInfo wanted = is_rgb ? color_ : color;
  wanted.is_full_range = color_.is_full_range;
  ZOE_TRY(const std::shared_ptr<media::Frame> converted,
          converter_.convert(picture, color, {jpeg_format(picture.format), size.width, size.height, wanted}));
  ZOE_CHECK(encode(converted->view(), frame));
  return sdk::Flow::kDone;
}

// Straight into a buffer of the host's, sized for the worst case: what the JPEG does not touch of it costs no memory.
Status JpegSession::encode(const media::PictureView& picture, const zoe_frame& frame) {
  ZOE_TRY(const std::size_t most, media::JpegEncoder::most_bytes(picture.format, picture.width, picture.height));
  ZOE_TRY(buffer_, sdk::BufferRef::alloc(host_, most));
  ZOE_TRY(const std::size_t size, encoder_->encode(picture, settings_.quality, {buffer_.data(), buffer_.size()}));
  made_ = zoe_packet{.struct_size = sizeof(zoe_packet),
                     .flags = ZOE_PACKET_KEY,
                     .pts = frame.pts,
                     .dts = frame.pts,
                     .duration = frame.duration,
                     .buffer = nullptr,
                     .data = buffer_.data(),
                     .size = size};
  host_.count("frames_total");
  host_.count("bytes_total", size);
  return {};
}

Status JpegSession::flush() {
  is_flushed_ = true;
  return {};
}

Result<sdk::Flow> JpegSession::receive_packet(zoe_packet& out) {
  if (!made_) return is_flushed_ ? sdk::Flow::kEnd : sdk::Flow::kAgain;
  out = *std::exchange(made_, std::nullopt);
  out.buffer = buffer_.release();
  return sdk::Flow::kDone;
}

}  // namespace zoe::plugins
