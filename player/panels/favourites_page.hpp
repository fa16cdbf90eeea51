// What the viewer put a heart on.
#pragma once

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Main thread.
void draw_favourites_page(const PanelContext& context, const ui::Box& area);

}  // namespace zoe::player
