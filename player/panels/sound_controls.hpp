// Volume, mute and the choice of a track, for the transport bar.
#pragma once

#include "engine/ui/ui.hpp"
#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Where there are no tracks of sound, nothing is drawn.
class SoundControls {
 public:
  // How much of the row's end they take: less where there is little room. `least_width` is what they cannot do without.
  static float width(const PanelContext& context, float room);
  static float least_width(const PanelContext& context);

  // `menu_above`: over which a menu hangs.
  void draw(const PanelContext& context, ui::Box box, const ui::Box& menu_above);

  bool is_dragging() const { return is_dragging_; }

 private:
  void draw_slider(const PanelContext& context, const ui::Box& box);
  void draw_tracks(const PanelContext& context, const ui::Box& button, const ui::Box& menu_above);

  bool is_dragging_ = false;
};

}  // namespace zoe::player
