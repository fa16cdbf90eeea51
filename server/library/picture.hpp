// Pictures of media as people see them in lists: small, upright, JPEG.
#pragma once

#include <cstdint>
#include <string>

#include "engine/core/result.hpp"
#include "engine/media/convert.hpp"
#include "engine/media/frame.hpp"
#include "engine/media/jpeg.hpp"
#include "engine/media/track.hpp"

namespace zoe::server {

struct PictureSize {
  int width = 0;
  int height = 0;
};

// The size of the track's picture on a screen, upright, reduced until it fits into the box; even and at least 2.
PictureSize fit_into(const media::TrackInfo& track, PictureSize box);

// Makes them. One thread.
class PictureMaker {
 public:
  // The frame in 8-bit 4:2:0 as JFIF means it (full range, the matrix of BT.601), of that size, turned as the track
  // says.
  Result<media::FramePtr> shrink(const media::Frame& frame, const media::TrackInfo& track, PictureSize size);

  // Writes a picture that `shrink` made. kIo and what JpegEncoder says.
  Status write_jpeg(const media::Frame& picture, int quality, const std::string& file);

 private:
  media::PictureConverter converter_;
  std::unique_ptr<media::JpegEncoder> encoder_;
};

// How much a picture that `shrink` made says, 0 to about 8: the entropy in bits of its brightness, less what is nearly
// all black or all white. A flat picture has 0, a good scene 5 to 7.
double interest_of(const media::Frame& picture);

}  // namespace zoe::server
