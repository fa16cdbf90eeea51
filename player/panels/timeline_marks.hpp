// What an analysis found, along the seek bar: events to jump to, and who had the ball.
#pragma once

#include <string>
#include <string_view>

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Above the bar in `bar`; a press goes to the event. Events that would lie on each other are one mark. True when the
// pointer is on one of them.
bool draw_event_marks(const PanelContext& context, const ui::Box& bar);

// Below the bar, from the series "possession": -1 for team b to 1 for team a.
void draw_possession_strip(const PanelContext& context, const ui::Box& bar);

// Of what scripts call their events: those that are known have pictures of their own.
std::string_view icon_of_event(std::string_view kind);
// "fast_break" as "Fast break".
std::string event_name(std::string_view kind);
// "Shot · 0:12 · what the script says of it".
std::string event_text(const AnalysisEvent& event);

}  // namespace zoe::player
