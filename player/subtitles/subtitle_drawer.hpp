// Up to two scripts over the picture, the main one, and a second one at the top: texts by libass, pictures as they are.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/media/subtitles.hpp"
#include "player/subtitles/subtitle_picture.hpp"

namespace zoe::player {

using SubtitleScriptPtr = std::shared_ptr<const media::SubtitleScript>;

inline constexpr double kLeastSubtitleSize = 0.25;
inline constexpr double kMostSubtitleSize = 4;

// When nothing changes: the times at which an event begins or ends, and where something moves in between.
class SubtitleTimes {
 public:
  explicit SubtitleTimes(const std::vector<media::SubtitleEvent>& events,
                         const std::vector<media::SubtitlePictureEvent>& pictures = {});

  // The longest span around `ms` through which the same events are shown; a few milliseconds where one of them moves.
  SubtitleSpan span_at(std::int64_t ms) const;
  // Whether anything is shown there.
  bool is_empty_at(std::int64_t ms) const;

 private:
  struct Stretch {
    std::int64_t from_ms = 0;  // until the next one's
    int shown = 0;             // events
    int moving = 0;            // of them
  };
  const Stretch* stretch_at(std::int64_t ms) const;

  std::vector<Stretch> stretches_;  // rising; nothing is shown before the first one
};

// One thread at a time. Making one looks through the system's fonts, which may take a while.
class SubtitleDrawer {
 public:
  // `font_folder` holds the interface's fonts, which plain subtitles are set in. kNoMemory.
  static Result<std::unique_ptr<SubtitleDrawer>> create(std::array<SubtitleScriptPtr, 2> scripts,
                                                        const std::string& font_folder);
  ~SubtitleDrawer();
  SubtitleDrawer(const SubtitleDrawer&) = delete;
  SubtitleDrawer& operator=(const SubtitleDrawer&) = delete;

  // What lies over a picture of this geometry at a time of the scripts'. `size` is a factor of the letters' size;
  // pictures keep theirs.
  SubtitlePicture draw(std::int64_t ms, const SubtitleGeometry& geometry, double size);

 private:
  struct Voice;
  struct Impl;
  explicit SubtitleDrawer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::player
