// Where a media is at a moment, for all who watch it together.
#pragma once

#include <cstdint>

#include "engine/core/rational.hpp"

namespace zoe {

// From `from_ns` on (on one clock for all: the server's monotonic one) the media is at `media_us` and moves by `rate`,
// or stands. A command puts another one in its place, from a moment on that all hear of before it comes.
struct Timeline {
  std::int64_t from_ns = 0;
  std::int64_t media_us = 0;
  Rational rate{1, 1};  // negative runs backwards; what it will be while it stands
  bool is_paused = true;

  // Before `from_ns` it stands at its beginning. Not held within the media.
  std::int64_t position_us(std::int64_t now_ns) const {
    if (is_paused || now_ns <= from_ns) return media_us;
    return media_us + scale(now_ns - from_ns, rate) / 1000;
  }

  friend bool operator==(const Timeline&, const Timeline&) = default;
};

}  // namespace zoe
