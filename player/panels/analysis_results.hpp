// What an analysis found, as lists, charts, tables and heat maps. Each draws into a scroll area and returns nothing:
// the area knows its height.
#pragma once

#include "player/panels/panel_context.hpp"

namespace zoe::player {

void draw_events_page(const PanelContext& context, const ui::Box& area);
void draw_charts_page(const PanelContext& context, const ui::Box& area);
void draw_tables_page(const PanelContext& context, const ui::Box& area);

}  // namespace zoe::player
