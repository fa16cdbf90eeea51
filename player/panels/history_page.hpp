// What the viewer saw, by day.
#pragma once

#include <string>

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Main thread.
void draw_history_page(const PanelContext& context, const ui::Box& area);

// "Today", "Yesterday", "Monday, 23 November 2026"; local time.
std::string day_text(std::int64_t utc_ns, std::int64_t now_utc_ns);
// "14:03", local time.
std::string time_of_day_text(std::int64_t utc_ns);

}  // namespace zoe::player
