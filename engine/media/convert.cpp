#include "engine/media/convert.hpp"

#include <algorithm>
#include <array>

#include "engine/media/ffmpeg.hpp"
#include "engine/media/scaler.hpp"
#include "engine/media/tone_map.hpp"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace zoe::media {
namespace {

PixelFormat planar(int depth, int shift_x, int shift_y) {
  return {.planes = 3,
          .bit_depth = static_cast<std::uint8_t>(depth),
          .chroma_shift_x = static_cast<std::uint8_t>(shift_x),
          .chroma_shift_y = static_cast<std::uint8_t>(shift_y)};
}

// The least depth of those that planar formats come in that loses nothing.
int depth_for(int depth) {
  constexpr std::array<int, 5> kDepths{8, 10, 12, 14, 16};
  const auto* found = std::find_if(kDepths.begin(), kDepths.end(), [&](int each) { return each >= depth; });
  return found == kDepths.end() ? 16 : *found;
}

// The format of ours that holds all that `desc` can; AV_PIX_FMT_NONE where swscale cannot read it.
AVPixelFormat lossless_format(const AVPixFmtDescriptor& desc) {
  if ((desc.flags & AV_PIX_FMT_FLAG_HWACCEL) != 0 || sws_isSupportedInput(av_pix_fmt_desc_get_id(&desc)) == 0)
    return AV_PIX_FMT_NONE;
  int depth = 0;
  for (int i = 0; i < desc.nb_components; ++i) depth = std::max(depth, desc.comp[i].depth);
  depth = depth_for((desc.flags & AV_PIX_FMT_FLAG_FLOAT) != 0 ? 16 : depth);
  const std::string_view name = desc.name;
  const bool is_rgb = (desc.flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER)) != 0 ||
                      name.starts_with("xyz");
  if (is_rgb) return static_cast<AVPixelFormat>(Frame::av_format_of(planar(depth, 0, 0), true));
  if (desc.nb_components <= 2) return depth == 8 ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_GRAY16LE;
  PixelFormat format = planar(depth, desc.log2_chroma_w, desc.log2_chroma_h);
  int found = Frame::av_format_of(format, false);
  if (found == AV_PIX_FMT_NONE) {
    format.bit_depth = 16;
    found = Frame::av_format_of(format, false);
  }
  return static_cast<AVPixelFormat>(found);
}

// What tone mapping needs besides: the way to R'G'B' and back, and the table in between.
struct Toning {
  explicit Toning(std::uint8_t its_transfer) : transfer(its_transfer), table(its_transfer) {}

  std::uint8_t transfer;
  ToneTable table;
  PictureConverter to_rgb;
  PictureConverter from_rgb;
};

constexpr PixelFormat kRgb16{.bit_depth = 16, .chroma_shift_x = 0, .chroma_shift_y = 0};

// G, B, R planes of 16 bits, in place.
void tone_rows(Frame& rgb, const ToneTable& table) {
  const PlaneView plane = rgb.plane(0);
  const std::array<std::uint8_t*, 3> planes{rgb.writable_plane(2), rgb.writable_plane(0), rgb.writable_plane(1)};
  const std::array<int, 3> strides{rgb.plane(2).stride, rgb.plane(0).stride, rgb.plane(1).stride};
  for (int y = 0; y < plane.height; ++y) {
    std::array<std::uint16_t*, 3> row{};
    for (std::size_t i = 0; i < 3; ++i)
      row[i] = reinterpret_cast<std::uint16_t*>(planes[i] + static_cast<std::ptrdiff_t>(y) * strides[i]);
    for (int x = 0; x < plane.width; ++x) {
      const std::array<std::uint16_t, 3> mapped = table.at(row[0][x], row[1][x], row[2][x]);
      for (std::size_t i = 0; i < 3; ++i) row[i][x] = mapped[i];
    }
  }
}

}  // namespace

struct PictureConverter::Impl {
  std::unique_ptr<Toning> toning;
  Scaler scaler;

  // Exact, whatever it costs.
  Status set_up(const ScalerSide& from, const ScalerSide& to) {
    const bool is_scaled = from.width != to.width || from.height != to.height;
    const int filter = is_scaled ? SWS_AREA : SWS_POINT;
    return scaler.set_up(from, to, filter | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP);
  }

