// The pictures of the buffers panel.
#pragma once

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Four lanes over the last twelve seconds: bytes from the network, packets held ahead, frames held ahead, frames shown.
// Stalls are marked through all of them.
void draw_lanes(const PanelContext& context, ui::Box area);

// The ring's places as slits of a drum: each frame keeps its slit while it is held, the playhead goes round.
void draw_drum(const PanelContext& context, ImVec2 center, float radius);

// How long each of the newest frames stayed on the screen, against how long it should have.
void draw_frame_times(const PanelContext& context, ui::Box area);

}  // namespace zoe::player
