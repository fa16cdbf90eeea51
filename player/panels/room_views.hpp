// Parts of the room's panel besides people and chat: what is watched, and what its owner decides.
#pragma once

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// The room's playlist: a press goes there, for all; who may command takes entries out. Main thread.
void draw_room_playlist(const PanelContext& context, const ui::Box& area);

// Who commands, who draws, whether it waits, what becomes of it; its name, its end. Of its owner. Main thread.
void draw_room_settings(const PanelContext& context, const ui::Box& area);

}  // namespace zoe::player
