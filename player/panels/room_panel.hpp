// The room that one sits in, beside the picture: who is here and how far off, ready marks, reactions, the chat.
#pragma once

#include <string>

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Main thread.
class RoomPanel {
 public:
  // Its right edge at `right`, between `top` and `bottom`.
  void draw(const PanelContext& context, float right, float top, float bottom, float openness);

  const ui::Box& box() const { return box_; }
  // The width it would like, with its margin.
  static float wanted_width(ui::Ui& ui);

 private:
  void draw_head(const PanelContext& context, ui::Box row);
  void draw_members(const PanelContext& context, const ui::Box& area);
  void draw_member(const PanelContext& context, ui::Box row, const RoomMember& member, int index);
  void draw_reactions(const PanelContext& context, ui::Box row);
  void draw_messages(const PanelContext& context, const ui::Box& area);
  void draw_foot(const PanelContext& context, ui::Box row);

  ui::Box box_;
  std::string text_;  // that is being written
  std::size_t seen_messages_ = 0;
};

// Asks for a name and makes a room of what plays, or an empty one.
void ask_for_room(const PanelContext& context, const std::string& media);

}  // namespace zoe::player
