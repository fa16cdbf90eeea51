// The strip at the left that leads from page to page.
#pragma once

#include <string>
#include <string_view>

#include "engine/ui/ui.hpp"

namespace zoe::player {

inline constexpr float kRailWidth = 208;
inline constexpr float kNarrowRail = 56;
inline constexpr float kNarrowBelow = 880;  // of the screen

struct RailItem {
  std::string_view mark;  // its landmark, which says "chosen" where it is
  std::string_view text;
  std::string_view icon;
  bool is_chosen = false;
  std::string_view badge = {};  // a count, at its end
};

// Cuts the rail off the left of `screen` and draws its ground and the brand; `is_narrow` is set where only icons fit.
ui::Box cut_rail(ui::Ui& ui, ui::Box& screen, bool& is_narrow);

// Cuts an item off the top of `rail`, or off its bottom; true when it was pressed.
bool rail_item(ui::Ui& ui, ui::Box& rail, const RailItem& item, bool is_narrow);
bool rail_foot(ui::Ui& ui, ui::Box& rail, const RailItem& item, bool is_narrow);

}  // namespace zoe::player
