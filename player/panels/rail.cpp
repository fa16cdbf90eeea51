#include "player/panels/rail.hpp"

#include "engine/ui/widgets.hpp"
#include "player/panels/brand.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

float item_height(Ui& ui) { return ui.px(ui.theme().control.height) + ui.px(4); }

// At the right end; beside the icon where there is room for nothing else. Cut off `row` where it is wide.
void draw_badge(Ui& ui, Box& row, std::string_view text, bool is_narrow) {
  if (text.empty()) return;
  if (is_narrow) {
    const float side = ui.px(8);
    ui.fill({row.center().x + ui.px(6), row.center().y - ui.px(12), side, side}, ui.palette().accent, side / 2);
    return;
  }
  const float width = ui::badge_width(ui, text);
  const Box place = row.cut_right(width).centered(width, ui::badge_height(ui));
  ui::badge(ui, place.min(), text, ui.palette().accent, ui.palette().on_accent);
  row.cut_right(ui.px(8));
}

bool draw_item(Ui& ui, Box row, const RailItem& item, bool is_narrow) {
  row = row.inset(ui.px(8), ui.px(2));
  Box place = row;
  ui.mark(item.mark, row, item.is_chosen ? "chosen" : "");
  ImGui::PushID(item.mark.data(), item.mark.data() + item.mark.size());
  const ui::Press press = ui::pressable(ui, "item", row);
  const float warm = ui.follow(ImGui::GetID("warm"), press.is_hovered ? 1.0F : 0.0F, ui.theme().duration_ms.fast);
  ImGui::PopID();
  const float rounding = ui.px(ui.theme().radius.medium);
  if (item.is_chosen)
    ui.fill(row, ui.palette().accent.with_alpha(0.14F), rounding);
  else if (warm > 0)
    ui.fill(row, ui.palette().raised_hover.with_alpha(warm), rounding);
  const ui::Color color = item.is_chosen ? ui.palette().accent : ui.palette().text_muted;
  if (is_narrow && press.is_hovered) ui.tip(row, item.text);
  if (!is_narrow) row.cut_left(ui.px(12));
  ui.icon(is_narrow ? row : row.cut_left(ui.px(20)), TextStyle::kIcon, color, item.icon);
  row.cut_left(ui.px(12));
  row.cut_right(ui.px(8));
  draw_badge(ui, is_narrow ? place : row, item.badge, is_narrow);
  if (!is_narrow)
    ui.label(row, item.is_chosen ? TextStyle::kStrong : TextStyle::kBody, item.is_chosen ? color : ui.palette().text,
             item.text);
  return press.is_clicked;
}

}  // namespace

Box cut_rail(Ui& ui, Box& screen, bool& is_narrow) {
  is_narrow = screen.w < ui.px(kNarrowBelow);
  Box rail = screen.cut_left(ui.px(is_narrow ? kNarrowRail : kRailWidth));
  ui.fill(rail, ui::blend(ui.palette().surface, ui.palette().ground));
  ui.fill({rail.right() - ui.px(1), rail.y, ui.px(1), rail.h}, ui.palette().line);
  const Box head = rail.cut_top(ui.px(72));
  if (is_narrow)
    draw_mark(ui, head.center(), ui.px(13));
  else
    draw_brand(ui, head.inset(ui.px(20), 0));
  return rail;
}

bool rail_item(Ui& ui, Box& rail, const RailItem& item, bool is_narrow) {
  return draw_item(ui, rail.cut_top(item_height(ui)), item, is_narrow);
}

bool rail_foot(Ui& ui, Box& rail, const RailItem& item, bool is_narrow) {
  return draw_item(ui, rail.cut_bottom(item_height(ui)), item, is_narrow);
}

}  // namespace zoe::player
