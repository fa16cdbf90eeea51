// Which playlist a video goes into.
#pragma once

#include <optional>
#include <string>

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Main thread. Lists those that may be changed, and makes a new one.
class PlaylistPicker {
 public:
  void ask(LibraryItem item);
  bool is_open() const { return item_.has_value(); }
  bool close();
  void draw(const PanelContext& context);

 private:
  void draw_list(const PanelContext& context, const ui::Box& area);

  std::optional<LibraryItem> item_;
  std::string name_;
  bool is_fresh_ = false;
};

}  // namespace zoe::player
