// An AVI as DivX wrote them: a B-frame packed behind the picture that it follows, and an empty picture in its own
// place.
#pragma once

#include <string>

namespace zoe::media {

// Packs the MPEG-4 video of `from` (one B-frame between its reference pictures, 5 bits of time increment). Throws
// std::runtime_error.
void pack_b_frames(const std::string& from, const std::string& to);

}  // namespace zoe::media
