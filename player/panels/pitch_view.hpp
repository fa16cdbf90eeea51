// A football pitch from above, 105 by 68 metres, and heat maps on it.
#pragma once

#include "engine/ui/ui.hpp"
#include "player/client/analysis_types.hpp"

namespace zoe::player {

inline constexpr float kPitchLength = 105;
inline constexpr float kPitchWidth = 68;

// The largest pitch in the middle of `area`.
ui::Box pitch_in(const ui::Box& area);
// Where metres on the pitch lie in its box.
ImVec2 on_pitch(const ui::Box& pitch, float x, float y);

void draw_pitch_ground(ui::Ui& ui, const ui::Box& pitch, float alpha);
void draw_pitch_lines(ui::Ui& ui, const ui::Box& pitch, ui::Color color);
void draw_heat(ui::Ui& ui, const ui::Box& pitch, const AnalysisGrid& grid, ui::Color color);

}  // namespace zoe::player
