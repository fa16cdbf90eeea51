#include "player/panels/server_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/page_parts.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr float kRow = 40;
constexpr std::size_t kMostRowsShown = 3;

float head_height(Ui& ui) { return ui.line_height(TextStyle::kCaption) + ui.px(6); }

bool draw_row(Ui& ui, Box row, const net::FoundServer& server, std::size_t index) {
  const std::string name = fmt::format("login.found.{}", index);
  const ui::Press press = draw_row_ground(ui, name.c_str(), row);
  ui.mark(name, row, server.name);
  ui.mark(name + ".address", row, server.address);
  Box inner = row.inset(ui.px(10), 0);
  ui.icon(inner.cut_left(ui.px(16)), TextStyle::kIcon, ui.palette().text_muted, ui::icon::kServer);
  inner.cut_left(ui.px(10));
  const float wide = std::min(ui.text_width(TextStyle::kCaption, server.address), inner.w * 0.6F);
  ui.label(inner.cut_right(wide), TextStyle::kCaption, ui.palette().text_muted, server.address, ui::Align::kRight);
  inner.cut_right(ui.px(10));
  ui.label(inner, TextStyle::kBody, ui.palette().text, server.name.empty() ? "Without a name" : server.name);
  return press.is_clicked;
}

}  // namespace

float server_list_height(const PanelContext& context) {
  Ui& ui = context.ui;
  const LanScene& lan = context.scene.lan;
  if (!lan.is_on) return ui.line_height(TextStyle::kCaption);
  const auto rows = static_cast<float>(std::clamp<std::size_t>(lan.found.size(), 1, kMostRowsShown));
  return head_height(ui) + rows * ui.px(kRow);
}

const net::FoundServer* draw_server_list(const PanelContext& context, Box box) {
  Ui& ui = context.ui;
  const LanScene& lan = context.scene.lan;
  const std::string_view turn = lan.is_on ? "Do not look" : "Look for servers on this network";
  Box head = box.cut_top(ui.line_height(TextStyle::kCaption));
  const float wide = ui.text_width(TextStyle::kCaption, turn);
  const Box button = lan.is_on ? head.cut_right(wide) : head.cut_left(wide);
  ui.mark("login.lan", button, lan.is_on ? "on" : "off");
  const ui::Press press = ui::pressable(ui, "lan", button);
  ui.label(button, TextStyle::kCaption, press.is_hovered ? ui.palette().accent_hover : ui.palette().accent, turn);
  if (press.is_clicked) context.requests.look_for_servers = !lan.is_on;
  if (!lan.is_on) return nullptr;
  ui.label(head, TextStyle::kCaption, ui.palette().text_muted, "On this network");
  box.cut_top(ui.px(6));
  ui.fill(box, ui.palette().field, ui.px(ui.theme().radius.medium));
  if (lan.found.empty()) {
    Box row = box.inset(ui.px(10), 0);
    const Box mark = row.cut_left(ui.px(16));
    row.cut_left(ui.px(10));
    if (lan.has_looked)
      ui.icon(mark, TextStyle::kIcon, ui.palette().text_faint, ui::icon::kSearch);
    else
      ui::spinner(ui, mark.center(), ui.px(6), ui.palette().text_faint);
    const std::string_view text = lan.has_looked ? "No server answers here yet" : "Looking for servers\u2026";
    ui.mark("login.found", row, lan.has_looked ? "none" : "looking");
    ui.label(row, TextStyle::kBody, ui.palette().text_muted, text);
    return nullptr;
  }
  ui.mark("login.found", box, std::to_string(lan.found.size()));
  ui::ScrollArea scroll(ui, "found", box);
  const net::FoundServer* chosen = nullptr;
  for (std::size_t i = 0; i < lan.found.size(); ++i) {
    const Box row{scroll.origin().x, scroll.origin().y + static_cast<float>(i) * ui.px(kRow), scroll.width(),
                  ui.px(kRow)};
    if (draw_row(ui, row, lan.found[i], i)) chosen = &lan.found[i];
  }
  scroll.set_height(static_cast<float>(lan.found.size()) * ui.px(kRow));
  return chosen;
}

}  // namespace zoe::player
