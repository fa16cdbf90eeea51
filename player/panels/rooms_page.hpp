// The page of rooms: those that are open, and the ways into one.
#pragma once

#include <string>

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Main thread.
class RoomsPage {
 public:
  void draw(const PanelContext& context, ui::Box area);

 private:
  void draw_ways(const PanelContext& context, ui::Box row);
  void draw_room(const PanelContext& context, ui::Box row, const RoomLine& room, int index);

  std::string code_;  // that is being typed
};

}  // namespace zoe::player
