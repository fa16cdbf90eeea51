// The drawings on the video, beside the picture: who drew them, when, and where they are.
#pragma once

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Main thread.
class NotesPanel {
 public:
  // At the right edge between `top` and `bottom`.
  void draw(const PanelContext& context, float top, float bottom, float openness);

  const ui::Box& box() const { return box_; }
  // The width it would like, with its margin.
  static float wanted_width(ui::Ui& ui);

 private:
  void draw_head(const PanelContext& context, ui::Box row);
  void draw_list(const PanelContext& context, const ui::Box& area);
  void draw_note(const PanelContext& context, ui::Box row, const Note& note, std::size_t index);

  ui::Box box_;
};

// What a drawing is: "Arrow", or what it says.
std::string note_text(const Note& note);

// Below the seek bar in `bar`: a mark for each time at which something was drawn, those that would lie on each other
// together. A press goes there. True when the pointer is on one of them.
bool draw_note_marks(const PanelContext& context, const ui::Box& bar);

}  // namespace zoe::player
