#include "engine/media/jpeg.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <vector>

#include <turbojpeg.h>

#include "engine/media/ffmpeg.hpp"

namespace zoe::media {
namespace {

constexpr std::size_t kAlign = 64;
constexpr std::int64_t kMostPixels = std::int64_t{1} << 26;

struct TurboDeleter {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using TurboPtr = std::unique_ptr<void, TurboDeleter>;

std::optional<TJSAMP> subsampling_of(const PixelFormat& format) {
  if (format.bit_depth != 8 || format.layout != PlaneLayout::kPlanar) return std::nullopt;
  if (format.planes == 1) return TJSAMP_GRAY;
  if (format.planes != 3) return std::nullopt;
  switch (format.chroma_shift_x * 10 + format.chroma_shift_y) {
    case 0:
      return TJSAMP_444;
    case 10:
      return TJSAMP_422;
    case 11:
      return TJSAMP_420;
    case 1:
      return TJSAMP_440;
    case 20:
      return TJSAMP_411;
    default:
      return std::nullopt;
  }
}

std::optional<PixelFormat> format_of(int subsampling) {
  const auto planar = [](std::uint8_t shift_x, std::uint8_t shift_y) {
    return PixelFormat{.chroma_shift_x = shift_x, .chroma_shift_y = shift_y};
  };
  switch (subsampling) {
    case TJSAMP_444:
      return planar(0, 0);
    case TJSAMP_422:
      return planar(1, 0);
    case TJSAMP_420:
      return planar(1, 1);
    case TJSAMP_440:
      return planar(0, 1);
    case TJSAMP_411:
      return planar(2, 0);
    case TJSAMP_GRAY:
      return PixelFormat{.planes = 1, .chroma_shift_x = 0, .chroma_shift_y = 0};
    default:
      return std::nullopt;
  }
}

int padded(int value, int shift) { return ((value + (1 << shift) - 1) >> shift) << shift; }

bool is_in_bounds(int width, int height) {
  return width > 0 && height > 0 && width <= kMostJpegSide && height <= kMostJpegSide &&
         static_cast<std::int64_t>(width) * height <= kMostPixels;
}

Error turbo_error(void* handle, Errc code, const char* what) {
  return Error{code, std::string(what) + ": " + tjGetErrorStr2(handle)};
}

}  // namespace

bool is_jpeg_format(const PixelFormat& format) { return subsampling_of(format).has_value(); }

struct JpegEncoder::Impl {
  TurboPtr turbo;
  std::vector<std::uint8_t> luma;  // a padded copy, for odd sizes only

  // libjpeg-turbo reads luma up to a whole number of chroma samples: where the picture has an odd column or row, it is
  // given a copy with that edge repeated.
  void pad_luma(PictureView& picture) {
    const int width = padded(picture.width, picture.format.chroma_shift_x);
    const int height = padded(picture.height, picture.format.chroma_shift_y);
    if (width == picture.width && height == picture.height) return;
    luma.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    for (int y = 0; y < height; ++y) {
      const std::uint8_t* from =
          picture.data[0] + static_cast<std::ptrdiff_t>(picture.stride[0]) * std::min(y, picture.height - 1);
      std::uint8_t* to = luma.data() + static_cast<std::ptrdiff_t>(width) * y;
      std::memcpy(to, from, static_cast<std::size_t>(picture.width));
      std::fill(to + picture.width, to + width, from[picture.width - 1]);
    }
    picture.data[0] = luma.data();
    picture.stride[0] = width;
  }
};

JpegEncoder::JpegEncoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

JpegEncoder::~JpegEncoder() = default;

Result<std::unique_ptr<JpegEncoder>> JpegEncoder::create() {
  auto impl = std::make_unique<Impl>();
  impl->turbo.reset(tjInitCompress());
  if (!impl->turbo) return fail(Errc::kNoMemory, "no memory for a JPEG encoder");
  return std::unique_ptr<JpegEncoder>(new JpegEncoder(std::move(impl)));
}

Result<std::size_t> JpegEncoder::most_bytes(const PixelFormat& format, int width, int height) {
  const std::optional<TJSAMP> subsampling = subsampling_of(format);
  if (!subsampling || !is_in_bounds(width, height))
    return fail(Errc::kInvalidArgument,
                "a JPEG cannot hold such a picture of " + std::to_string(width) + "x" + std::to_string(height));
  return tjBufSize(width, height, *subsampling);
}

Result<std::size_t> JpegEncoder::encode(const PictureView& picture, int quality, std::span<std::uint8_t> out) {
  ZOE_TRY(const std::size_t most, most_bytes(picture.format, picture.width, picture.height));
  if (quality < 1 || quality > 100) return fail(Errc::kInvalidArgument, "JPEG quality goes from 1 to 100");
  if (out.size() < most) return fail(Errc::kInvalidArgument, "too little room for a JPEG");
  PictureView source = picture;
  impl_->pad_luma(source);
  unsigned char* to = out.data();
  unsigned long size = out.size();
  if (tjCompressFromYUVPlanes(impl_->turbo.get(), source.data.data(), source.width, source.stride.data(), source.height,
                              *subsampling_of(source.format), &to, &size, quality, TJFLAG_NOREALLOC) != 0)
    return fail(turbo_error(impl_->turbo.get(), Errc::kInternal, "encode a JPEG"));
  return static_cast<std::size_t>(size);
}

struct JpegDecoder::Impl {
  TurboPtr turbo;

