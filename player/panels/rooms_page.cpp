#include "player/panels/rooms_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/page_parts.hpp"
#include "player/panels/room_panel.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr float kRow = 64;
constexpr std::size_t kMostCode = 64;

}  // namespace

void RoomsPage::draw(const PanelContext& context, Box area) {
  Ui& ui = context.ui;
  draw_ways(context, area.cut_top(ui.px(ui.theme().control.height)));
  area.cut_top(ui.px(20));
  const Answer<std::vector<RoomLine>>& rooms = context.scene.room.rooms;
  const PageState state = draw_page_state(ui, area, rooms.value != nullptr, rooms.error, "Asking for the rooms");
  if (state == PageState::kRetryWanted) context.room.refresh_list();
  if (state != PageState::kReady) return;
  if (rooms.value->empty()) {
    ui.mark("rooms.empty", area);
    ui.paragraph({area.x, area.y + ui.px(48)}, area.w, TextStyle::kBody, ui.palette().text_faint,
                 "No room is open. Make one, and send its code to those who should come; or open a video and press "
                 "\u201CWatch together\u201D.",
                 4, ui::Align::kCenter);
    return;
  }
  ui::ScrollArea scroll(ui, "rooms", area);
  float y = scroll.origin().y;
  int index = 0;
  for (const RoomLine& each : *rooms.value) {
    draw_room(context, {scroll.origin().x, y, scroll.width(), ui.px(kRow)}, each, index++);
    y += ui.px(kRow) + ui.px(8);
  }
  scroll.set_height(y - scroll.origin().y);
}

void RoomsPage::draw_ways(const PanelContext& context, Box row) {
  Ui& ui = context.ui;
  const bool is_busy = context.scene.room.is_busy;
  if (context.scene.link.principal.role != Role::kGuest) {
    const ui::Button make{
        .text = "New room", .kind = ui::ButtonKind::kPrimary, .icon = ui::icon::kPlus, .is_busy = is_busy};
    const Box box = row.cut_left(ui::button_width(ui, make));
    row.cut_left(ui.px(16));
    ui.mark("rooms.create", box);
    if (ui::button(ui, "create", box, make)) ask_for_room(context, {});
  }
  const ui::Button join{
      .text = "Join", .enabled = code_.empty() ? ui::Enabled::kNo : ui::Enabled::kYes, .is_busy = is_busy};
  row = row.cut_left(std::min(row.w, ui.px(320)));
  const Box join_box = row.cut_right(ui::button_width(ui, join));
  row.cut_right(ui.px(8));
  ui.mark("rooms.code", row, code_);
  ui.mark("rooms.join", join_box);
  const auto field = ui::text_field(ui, "code", row, code_, {.hint = "An invitation's code", .icon = ui::icon::kKey});
  if (code_.size() > kMostCode) code_.resize(kMostCode);
  if ((ui::button(ui, "join", join_box, join) || field.is_submitted) && !code_.empty()) {
    context.room.join_by_code(code_);
    code_.clear();
  }
}

void RoomsPage::draw_room(const PanelContext& context, Box row, const RoomLine& room, int index) {
  Ui& ui = context.ui;
  ImGui::PushID(index);
  const bool is_in = context.scene.room.now && context.scene.room.now->room == room.room;
  const ui::Press press = draw_row_ground(ui, "room", row, is_in);
  ImGui::PopID();
  ui.mark(fmt::format("rooms.{}", index), row, room.name);
  Box inner = row.inset(ui.px(16), 0);
  ui.icon(inner.cut_left(ui.px(24)), TextStyle::kIcon, ui.palette().text_muted,
          room.is_private ? ui::icon::kLock : ui::icon::kUsers);
  inner.cut_left(ui.px(12));
  const std::string people = is_in ? std::string("You are here") : counted(room.members, "person", "people");
  ui.label(inner.cut_right(ui.text_width(TextStyle::kCaption, people)), TextStyle::kCaption,
           is_in ? ui.palette().accent : ui.palette().text_faint, people);
  inner.cut_right(ui.px(16));
  Box text = inner.centered(inner.w, ui.line_height(TextStyle::kBody) + ui.px(2) + ui.line_height(TextStyle::kCaption));
  ui.label(text.cut_top(ui.line_height(TextStyle::kBody)), TextStyle::kBody, ui.palette().text, room.name);
  text.cut_top(ui.px(2));
  const std::string below =
      room.showing.empty() ? "of " + room.owner : fmt::format("{} \u00B7 of {}", room.showing, room.owner);
  ui.label(text, TextStyle::kCaption, ui.palette().text_faint, below);
  if (press.is_clicked && !is_in) context.room.join(room.room);
}

}  // namespace zoe::player
