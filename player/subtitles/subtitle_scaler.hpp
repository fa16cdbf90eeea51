// Subtitles that are pictures, at the size of the picture on the screen.
#pragma once

#include <optional>
#include <vector>

#include "engine/media/subtitle_pictures.hpp"
#include "player/subtitles/subtitle_picture.hpp"

namespace zoe::player {

enum class PicturePlace : std::uint8_t { kAsAuthored = 1, kAtTop };

// The event's pieces as pixels inside the geometry. At the top: what lies in the lower half of the canvas is moved to
// the same distance from its upper edge.
std::vector<SubtitleRegion> scale_pictures(const media::SubtitlePictureEvent& event, const SubtitleGeometry& geometry,
                                           PicturePlace place);

}  // namespace zoe::player
