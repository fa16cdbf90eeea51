// The page of channels: what there is, and what is on.
#pragma once

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Main thread.
void draw_channels_page(const PanelContext& context, ui::Box area);

}  // namespace zoe::player
