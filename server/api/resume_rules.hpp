// Where a viewer goes on, and when a media counts as watched. Pure logic.
#pragma once

#include <cstdint>

namespace zoe::server {

// Whether who got to `position_us` has seen it: from 95 % on, in what is longer than ten minutes also within the last
// two minutes, where the credits are. Nothing without a duration.
bool is_at_its_end(std::int64_t position_us, std::int64_t duration_us);

// Where to begin: at `position_us`, or at 0 where that is so near the beginning (less than 10 seconds or 2 %, whichever
// is more, but never more than a minute) or so near the end that nobody would want it, and in what has been watched.
std::int64_t resume_position(std::int64_t position_us, std::int64_t duration_us, bool is_watched);

}  // namespace zoe::server
