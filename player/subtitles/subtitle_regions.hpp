// From libass's many small masks, and from pictures, to a few pictures with colours.
#pragma once

#include <ass/ass.h>

#include <vector>

#include "player/subtitles/subtitle_picture.hpp"

namespace zoe::player {

// Draws the masks (of one or two lists, in order) one over the other, and over them the pictures. What lies apart stays
// apart, so that a line at the top and one at the foot are not the whole screen; at most kMostRegions.
inline constexpr std::size_t kMostRegions = 16;
std::vector<SubtitleRegion> compose_regions(const std::vector<const ASS_Image*>& lists,
                                            const std::vector<SubtitleRegion>& pictures,
                                            const SubtitleGeometry& geometry);

}  // namespace zoe::player
