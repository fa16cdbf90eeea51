#include "player/panels/room_views.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/format.hpp"
#include "player/panels/page_parts.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr float kEntryRow = 40;

// One of the room's settings that is one of a few words.
struct Choice {
  const char* key;
  std::string_view title;
  std::span<const std::string_view> values;
  std::span<const std::string_view> texts;
};

constexpr std::array<std::string_view, 3> kPolicies{"everyone", "named", "owner"};
constexpr std::array<std::string_view, 3> kPolicyTexts{"Everyone", "By name", "Only I"};
constexpr std::array<std::string_view, 2> kDrawings{"everyone", "commanders"};
constexpr std::array<std::string_view, 2> kDrawingTexts{"Everyone", "Who controls"};
constexpr std::array<std::string_view, 2> kPatiences{"wait", "leave_behind"};
constexpr std::array<std::string_view, 2> kPatienceTexts{"All wait", "Left behind"};
constexpr std::array<std::string_view, 3> kLeavings{"pass_on", "keep", "close"};
constexpr std::array<std::string_view, 3> kLeavingTexts{"Passes on", "Stays mine", "Closes"};

constexpr std::array<Choice, 4> kChoices{{{"policy", "Who controls", kPolicies, kPolicyTexts},
                                          {"drawing", "Who draws", kDrawings, kDrawingTexts},
                                          {"patience", "Whose line is slow", kPatiences, kPatienceTexts},
                                          {"owner_leaves", "When I leave, the room", kLeavings, kLeavingTexts}}};

const std::string& value_of(const RoomState& state, std::string_view key) {
  if (key == "policy") return state.policy;
  if (key == "drawing") return state.drawing;
  return key == "patience" ? state.patience : state.owner_leaves;
}

void draw_choice(const PanelContext& context, Box& rest, const Choice& choice) {
  Ui& ui = context.ui;
  const std::string& value = value_of(*context.scene.room.now, choice.key);
  const auto* const found = std::find(&*choice.values.begin(), &*choice.values.begin() + choice.values.size(), value);
  const auto chosen = static_cast<int>(found - &*choice.values.begin());
  ui.label(rest.cut_top(ui.line_height(TextStyle::kCaption)), TextStyle::kCaption, ui.palette().text_muted,
           choice.title);
  rest.cut_top(ui.px(4));
  const Box row = rest.cut_top(ui.px(30));
  rest.cut_top(ui.px(8));
  ui.mark(fmt::format("room.set.{}", choice.key), row, value);
  const float part = row.w / static_cast<float>(choice.values.size());
  for (std::size_t i = 0; i < choice.values.size(); ++i)
    ui.mark(fmt::format("room.set.{}.{}", choice.key, choice.values[i]),
            {row.x + static_cast<float>(i) * part, row.y, part, row.h});
  const int next = ui::segmented(ui, choice.key, row, choice.texts, chosen);
  if (next != chosen && next >= 0 && static_cast<std::size_t>(next) < choice.values.size())
    context.room.change(choice.key, std::string(choice.values[static_cast<std::size_t>(next)]));
}

void ask_for_name(const PanelContext& context) {
  context.dialogs.ask({.title = "Rename the room",
                       .text = "All who are here see the new name, and so does the list of rooms.",
                       .confirm = "Rename it",
                       .fields = {{.hint = "The room's name",
                                   .icon = ui::icon::kUsers,
                                   .value = context.scene.room.now->name,
                                   .most_bytes = 100}},
                       .done = [&room = context.room](PanelRequests&, const Dialog::Answers& answers) {
                         room.change("name", answers.values[0]);
                       }});
}

void ask_to_close(const PanelContext& context) {
  context.dialogs.ask(
      {.title = "Close the room?",
       .text = "Everybody leaves it, and its chat and playlist are gone. What was drawn stays with the videos.",
       .confirm = "Close it",
       .is_dangerous = true,
       .fields = {},
       .done = [&room = context.room](PanelRequests&, const Dialog::Answers&) { room.close_room(); }});
}

