// Chapters by time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/media/track.hpp"

namespace zoe::player {

// The last one that begins at or before the time; null before the first. `chapters` are in order.
const media::Chapter* chapter_at(std::span<const media::Chapter> chapters, std::int64_t time_us);

// Where to go from a time: the next chapter's beginning, or, backwards, that of the chapter there, and from its first
// seconds that of the one before. -1 where there is none.
std::int64_t chapter_from(std::span<const media::Chapter> chapters, std::int64_t time_us, int direction);

// The first `most` letters, and a mark where some are missing.
std::string cut_letters(std::string_view text, std::size_t most);

}  // namespace zoe::player
