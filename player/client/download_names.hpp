// The names of downloaded files, whatever the server calls them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace zoe::player {

// Leaves room for " (999)" and ".part.state" within the 255 bytes of most file systems.
inline constexpr std::size_t kMostFileNameBytes = 200;

// A name that can stand in a folder and is what it looks like: valid UTF-8 without path separators, control characters
// and those that turn the writing direction, not beginning with a dot, a dash or a space, of bounded length with its
// ending kept. Never empty.
std::string safe_file_name(std::string_view name);

// The `number`th choice for a name, from 1: "film.mkv", "film (2).mkv", …
std::string numbered_name(const std::string& name, int number);

// What lies behind the last slash.
std::string_view last_part(std::string_view path);

}  // namespace zoe::player