  Result<std::shared_ptr<Frame>> run(const std::uint8_t* const* data, const int* stride, const ScalerSide& to) {
    AvPtr<AVFrame> out = new_av_frame();
    out->format = to.format;
    out->width = to.width;
    out->height = to.height;
    if (const int code = av_frame_get_buffer(out.get(), 0); code < 0)
      return fail(av_error("no memory for a picture", code));
    ZOE_CHECK(scaler.run(data, stride, out->data, out->linesize));
    return Frame::adopt(out.release());
  }
};

PictureConverter::PictureConverter() : impl_(std::make_unique<Impl>()) {}

PictureConverter::~PictureConverter() = default;

Result<std::shared_ptr<Frame>> PictureConverter::convert(const PictureView& from, const ColorInfo& from_color,
                                                         const Target& to) {
  if (is_hdr(from_color) && !is_hdr(to.color)) {
    auto& toning = impl_->toning;
    if (!toning || toning->transfer != from_color.transfer) toning = std::make_unique<Toning>(from_color.transfer);
    // At the size of the result, where that is smaller.
    ZOE_TRY(const std::shared_ptr<Frame> rgb,
            toning->to_rgb.convert(from, from_color,
                                   {kRgb16,
                                    std::min(to.width, from.width),
                                    std::min(to.height, from.height),
                                    {from_color.primaries, from_color.transfer, AVCOL_SPC_RGB, true}}));
    tone_rows(*rgb, toning->table);
    return toning->from_rgb.convert(rgb->view(), {AVCOL_PRI_BT709, AVCOL_TRC_BT709, AVCOL_SPC_RGB, true}, to);
  }
  const bool is_rgb = from_color.matrix == AVCOL_SPC_RGB && from.format.planes == 3;
  const bool is_rgb_out = to.color.matrix == AVCOL_SPC_RGB && to.format.planes == 3;
  const ScalerSide source{static_cast<AVPixelFormat>(Frame::av_format_of(from.format, is_rgb)), from.width, from.height,
                          from_color.matrix, from_color.is_full_range};
  const ScalerSide target{static_cast<AVPixelFormat>(Frame::av_format_of(to.format, is_rgb_out)), to.width, to.height,
                          to.color.matrix, to.color.is_full_range};
  if (source.format == AV_PIX_FMT_NONE || target.format == AV_PIX_FMT_NONE)
    return fail(Errc::kUnsupported, "pictures of this format cannot be converted");
  ZOE_CHECK(impl_->set_up(source, target));
  const std::array<const std::uint8_t*, 4> data{from.data[0], from.data[1], from.data[2], nullptr};
  const std::array<int, 4> stride{from.stride[0], from.stride[1], from.stride[2], 0};
  ZOE_TRY(std::shared_ptr<Frame> frame, impl_->run(data.data(), stride.data(), target));
  frame->set_color(to.color);
  return frame;
}

Result<std::shared_ptr<Frame>> PictureConverter::normalise(const AVFrame& from) {
  const auto format = static_cast<AVPixelFormat>(from.format);
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(format);
  if (!desc) return fail(Errc::kUnsupported, "pictures of an unknown format");
  const AVPixelFormat wanted = Frame::supported(format, nullptr) ? format : lossless_format(*desc);
  if (wanted == AV_PIX_FMT_NONE)
    return fail(Errc::kUnsupported, std::string("pictures of format ") + desc->name + " cannot be shown");
  const bool is_full = from.color_range == AVCOL_RANGE_JPEG;
  const ScalerSide source{format, from.width, from.height, from.colorspace, is_full};
  const ScalerSide target{wanted, from.width, from.height, from.colorspace, is_full};
  ZOE_CHECK(impl_->set_up(source, target));
  ZOE_TRY(std::shared_ptr<Frame> frame, impl_->run(from.data, from.linesize, target));
  ColorInfo color{
      static_cast<std::uint8_t>(from.color_primaries), static_cast<std::uint8_t>(from.color_trc),
      frame->color().matrix == AVCOL_SPC_RGB ? std::uint8_t{AVCOL_SPC_RGB} : static_cast<std::uint8_t>(from.colorspace),
      is_full || frame->color().is_full_range};
  frame->set_color(color);
  return frame;
}

}  // namespace zoe::media
