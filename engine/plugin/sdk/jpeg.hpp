// For codecs that send JPEG pictures: reads the pictures that the host hands over, converts them to what a JPEG holds,
// and makes JPEGs of them in buffers of the host's. A plugin that includes this links engine_media (and with it
// libturbojpeg, libswscale and libavutil) besides the SDK.
#pragma once

#include <memory>

#include "engine/media/convert.hpp"
#include "engine/media/jpeg.hpp"
#include "engine/plugin/sdk/intra_session.hpp"
#include "engine/plugin/sdk/picture.hpp"

namespace zoe::sdk {

// What `source` comes out as when it is sent as JPEG pictures of that size: everything about time, shape and colour is
// kept, but RGB becomes YUV of full range. kUnsupported for a track that is no video, or larger than a JPEG can be.
Result<zoe_track> jpeg_track(const zoe_track& source, int width, int height);

// Owns what coding needs, to be used again for the next picture; one for each session. One thread at a time. Errors are
// about single pictures: the next one may succeed.
class JpegMaker {
 public:
  // `output` is the rendition's track: pictures whose samples mean something else than it says are converted, their
  // matrix only with kOfOutput. `quality` from 1 to 100.
  enum class Matrix { kOfSource = 1, kOfOutput };
  static Result<std::unique_ptr<JpegMaker>> create(const Host& host, const zoe_track& output, int quality,
                                                   Matrix matrix = Matrix::kOfSource);

  // The picture as a JPEG of width x height: straight from the host's planes where they are what a JPEG holds.
  Result<CodedPicture> encode(const zoe_frame& frame, int width, int height);

  // The picture in planes of the caller's own to draw into (8 bits, 4:2:0, the same size), with the colours of
  // `output`.
  Result<std::shared_ptr<media::Frame>> copy(const zoe_frame& frame);

  // A picture that `copy` gave, or any other of which media::is_jpeg_format is true.
  Result<CodedPicture> encode(const media::PictureView& picture);

 private:
  JpegMaker(const Host& host, const media::ColorInfo& color, int quality, Matrix matrix)
      : host_(host), color_(color), quality_(quality), matrix_(matrix) {}

  Result<std::shared_ptr<media::Frame>> convert(const media::PictureView& picture, const media::ColorInfo& color,
                                                const media::PixelFormat& format, int width, int height);

  const Host host_;
  const media::ColorInfo color_;
  const int quality_;
  const Matrix matrix_;
  std::unique_ptr<media::JpegEncoder> encoder_;
  media::PictureConverter converter_;
};

}  // namespace zoe::sdk
