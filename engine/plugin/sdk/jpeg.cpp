#include "engine/plugin/sdk/jpeg.hpp"

#include <string>

#include "engine/media/tone_map.hpp"

namespace zoe::sdk {
namespace {

constexpr std::uint8_t kRgbMatrix = 0;
constexpr std::uint8_t kUnspecified = 2;
constexpr std::int32_t kUnknownProfile = -99;

bool is_jpeg_size(int width, int height) {
  return width >= 1 && height >= 1 && width <= media::kMostJpegSide && height <= media::kMostJpegSide;
}

bool is_rgb(const media::PictureView& picture, const media::ColorInfo& color) {
  return color.matrix == kRgbMatrix && picture.format.planes == 3;
}

// The nearest format that JPEG holds: 8 bits, planar, chroma as it is sampled already.
media::PixelFormat jpeg_format(const media::PixelFormat& from) {
  if (from.planes == 1) return {.planes = 1, .chroma_shift_x = 0, .chroma_shift_y = 0};
  const media::PixelFormat planar{.chroma_shift_x = from.chroma_shift_x, .chroma_shift_y = from.chroma_shift_y};
  if (media::is_jpeg_format(planar)) return planar;
  return {};  // 4:2:0
}

// Colour planes without colour for a picture that has none; what lies in the first plane means nothing.
Result<std::shared_ptr<media::Frame>> neutral_planes(const media::PictureView& grey) {
  ZOE_TRY(std::shared_ptr<media::Frame> frame,
          media::Frame::create({.bit_depth = grey.format.bit_depth, .bit_shift = grey.format.bit_shift}, grey.width,
                               grey.height));
  const auto value = static_cast<std::uint16_t>(1U << (grey.format.bit_depth - 1U) << grey.format.bit_shift);
  for (const int i : {1, 2}) {
    const media::PlaneView plane = frame->plane(i);
    std::uint8_t* row = frame->writable_plane(i);
    for (int y = 0; y < plane.height; ++y, row += plane.stride) {
      for (int x = 0; x < plane.width; ++x) {
        if (plane.bytes_per_sample == 1) {
          row[x] = static_cast<std::uint8_t>(value);
        } else {
          store_le(row + 2 * x, value);
        }
      }
    }
  }
  return frame;
}

}  // namespace

Result<zoe_track> jpeg_track(const zoe_track& source, int width, int height) {
  if (source.kind != ZOE_TRACK_VIDEO) return fail(Errc::kUnsupported, "only video tracks can be sent as JPEG");
  if (!is_jpeg_size(source.width, source.height) || !is_jpeg_size(width, height))
    return fail(Errc::kUnsupported,
                "a JPEG cannot hold pictures of " + std::to_string(source.width) + "x" + std::to_string(source.height));
  zoe_track output = source;
  output.struct_size = sizeof output;
  copy_text(output.codec, "mjpeg");
  output.width = width;
  output.height = height;
  output.extradata = nullptr;
  output.extradata_size = 0;
  output.profile = output.level = kUnknownProfile;
  output.bit_rate = 0;
  output.codec_tag = 0;
  output.bits_per_coded_sample = 0;
  copy_text(output.pixel_format, "");
  if (source.color.matrix == kRgbMatrix) {
    const media::ColorInfo color =
        media::guess_unspecified({source.color.primaries, source.color.transfer, kUnspecified, true}, width, height);
    output.color = {color.primaries, color.transfer, color.matrix, 1};
  }
  // Eight bits are too few for HDR: it is tone-mapped.
  const media::ColorInfo color = media::sdr_color(color_of(output.color));
  output.color = {color.primaries, color.transfer, color.matrix, output.color.is_full_range};
  return output;
}

Result<std::unique_ptr<JpegMaker>> JpegMaker::create(const Host& host, const zoe_track& output, int quality,
                                                     Matrix matrix) {
  std::unique_ptr<JpegMaker> maker(new JpegMaker(host, color_of(output.color), quality, matrix));
  ZOE_TRY(maker->encoder_, media::JpegEncoder::create());
  return maker;
}

Result<CodedPicture> JpegMaker::encode(const zoe_frame& frame, int width, int height) {
  ZOE_TRY(const media::PictureView picture, picture_of(frame));
  const media::ColorInfo color = color_of(frame.color);
  const bool is_matrix_right = matrix_ == Matrix::kOfSource || picture.format.planes == 1 ||
                               media::guess_unspecified(color, picture.width, picture.height).matrix == color_.matrix;
  const bool is_as_wanted = media::is_jpeg_format(picture.format) && width == picture.width &&
                            height == picture.height && !is_rgb(picture, color) && is_matrix_right &&
                            color.is_full_range == color_.is_full_range && !media::is_hdr(color);
  if (is_as_wanted) return encode(picture);
  ZOE_TRY(const std::shared_ptr<media::Frame> converted,
          convert(picture, color, jpeg_format(picture.format), width, height));
  return encode(converted->view());
}

Result<std::shared_ptr<media::Frame>> JpegMaker::copy(const zoe_frame& frame) {
  ZOE_TRY(media::PictureView picture, picture_of(frame));
  std::shared_ptr<media::Frame> no_colour;
  if (picture.format.planes == 1) {
    // swscale takes every grey picture for one of full range, but not one whose colour planes say nothing.
    ZOE_TRY(no_colour, neutral_planes(picture));
    picture.format = no_colour->format();
    for (const int i : {1, 2}) {
      picture.data[static_cast<std::size_t>(i)] = no_colour->plane(i).data;
      picture.stride[static_cast<std::size_t>(i)] = no_colour->plane(i).stride;
    }
  }
  return convert(picture, color_of(frame.color), {}, picture.width, picture.height);
}

Result<std::shared_ptr<media::Frame>> JpegMaker::convert(const media::PictureView& picture,
                                                         const media::ColorInfo& color,
                                                         const media::PixelFormat& format, int width, int height) {
  media::ColorInfo wanted = is_rgb(picture, color) || media::is_hdr(color) ? color_ : color;
  wanted.is_full_range = color_.is_full_range;
  if (matrix_ == Matrix::kOfOutput) wanted.matrix = color_.matrix;
  return converter_.convert(picture, color, {format, width, height, wanted});
}

// Straight into a buffer of the host's, sized for the worst case: what the JPEG does not touch of it costs no memory.
Result<CodedPicture> JpegMaker::encode(const media::PictureView& picture) {
  ZOE_TRY(const std::size_t most, media::JpegEncoder::most_bytes(picture.format, picture.width, picture.height));
  ZOE_TRY(BufferRef buffer, BufferRef::alloc(host_, most));
  ZOE_TRY(const std::size_t size, encoder_->encode(picture, quality_, {buffer.data(), buffer.size()}));
  return CodedPicture{std::move(buffer), size};
}

}  // namespace zoe::sdk
