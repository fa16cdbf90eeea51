// The button for subtitles in the transport bar, and its menus.
#pragma once

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// `anchor`: over which the menus hang. Main thread.
void draw_subtitle_menu(const PanelContext& context, const ui::Box& button, const ui::Box& anchor);

}  // namespace zoe::player
