// The pipeline at a glance: lanes in time from the socket to the screen, the frame ring as a drum, the texture slots,
// the times of the newest frames, the counters.
#pragma once

#include <memory>

#include "player/panels/buffer_graphs.hpp"
#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Main thread.
class BuffersPanel {
 public:
  // At the right edge between `top` and `bottom`. What does not fit into the height is left out, from the end.
  void draw(const PanelContext& context, float top, float bottom, float openness);

  const ui::Box& box() const { return box_; }

  // What is looked at: what is held, where the panel was stopped, or what is now.
  const PipelineHistory& history(const PipelineHistory& now) const { return held_ ? held_->history : now; }
  const PlaybackSnapshot& playback(const PlaybackSnapshot& now) const { return held_ ? held_->playback : now; }

  // The width it would like, with its margin.
  static float wanted_width(ui::Ui& ui);

 private:
  // Stopped, so that it can be read in peace while the video goes on.
  struct Held {
    PipelineHistory history;
    PlaybackSnapshot playback;
    std::array<render::SlotState, 3> slots;
  };

  void toggle_hold(const Scene& scene);
  void draw_head(const PanelContext& context, ui::Box row);
  void draw_ring(const PipelineView& view, ui::Box area);
  void draw_slots(const PipelineView& view, ui::Box area);
  void draw_counters(const PipelineView& view, ui::Box area);

  ui::Box box_;
  std::unique_ptr<const Held> held_;
};

}  // namespace zoe::player
