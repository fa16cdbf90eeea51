#include "engine/media/frame.hpp"

#include <array>
#include <utility>

#define XXH_STATIC_LINKING_ONLY  // XXH3_state_t on the stack
#include <xxhash.h>

#include "engine/media/ffmpeg.hpp"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace zoe::media {
namespace {

constexpr int kMostSide = 32'768;
constexpr std::uint64_t kHashSeed = 0x7a6f65;  // "zoe"
constexpr std::uint64_t kUnsuitable = AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL |
                                      AV_PIX_FMT_FLAG_BAYER | AV_PIX_FMT_FLAG_FLOAT;

bool has_equal_samples(const AVPixFmtDescriptor& desc, int components) {
  for (int i = 1; i < components; ++i)
    if (desc.comp[i].depth != desc.comp[0].depth || desc.comp[i].shift != desc.comp[0].shift) return false;
  return true;
}

// Y, U, V (or G, B, R) in planes of their own, in that order.
bool is_planar(const AVPixFmtDescriptor& desc, int bytes) {
  const bool is_rgb = (desc.flags & AV_PIX_FMT_FLAG_RGB) != 0;
  const std::array<int, 3> planes = is_rgb ? std::array{2, 0, 1} : std::array{0, 1, 2};
  for (std::size_t i = 0; i < 3; ++i)
    if (desc.comp[i].plane != planes[i] || desc.comp[i].step != bytes || desc.comp[i].offset != 0) return false;
  return true;
}

bool is_semi_planar(const AVPixFmtDescriptor& desc, int bytes) {
  return desc.nb_components == 3 && desc.comp[0].plane == 0 && desc.comp[0].step == bytes && desc.comp[1].plane == 1 &&
         desc.comp[2].plane == 1 && desc.comp[1].step == 2 * bytes && desc.comp[2].step == 2 * bytes &&
         desc.comp[1].offset == 0 && desc.comp[2].offset == bytes;
}

ColorInfo color_of(const AVFrame& frame) {
  ColorInfo color;
  color.primaries = static_cast<std::uint8_t>(frame.color_primaries);
  color.transfer = static_cast<std::uint8_t>(frame.color_trc);
  color.matrix = static_cast<std::uint8_t>(frame.colorspace);
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  const bool is_rgb = desc && (desc->flags & AV_PIX_FMT_FLAG_RGB) != 0;
  const bool is_yuvj = desc && std::string_view(desc->name).substr(0, 4) == "yuvj";
  if (is_rgb) color.matrix = AVCOL_SPC_RGB;
  color.is_full_range =
      frame.color_range == AVCOL_RANGE_JPEG || is_yuvj || (is_rgb && frame.color_range == AVCOL_RANGE_UNSPECIFIED);
  return color;
}

}  // namespace

bool Frame::supported(int av_pixel_format, PixelFormat* out) {
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(av_pixel_format));
  if (!desc || (desc->flags & kUnsuitable) != 0) return false;
  const AVComponentDescriptor& first = desc->comp[0];
  if (first.depth < 8 || first.depth > 16) return false;
  const int bytes = first.depth > 8 ? 2 : 1;
  if (bytes == 2 && (desc->flags & AV_PIX_FMT_FLAG_BE) != 0) return false;

  PixelFormat format;
  format.bit_depth = static_cast<std::uint8_t>(first.depth);
  format.bit_shift = static_cast<std::uint8_t>(first.shift);
  format.chroma_shift_x = desc->log2_chroma_w;
  format.chroma_shift_y = desc->log2_chroma_h;
  if (desc->nb_components == 1) {
    if (first.step != bytes || first.shift != 0) return false;
    format.planes = 1;
    format.chroma_shift_x = format.chroma_shift_y = 0;
  } else if (desc->nb_components >= 3 && has_equal_samples(*desc, 3) && is_planar(*desc, bytes)) {
    format.planes = 3;
  } else if (has_equal_samples(*desc, desc->nb_components) && is_semi_planar(*desc, bytes)) {
    format.layout = PlaneLayout::kSemiPlanar;
    format.planes = 2;
  } else {
    return false;
  }
  if (out) *out = format;
  return true;
}

int Frame::av_format_of(const PixelFormat& format, bool is_rgb) {
  for (const AVPixFmtDescriptor* desc = av_pix_fmt_desc_next(nullptr); desc; desc = av_pix_fmt_desc_next(desc)) {
    if (((desc->flags & AV_PIX_FMT_FLAG_RGB) != 0) != is_rgb || (desc->flags & AV_PIX_FMT_FLAG_ALPHA) != 0 ||
        std::string_view(desc->name).starts_with("yuvj"))
      continue;
    PixelFormat candidate;
    const AVPixelFormat id = av_pix_fmt_desc_get_id(desc);
    if (supported(id, &candidate) && candidate == format) return id;
  }
  return AV_PIX_FMT_NONE;
}

Result<std::shared_ptr<Frame>> Frame::create(const PixelFormat& format, int width, int height) {
  if (width < 1 || height < 1 || width > kMostSide || height > kMostSide)
    return fail(Errc::kInvalidArgument,
                "a picture of " + std::to_string(width) + "x" + std::to_string(height) + " is out of bounds");
  AvPtr<AVFrame> frame = new_av_frame();
  frame->format = av_format_of(format, false);
  frame->width = width;
  frame->height = height;
  if (frame->format == AV_PIX_FMT_NONE) return fail(Errc::kInvalidArgument, "no such pixel format");
  if (const int code = av_frame_get_buffer(frame.get(), 0); code < 0)
    return fail(av_error("no memory for a picture", code));
  return adopt(frame.release());
}

