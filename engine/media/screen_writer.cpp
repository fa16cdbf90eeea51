#include "engine/media/screen_writer.hpp"

#include <array>

#include "engine/media/scaler.hpp"
#include "engine/media/tone_map.hpp"

namespace zoe::media {
namespace {

bool is_rgb(const PixelFormat& format, const ColorInfo& color) {
  return color.matrix == AVCOL_SPC_RGB && format.planes == 3;
}

AVPixelFormat av_format(const PixelFormat& format, const ColorInfo& color) {
  return static_cast<AVPixelFormat>(Frame::av_format_of(format, is_rgb(format, color)));
}

}  // namespace

struct ScreenWriter::Impl {
  Scaler scaler;
};

ScreenWriter::ScreenWriter() : impl_(std::make_unique<Impl>()) {}

ScreenWriter::~ScreenWriter() = default;

bool ScreenWriter::can_write(const PixelFormat& format, const ColorInfo& color) {
  if (is_hdr(color)) return false;
  const AVPixelFormat wanted = av_format(format, color);
  return wanted != AV_PIX_FMT_NONE && sws_isSupportedInput(wanted) != 0;
}

Status ScreenWriter::write(const PictureView& from, const ColorInfo& color, const Target& to) {
  const bool is_scaled = from.width != to.width || from.height != to.height;
  // swscale has a way of its own for what is not scaled, unless it is told to be accurate.
  const int flags = is_scaled ? SWS_AREA | SWS_ACCURATE_RND : SWS_POINT;
  ZOE_CHECK(
      impl_->scaler.set_up({av_format(from.format, color), from.width, from.height, color.matrix, color.is_full_range},
                           {AV_PIX_FMT_RGB0, to.width, to.height, AVCOL_SPC_RGB, true}, flags));
  const std::array<const std::uint8_t*, 4> data{from.data[0], from.data[1], from.data[2], nullptr};
  const std::array<int, 4> stride{from.stride[0], from.stride[1], from.stride[2], 0};
  const std::array<std::uint8_t*, 4> out{to.data, nullptr, nullptr, nullptr};
  const std::array<int, 4> out_stride{static_cast<int>(to.pitch_bytes), 0, 0, 0};
  return impl_->scaler.run(data.data(), stride.data(), out.data(), out_stride.data());
}

}  // namespace zoe::media
