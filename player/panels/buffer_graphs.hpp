// The pictures of the buffers panel.
#pragma once

#include <array>

#include "engine/ui/ui.hpp"
#include "player/panels/pipeline_history.hpp"
#include "player/playback/playback.hpp"

namespace zoe::player {

// What is looked at: now, or the moment at which the panel was stopped.
struct PipelineView {
  ui::Ui& ui;
  const PlaybackSnapshot& playback;
  const PipelineHistory& history;
  const std::array<render::SlotState, 3>& slots;
};

ui::Color color_of(const ui::Palette& palette, render::SlotHolder holder);

// The last twelve seconds from the socket to the glass, one lane under the other: bytes from the network with the
// stream's changes of serial, credit, packets and frames held ahead, who has the texture slots, how early or late each
// frame was, the frames shown, and where there is sound, what is ahead of the device and how far the clocks are apart.
// Stalls are marked through all of them; under the pointer the figures of that moment are told.
void draw_lanes(const PipelineView& view, ui::Box area);
// How high they are.
float lanes_height(ui::Ui& ui, const PlaybackSnapshot& playback);

// The ring's places as slits of a drum: each frame keeps its slit while it is held, the playhead goes round.
void draw_drum(const PipelineView& view, ImVec2 center, float radius);

// How long each of the newest frames stayed on the screen, against how long it should have.
void draw_frame_times(const PipelineView& view, ui::Box area);

}  // namespace zoe::player
