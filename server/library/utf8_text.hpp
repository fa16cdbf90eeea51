// Names from file systems and tags, which may hold any bytes, as text that can be shown, searched and sorted.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace zoe::server {

// Whether every byte is part of a character.
bool is_utf8(std::string_view text);

// Valid UTF-8: each byte that is part of no character becomes U+FFFD, each control character a space.
std::string printable_utf8(std::string_view raw);

// The first `most_bytes` of valid UTF-8, cut between characters.
std::string_view cut_utf8(std::string_view text, std::size_t most_bytes);

// Lower case, for comparing without regard to it. `text` is valid UTF-8.
std::string fold_case(std::string_view text);

// What sorts titles as people do: without regard to case, numbers by their value ("Part 2" before "Part 10").
std::string sort_key(std::string_view text);

}  // namespace zoe::server
