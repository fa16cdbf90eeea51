// The viewer's account: who they are, what they like, where they are signed in, and what is kept of them.
#pragma once

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Main thread.
void draw_profile_page(const PanelContext& context, const ui::Box& area);

}  // namespace zoe::player