  // libjpeg-turbo's handle is of no use after some of its errors ("two SOI markers" ever after): a new one is.
  Error failed(const char* what) {
    Error error = turbo_error(turbo.get(), Errc::kMalformed, what);
    TurboPtr fresh(tjInitDecompress());
    if (fresh) turbo = std::move(fresh);
    return error;
  }

  AvPtr<AVBufferPool> pool;
  std::size_t pool_bytes = 0;

  // A frame out of the pool. Planes are padded to whole chroma samples, as libjpeg-turbo writes them.
  Result<AvPtr<AVFrame>> new_frame(const Header& header) {
    AvPtr<AVFrame> frame = new_av_frame();
    frame->format = Frame::av_format_of(header.format, false);
    frame->width = header.width;
    frame->height = header.height;
    std::size_t total = 0;
    std::array<std::size_t, 3> offsets{};
    for (int i = 0; i < header.format.planes; ++i) {
      const int shift_x = i == 0 ? 0 : header.format.chroma_shift_x;
      const int shift_y = i == 0 ? 0 : header.format.chroma_shift_y;
      const int width = padded(header.width, header.format.chroma_shift_x) >> shift_x;
      const int height = padded(header.height, header.format.chroma_shift_y) >> shift_y;
      const std::size_t stride = (static_cast<std::size_t>(width) + kAlign - 1) / kAlign * kAlign;
      frame->linesize[i] = static_cast<int>(stride);
      offsets[static_cast<std::size_t>(i)] = total;
      total += stride * static_cast<std::size_t>(height);
    }
    total += kAlign;
    if (!pool || pool_bytes != total) {
      pool.reset(av_buffer_pool_init(total, nullptr));
      pool_bytes = total;
    }
    frame->buf[0] = pool ? av_buffer_pool_get(pool.get()) : nullptr;
    if (!frame->buf[0]) return fail(Errc::kNoMemory, "no memory for a picture");
    for (std::size_t i = 0; i < header.format.planes; ++i) frame->data[i] = frame->buf[0]->data + offsets[i];
    return frame;
  }
};

JpegDecoder::JpegDecoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

JpegDecoder::~JpegDecoder() = default;

Result<std::unique_ptr<JpegDecoder>> JpegDecoder::create() {
  auto impl = std::make_unique<Impl>();
  impl->turbo.reset(tjInitDecompress());
  if (!impl->turbo) return fail(Errc::kNoMemory, "no memory for a JPEG decoder");
  return std::unique_ptr<JpegDecoder>(new JpegDecoder(std::move(impl)));
}

Result<JpegDecoder::Header> JpegDecoder::read_header(Bytes jpeg) {
  Header header;
  int subsampling = -1;
  int color_space = -1;
  if (tjDecompressHeader3(impl_->turbo.get(), jpeg.data(), jpeg.size(), &header.width, &header.height, &subsampling,
                          &color_space) != 0 &&
      tjGetErrorCode(impl_->turbo.get()) == TJERR_FATAL)
    return fail(impl_->failed("read a JPEG"));
  if (header.width < 1 || header.height < 1) return fail(Errc::kMalformed, "a JPEG without a picture");
  if (!is_in_bounds(header.width, header.height))
    return fail(Errc::kTooLarge, "a JPEG of " + std::to_string(header.width) + "x" + std::to_string(header.height));
  const std::optional<PixelFormat> format = format_of(subsampling);
  if (!format || (color_space != TJCS_YCbCr && color_space != TJCS_GRAY))
    return fail(Errc::kUnsupported, "a JPEG with an unusual colour space or subsampling");
  header.format = *format;
  return header;
}

Result<std::shared_ptr<Frame>> JpegDecoder::decode(Bytes jpeg, bool& is_damaged) {
  is_damaged = false;
  ZOE_TRY(const Header header, read_header(jpeg));
  ZOE_TRY(AvPtr<AVFrame> frame, impl_->new_frame(header));
  void* turbo = impl_->turbo.get();
  if (tjDecompressToYUVPlanes(turbo, jpeg.data(), jpeg.size(), frame->data, header.width, frame->linesize,
                              header.height, TJFLAG_LIMITSCANS) != 0) {
    if (tjGetErrorCode(turbo) == TJERR_FATAL) return fail(impl_->failed("decode a JPEG"));
    is_damaged = true;
  }
  frame->key_frame = 1;
  return Frame::adopt(frame.release());
}

}  // namespace zoe::media
