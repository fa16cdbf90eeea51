#include "player/panels/key_sheet.hpp"

#include <algorithm>

#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"

namespace zoe::player {
namespace {

constexpr float kColumn = 480;
constexpr float kKeys = 200;  // of a column
constexpr float kRow = 30;

}  // namespace

bool draw_key_sheet(ui::Ui& ui, const std::vector<KeyHelp>& helps, float alpha) {
  const float padding = ui.px(24);
  const float title = ui.px(44);
  const ui::Box screen = ui.screen().inset(ui.px(ui.theme().space.m));
  const bool has_two_columns = screen.w >= 2 * ui.px(kColumn) + 3 * padding;
  const std::size_t columns = has_two_columns ? 2 : 1;
  const std::size_t rows = (helps.size() + columns - 1) / columns;
  const float column = std::min(ui.px(kColumn), screen.w - 2 * padding);
  const float row = ui.px(kRow);
  const float height = static_cast<float>(rows) * row;
  const float width = static_cast<float>(columns) * column + static_cast<float>(columns + 1) * padding;
  const ui::Box box = screen.centered(std::min(width, screen.w), std::min(2 * padding + title + height, screen.h));
  const ui::Panel panel(ui, "keys", box, {.ground = ui::Ground::kSolid, .alpha = alpha, .is_in_front = true});
  if (!panel.is_open()) return false;
  bool is_pressed = ui::pressable(ui, "sheet", box, ui::Enabled::kYes, ui::Focus::kNo).is_clicked;
  ui.mark("keys", box);
  ui::Box rest = box.inset(padding);
  ui.label(rest.cut_top(title), ui::TextStyle::kTitle, ui.palette().text, "Keys");
  // Where the window is low the rows scroll.
  ui::ScrollArea scroll(ui, "list", rest);
  const ui::Box list{scroll.origin().x, scroll.origin().y, scroll.width(), height};
  is_pressed |= ui::pressable(ui, "rows", list, ui::Enabled::kYes, ui::Focus::kNo).is_clicked;
  for (std::size_t i = 0; i < helps.size(); ++i) {
    const auto at_column = static_cast<float>(i / rows);
    ui::Box line{list.x + at_column * (column + padding), list.y + static_cast<float>(i % rows) * row, column, row};
    ui.label(line.cut_left(ui.px(kKeys)), ui::TextStyle::kStrong, ui.palette().accent, helps[i].keys);
    ui.label(line, ui::TextStyle::kBody, ui.palette().text, helps[i].text);
  }
  scroll.set_height(height);
  return is_pressed;
}

}  // namespace zoe::player
