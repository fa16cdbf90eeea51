// What a person calls a video: its number, title, path, or the last part of its path.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "player/client/server_link.hpp"

namespace zoe::player {

// Those that `wanted` names: by id; else by title; else by path, inside the root or with the root before it; else by
// the last part of the path with or without its ending. More than one where that is not enough to tell them apart.
std::vector<const LibraryItem*> find_items(std::span<const LibraryItem> items, std::string_view wanted);

// The first of them; the first of all for an empty name. Null where there is none.
const LibraryItem* find_item(const LibraryListing& listing, const std::string& wanted);

// "Root/folder/film.mkv": what names it and no other.
std::string full_path(const LibraryItem& item);

// At most `most` whose names are most like `wanted`, the best first; none that are nothing like it.
std::vector<const LibraryItem*> close_matches(std::span<const LibraryItem> items, std::string_view wanted,
                                              std::size_t most);

}  // namespace zoe::player
