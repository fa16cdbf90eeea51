// The pipeline at a glance: lanes in time from the socket to the screen, the frame ring as a drum, the texture slots,
// the times of the newest frames, the counters.
#pragma once

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Main thread.
class BuffersPanel {
 public:
  // At the right edge between `top` and `bottom`. What does not fit into the height is left out, from the end.
  void draw(const PanelContext& context, float top, float bottom, float openness);

  const ui::Box& box() const { return box_; }

  // The width it would like, with its margin.
  static float wanted_width(ui::Ui& ui);

 private:
  void draw_head(const PanelContext& context, ui::Box row);
  void draw_ring(const PanelContext& context, ui::Box area);
  void draw_slots(const PanelContext& context, ui::Box area);
  void draw_counters(const PanelContext& context, ui::Box area);

  ui::Box box_;
};

}  // namespace zoe::player
