#include "player/panels/page_parts.hpp"

#include <cmath>

#include "engine/ui/icons.hpp"
#include "player/panels/server_parts.hpp"

namespace zoe::player {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

void draw_loading(Ui& ui, const Box& area, std::string_view text) {
  const ImVec2 middle{area.center().x, area.y + area.h * 0.38F};
  ui::spinner(ui, middle, ui.px(18), ui.palette().accent);
  ui.label({area.x, middle.y + ui.px(34), area.w, ui.line_height(TextStyle::kBody)}, TextStyle::kBody,
           ui.palette().text_muted, text, ui::Align::kCenter);
}

bool notice_button(Ui& ui, const Box& below, std::string_view text, std::string_view icon) {
  const ui::Button what{.text = text, .icon = icon};
  const float width = ui::button_width(ui, what);
  const Box place{std::round(below.center().x - width / 2), below.y, width, ui.px(ui.theme().control.height)};
  ui.mark("notice.button", place, text);
  return ui::button(ui, "notice-button", place, what);
}

PageState draw_page_state(Ui& ui, const Box& area, bool has_value, const std::string& error,
                          std::string_view loading_text) {
  if (has_value) return PageState::kReady;
  if (error.empty()) {
    draw_loading(ui, area, loading_text);
    return PageState::kShownInstead;
  }
  const Box below = draw_notice(ui, area, ui::icon::kWarning, "The server did not answer that", error);
  return notice_button(ui, below, "Try again", ui::icon::kRefresh) ? PageState::kRetryWanted : PageState::kShownInstead;
}

void draw_heading(Ui& ui, Box& rest, std::string_view text) {
  ui.label(rest.cut_top(ui.line_height(TextStyle::kTitle)), TextStyle::kTitle, ui.palette().text, text);
  rest.cut_top(ui.px(12));
}

ui::Press draw_row_ground(Ui& ui, const char* id, const Box& box, bool is_current) {
  const ui::Press press = ui::pressable(ui, id, box);
  const float warm = ui.follow(ImGui::GetID(id) + 1, press.is_hovered ? 1.0F : 0.0F, ui.theme().duration_ms.fast);
  const float rounding = ui.px(ui.theme().radius.medium);
  if (is_current) ui.fill(box, ui.palette().accent.with_alpha(0.12F), rounding);
  if (warm > 0 && !is_current) ui.fill(box, ui.palette().raised_hover.with_alpha(warm), rounding);
  return press;
}

bool cut_button(Ui& ui, Box& row, const char* name, const ui::Button& what) {
  const float width = ui::button_width(ui, what);
  const Box place = row.cut_right(width).centered(width, ui.px(ui.theme().control.height));
  row.cut_right(ui.px(8));
  ui.mark(name, place, what.text);
  return ui::button(ui, name, place, what);
}

bool cut_icon_button(Ui& ui, Box& row, const char* name, const ui::IconButton& what) {
  const float side = ui.px(ui.theme().control.compact + 4);
  const Box place = row.cut_right(side).centered(side, side);
  row.cut_right(ui.px(4));
  ui.mark(name, place);
  return ui::icon_button(ui, name, place, what);
}

std::string counted(std::int64_t count, std::string_view one, std::string_view many) {
  return count_text(count) + " " + std::string(count == 1 ? one : many);
}

}  // namespace zoe::player