void draw_entry(const PanelContext& context, Box row, const RoomEntry& entry, std::size_t index) {
  Ui& ui = context.ui;
  const RoomSnapshot& room = context.scene.room;
  const bool is_now = entry.entry == room.now->entry;
  const bool is_hidden = entry.media.empty();
  const std::string name = fmt::format("room.entry.{}", index);
  const std::string remove = name + ".remove";
  row = row.inset(0, ui.px(1));
  Box inner = row.inset(ui.px(8), 0);
  const bool is_removed =
      room.may_command() && !is_now &&
      cut_icon_button(ui, inner, remove.c_str(), {.icon = ui::icon::kClose, .tip = "Take it out of the playlist"});
  const ui::Press press = draw_row_ground(ui, name.c_str(), {row.x, row.y, inner.right() - row.x, row.h}, is_now);
  ui.mark(name, inner, entry.title);
  ui.icon(inner.cut_left(ui.px(20)), TextStyle::kIcon, is_now ? ui.palette().accent : ui.palette().text_faint,
          is_hidden ? ui::icon::kLock
          : is_now  ? ui::icon::kPlay
                    : ui::icon::kFilm);
  inner.cut_left(ui.px(8));
  if (!is_hidden) {
    const std::string length = duration_text(entry.duration_us);
    ui.label(inner.cut_right(ui.text_width(TextStyle::kCaption, length) + ui.px(2)), TextStyle::kCaption,
             ui.palette().text_faint, length, ui::Align::kRight);
    inner.cut_right(ui.px(8));
  }
  ui.label(inner, is_now ? TextStyle::kStrong : TextStyle::kBody,
           is_hidden ? ui.palette().text_faint : ui.palette().text, is_hidden ? "Not for you" : entry.title);
  if (is_removed)
    context.room.remove_entry(entry.entry);
  else if (press.is_clicked && !is_now)
    context.room.go_to(entry.entry);
}

}  // namespace

void draw_room_playlist(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  const RoomState& state = *context.scene.room.now;
  if (state.entries.empty()) {
    ui.paragraph({area.x, area.y}, area.w, TextStyle::kBody, ui.palette().text_muted,
                 "No video yet. Open one from the library: it plays for all who are here.", 4);
    return;
  }
  ui::ScrollArea scroll(ui, "entries", {area.x - ui.px(8), area.y, area.w + ui.px(16), area.h});
  const float height = ui.px(kEntryRow);
  for (std::size_t i = 0; i < state.entries.size(); ++i)
    draw_entry(context, {scroll.origin().x, scroll.origin().y + static_cast<float>(i) * height, scroll.width(), height},
               state.entries[i], i);
  scroll.set_height(static_cast<float>(state.entries.size()) * height);
}

void draw_room_settings(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  const RoomState& state = *context.scene.room.now;
  ui::ScrollArea scroll(ui, "room-settings", {area.x - ui.px(8), area.y, area.w + ui.px(16), area.h});
  Box rest{scroll.origin().x + ui.px(8), scroll.origin().y, scroll.width() - ui.px(16), 1e6F};
  for (const Choice& each : kChoices) draw_choice(context, rest, each);
  bool is_private = state.is_private;
  const Box row = rest.cut_top(ui.px(24));
  ui.mark("room.set.private", row, is_private ? "on" : "off");
  if (ui::checkbox(ui, "private", row, "In no list: only with the invitation", is_private))
    context.room.set_private(is_private);
  rest.cut_top(ui.px(10));
  Box buttons = rest.cut_top(ui.px(ui.theme().control.height));
  const Box rename = buttons.cut_left((buttons.w - ui.px(8)) / 2);
  buttons.cut_left(ui.px(8));
  ui.mark("room.rename", rename);
  ui.mark("room.close", buttons);
  if (ui::button(ui, "rename", rename, {.text = "Rename", .icon = ui::icon::kPencil})) ask_for_name(context);
  if (ui::button(ui, "close", buttons, {.text = "Close it", .kind = ui::ButtonKind::kDanger, .icon = ui::icon::kTrash}))
    ask_to_close(context);
  scroll.set_height(rest.y - scroll.origin().y);
}

}  // namespace zoe::player
