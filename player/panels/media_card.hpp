// The picture that stands for a video in the playlist.
#pragma once

#include "engine/ui/ui.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

enum class CardLook : std::uint8_t { kCard = 1, kRow };

// A strip of film in a tint of the video's own, with its length and resolution. `warmth`: 0 to 1 while the pointer is
// on it; `is_current`: it is the one that plays.
void draw_thumbnail(ui::Ui& ui, const ui::Box& box, const LibraryItem& item, CardLook look, float warmth,
                    bool is_current);

// The same without a video: what loads.
void draw_skeleton(ui::Ui& ui, const ui::Box& box);

}  // namespace zoe::player
