// Clips of every kind that demuxing, cutting and decoding have to get right. Made once and kept (see media_maker.hpp).
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace zoe::media {

// What FFmpeg's own linear decode can be held against.
enum class Yardstick {
  kExact = 1,  // the same frames, bit for bit
  kLossyTail,  // FFmpeg begins with pictures that need a key frame it never saw; ours are exactly its last ones
  kOwnDecoder  // the same number of frames: they are decoded by libjpeg-turbo
};

struct Clip {
  std::string name;  // [A-Za-z0-9]
  std::function<std::string()> path;
  Yardstick yardstick = Yardstick::kExact;
  bool has_pts = true;  // the container says when each frame is shown
};

std::ostream& operator<<(std::ostream& out, const Clip& clip);

const std::vector<Clip>& all_clips();

}  // namespace zoe::media
