// The bar of what one draws with on the picture.
#pragma once

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Main thread. Its foot at `bottom`, in the middle between `left` and `right`; in two rows where one does not fit. Asks
// for other tools by `context.requests.drawing`. Returns where it lies.
ui::Box draw_draw_bar(const PanelContext& context, float left, float right, float bottom, float alpha);

}  // namespace zoe::player
