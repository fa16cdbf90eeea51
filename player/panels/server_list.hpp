// The servers that were found on this network, to choose from.
#pragma once

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Main thread. In `box`, which is as high as `server_list_height` says; the one that was pressed, or null. Switching
// the search off and on is asked for by `context.requests.look_for_servers`. A name is the word of whoever answered: it
// is shown cut to the row, in a line of its own order, beside the address, and stands for nothing.
const net::FoundServer* draw_server_list(const PanelContext& context, ui::Box box);
float server_list_height(const PanelContext& context);

}  // namespace zoe::player
