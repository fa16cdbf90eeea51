// The room that one sits in, beside the picture: who is here and how far off, ready marks, reactions, the chat, what is
// watched, and for its owner what they decide.
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
  enum class View { kChat, kPlaylist, kSettings };

  void draw_invitation(const PanelContext& context, const ui::Box& button);
  void draw_watched(const PanelContext& context, ui::Box row);
  void draw_views(const PanelContext& context, const ui::Box& row);
  void draw_view(const PanelContext& context, ui::Box area);
  void draw_member_menu(const PanelContext& context, const ui::Box& button, const RoomMember& member);
  void draw_head(const PanelContext& context, ui::Box row);
  void draw_members(const PanelContext& context, const ui::Box& area);
  void draw_member(const PanelContext& context, ui::Box row, const RoomMember& member, int index);
  void draw_reactions(const PanelContext& context, ui::Box row);
  void draw_messages(const PanelContext& context, const ui::Box& area);
  void draw_foot(const PanelContext& context, ui::Box row);

  ui::Box box_;
  std::string text_;  // that is being written
  std::size_t seen_messages_ = 0;
  View view_ = View::kChat;
  // What of the invitation is copied as soon as the server has told its code.
  enum class Copy { kNothing, kLink, kCode };
  Copy wanted_copy_ = Copy::kNothing;
  std::string former_code_;  // void since another one was asked for
};

// Asks for a name and makes a room of what plays, or an empty one.
void ask_for_room(const PanelContext& context, const std::string& media);

}  // namespace zoe::player
