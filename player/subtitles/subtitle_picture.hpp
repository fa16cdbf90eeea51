// Subtitles as pixels: what lies over the picture for a span of time.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace zoe::player {

// The picture that subtitles lie on: its size on the screen, and in its own pixels.
struct SubtitleGeometry {
  int width = 0;
  int height = 0;
  int video_width = 0;
  int video_height = 0;

  bool is_empty() const { return width <= 0 || height <= 0; }
  friend bool operator==(const SubtitleGeometry&, const SubtitleGeometry&) = default;
};

// RGBA, premultiplied, rows from the top without padding; inside the geometry.
struct SubtitleRegion {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgba;
};

// Times of scripts are whole milliseconds; a frame's time is rounded to them.
inline std::int64_t subtitle_ms(std::int64_t time_us) { return (time_us + (time_us < 0 ? -500 : 500)) / 1000; }

// The milliseconds [from, to) in which a picture holds.
struct SubtitleSpan {
  std::int64_t from_ms = 0;
  std::int64_t to_ms = 0;

  bool holds(std::int64_t ms) const { return ms >= from_ms && ms < to_ms; }
};

struct SubtitlePicture {
  SubtitleGeometry geometry;
  SubtitleSpan span;
  std::vector<SubtitleRegion> regions;  // do not overlap
};
using SubtitlePicturePtr = std::shared_ptr<const SubtitlePicture>;

}  // namespace zoe::player