Result<std::shared_ptr<Frame>> Frame::adopt(AVFrame* frame) {
  AvPtr<AVFrame> owner(frame);
  PixelFormat format;
  if (!supported(frame->format, &format)) {
    const char* name = av_get_pix_fmt_name(static_cast<AVPixelFormat>(frame->format));
    return fail(Errc::kUnsupported, std::string("pixel format ") + (name ? name : "unknown") + " needs a conversion");
  }
  for (int i = 0; i < format.planes; ++i)
    if (!frame->data[i] || frame->linesize[i] <= 0) return fail(Errc::kUnsupported, "the picture lies upside down");
  std::shared_ptr<Frame> made(new Frame(owner.get(), format));
  owner.release();
  return made;
}

Frame::Frame(AVFrame* av, const PixelFormat& format)
    : av_(av),
      format_(format),
      width_(av->width),
      height_(av->height),
      color_(color_of(*av)),
      pts_(av->pts),
      duration_(av->pkt_duration > 0 ? av->pkt_duration : 0),
      is_key_(av->key_frame != 0) {}

Frame::~Frame() { AvPtr<AVFrame>{av_}; }

PlaneView PictureView::plane(int index) const {
  const bool is_chroma = index > 0;
  const int shift_x = is_chroma ? format.chroma_shift_x : 0;
  const int shift_y = is_chroma ? format.chroma_shift_y : 0;
  PlaneView view;
  view.data = data[static_cast<std::size_t>(index)];
  view.stride = stride[static_cast<std::size_t>(index)];
  view.bytes_per_sample = format.bytes_per_sample();
  view.width = (width + (1 << shift_x) - 1) >> shift_x;
  view.height = (height + (1 << shift_y) - 1) >> shift_y;
  view.components = is_chroma && format.layout == PlaneLayout::kSemiPlanar ? 2 : 1;
  return view;
}

PictureView Frame::view() const {
  PictureView picture{.format = format_, .width = width_, .height = height_};
  for (std::size_t i = 0; i < format_.planes; ++i) {
    picture.data[i] = av_->data[i];
    picture.stride[i] = av_->linesize[i];
  }
  return picture;
}

std::uint8_t* Frame::writable_plane(int index) { return av_->data[index]; }

std::size_t Frame::size_bytes() const {
  std::size_t bytes = sizeof(Frame) + sizeof(AVFrame);
  for (const AVBufferRef* buffer : av_->buf)
    if (buffer) bytes += buffer->size;
  return bytes;
}

std::uint64_t Frame::hash() const {
  XXH3_state_t state;
  XXH3_INITSTATE(&state);  // a reset with a seed looks at what was there before
  XXH3_64bits_reset_withSeed(&state, kHashSeed);
  const std::array<std::int32_t, 8> shape{static_cast<std::int32_t>(format_.layout),
                                          format_.planes,
                                          format_.bit_depth,
                                          format_.bit_shift,
                                          format_.chroma_shift_x,
                                          format_.chroma_shift_y,
                                          width_,
                                          height_};
  XXH3_64bits_update(&state, shape.data(), sizeof shape);
  for (int i = 0; i < format_.planes; ++i) {
    const PlaneView view = plane(i);
    for (int y = 0; y < view.height; ++y)
      XXH3_64bits_update(&state, view.data + static_cast<std::ptrdiff_t>(view.stride) * y, view.row_bytes());
  }
  return XXH3_64bits_digest(&state);
}

ColorInfo guess_unspecified(ColorInfo color, int width, int height) {
  const bool is_hd = height >= 720 || width >= 1280;
  if (color.matrix == AVCOL_SPC_UNSPECIFIED) {
    const bool is_2020 = color.primaries == AVCOL_PRI_BT2020;
    color.matrix = is_2020 ? AVCOL_SPC_BT2020_NCL : is_hd ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
  }
  const bool is_2020 = color.matrix == AVCOL_SPC_BT2020_NCL || color.matrix == AVCOL_SPC_BT2020_CL;
  const bool is_601 = color.matrix == AVCOL_SPC_SMPTE170M || color.matrix == AVCOL_SPC_BT470BG;
  if (color.primaries == AVCOL_PRI_UNSPECIFIED) {
    color.primaries = is_2020                             ? AVCOL_PRI_BT2020
                      : !is_601                           ? AVCOL_PRI_BT709
                      : color.matrix == AVCOL_SPC_BT470BG ? AVCOL_PRI_BT470BG
                                                          : AVCOL_PRI_SMPTE170M;
  }
  if (color.transfer == AVCOL_TRC_UNSPECIFIED) {
    color.transfer = color.matrix == AVCOL_SPC_RGB ? AVCOL_TRC_IEC61966_2_1
                     : is_2020                     ? AVCOL_TRC_BT2020_10
                     : is_601                      ? AVCOL_TRC_SMPTE170M
                                                   : AVCOL_TRC_BT709;
  }
  return color;
}

}  // namespace zoe::media
