// JPEG pictures from and to YUV planes, by libjpeg-turbo. No colour or range conversion: samples stay as they are, and
// their meaning is carried beside the JPEG (docs/protocol.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"
#include "engine/media/frame.hpp"

namespace zoe::media {

inline constexpr int kMostJpegSide = 16'384;

// 8 bits, planar, 4:2:0, 4:2:2, 4:4:4, 4:4:0, 4:1:1 or grey: what a JPEG holds.
bool is_jpeg_format(const PixelFormat& format);

// Reuse one for many pictures. One thread at a time.
class JpegEncoder {
 public:
  static Result<std::unique_ptr<JpegEncoder>> create();
  ~JpegEncoder();
  JpegEncoder(const JpegEncoder&) = delete;
  JpegEncoder& operator=(const JpegEncoder&) = delete;

  // The most bytes that a picture of this format can take. kInvalidArgument for a format or size that JPEG cannot hold.
  static Result<std::size_t> most_bytes(const PixelFormat& format, int width, int height);

  // Writes into `out`, which must have room for most_bytes; returns the size written. `quality` from 1 to 100.
  // Pictures of another format than is_jpeg_format are refused with kInvalidArgument.
  Result<std::size_t> encode(const PictureView& picture, int quality, std::span<std::uint8_t> out);

 private:
  struct Impl;
  explicit JpegEncoder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Reuse one for many pictures: it keeps their memory in a pool. One thread at a time.
class JpegDecoder {
 public:
  static Result<std::unique_ptr<JpegDecoder>> create();
  ~JpegDecoder();
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  struct Header {
    int width = 0;
    int height = 0;
    PixelFormat format;
  };
  // kMalformed for no JPEG; kTooLarge above kMostJpegSide; kUnsupported for CMYK and odd subsamplings.
  Result<Header> read_header(Bytes jpeg);

  // The picture, with time and colour still to be set. What is missing of a truncated picture is grey, and
  // `is_damaged` is then set.
  Result<std::shared_ptr<Frame>> decode(Bytes jpeg, bool& is_damaged);

 private:
  struct Impl;
  explicit JpegDecoder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::media
