// Pictures into another pixel format or size, by swscale.
#pragma once

#include <memory>

#include "engine/core/result.hpp"
#include "engine/media/frame.hpp"

struct AVFrame;
struct SwsContext;

namespace zoe::media {

// Keeps what it set up for the next picture of the same kind. One thread at a time.
class PictureConverter {
 public:
  PictureConverter();
  ~PictureConverter();
  PictureConverter(const PictureConverter&) = delete;
  PictureConverter& operator=(const PictureConverter&) = delete;

  // What the result is to be. `to.color` says how its samples are to be meant: where range or matrix differ from the
  // source's, the samples are converted (RGB has matrix 0 and three planes). From HDR to a colour that is none the
  // picture is tone-mapped (tone_map.hpp); no other conversion of primaries or transfer is made.
  struct Target {
    PixelFormat format;
    int width = 0;
    int height = 0;
    ColorInfo color;
  };
  Result<std::shared_ptr<Frame>> convert(const PictureView& from, const ColorInfo& from_color, const Target& to);

  // The same size in a format that Frame knows, without loss: for pictures in FFmpeg's other formats, or upside down.
  Result<std::shared_ptr<Frame>> normalise(const AVFrame& from);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::media
