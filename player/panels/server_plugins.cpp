// The page of the plugins: what serves, what leaves, and the buttons that change it.
#include <fmt/format.h>

#include <algorithm>

#include "engine/ui/icons.hpp"
#include "player/panels/server_panel.hpp"
#include "player/panels/server_parts.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

std::string_view icon_of(const std::string& kind) {
  if (kind == "codec") return ui::icon::kFilm;
  if (kind == "transport") return ui::icon::kExchange;
  if (kind == "auth") return ui::icon::kKey;
  return kind == "analysis" ? ui::icon::kSearch : ui::icon::kPuzzle;
}

const AdminAction* newest_action(const AdminSnapshot& admin, const std::string& plugin) {
  for (auto each = admin.actions.rbegin(); each != admin.actions.rend(); ++each)
    if (each->plugin == plugin) return &*each;
  return nullptr;
}

const AdminGeneration* draining(const AdminPlugin& plugin) {
  for (const AdminGeneration& each : plugin.generations)
    if (each.state == "draining") return &each;
  return nullptr;
}

}  // namespace

void ServerPanel::draw_plugins(const Frame& frame, const Box& area) {
  Ui& ui = frame.ui;
  const AdminSnapshot& admin = frame.scene.admin;
  if (draw_state(frame, area, admin.plugins.value != nullptr, admin.plugins.error)) return;
  if (admin.plugins.value->empty()) {
    draw_notice(ui, area, ui::icon::kPuzzle, "No plugins",
                "Put plugin files into the server's plugin folder; they appear here by themselves.");
    return;
  }
  ui::ScrollArea scroll(ui, "plugins", {area.x, area.y, area.w + ui.px(16), area.h});
  float y = scroll.origin().y;
  for (const AdminPlugin& plugin : *admin.plugins.value)
    y += draw_plugin(frame, {scroll.origin().x, y, area.w, 0}, plugin) + ui.px(12);
  scroll.set_height(y - scroll.origin().y);
}

float ServerPanel::draw_plugin(const Frame& frame, const Box& row, const AdminPlugin& plugin) {
  Ui& ui = frame.ui;
  const ui::Palette& palette = ui.palette();
  const AdminGeneration* active = plugin.active();
  const AdminAction* action = newest_action(frame.scene.admin, plugin.id);
  const bool is_running = action != nullptr && action->state == AdminAction::State::kRunning;
  // What is told below the row: what came of the last act, who is still leaving, what cannot leave.
  struct Line {
    std::string_view icon;
    ui::Color color;
    std::string text;
  };
  std::vector<Line> lines;
  const bool has_failed_here = action != nullptr && action->state == AdminAction::State::kFailed &&
                               (!plugin.last || plugin.last->is_ok || plugin.last->message != action->message);
  if (has_failed_here) lines.push_back({ui::icon::kWarning, palette.error, action->message});
  if (plugin.last)
    lines.push_back({plugin.last->is_ok ? ui::icon::kCheck : ui::icon::kWarning,
                     plugin.last->is_ok ? palette.good : palette.error,
                     fmt::format("{}  \u00B7  {}, took {} ms", plugin.last->message,
                                 ago_text(plugin.last->utc_ns, frame.scene.utc_ns), plugin.last->took_ms)});
  if (!plugin.is_file_there)
    lines.push_back({ui::icon::kInfo, palette.warning, "Its file is gone from the plugin folder; it serves on."});
  for (const AdminGeneration& each : plugin.generations)
    if (active == nullptr || each.generation != active->generation)
      lines.push_back({ui::icon::kClock, palette.warning,
                       fmt::format("Generation {} (version {}) {}: {} still use it, {} buffers, {} jobs",
                                   each.generation, each.version, each.state, each.pins, each.buffers, each.jobs)});
  for (const AdminPlugin::Resident& each : plugin.residents)
    lines.push_back({ui::icon::kInfo, palette.warning,
                     fmt::format("Generation {} stays in memory: {}", each.generation, each.why)});
  const float padding = ui.px(16);
  const float line_indent = ui.px(40 + 14);
  const float line_width = row.w - 2 * padding - line_indent - ui.px(24);
  float height = ui.px(72);
  for (const Line& line : lines)
    height += ui.paragraph_height(line_width, TextStyle::kCaption, line.text, 4) + ui.px(6);
  if (!lines.empty()) height += ui.px(8);
  const Box card{row.x, row.y, row.w, height};
  draw_card(ui, card);
  const std::string name = "plugin." + plugin.id;
  ui.mark(name, card, is_running ? "busy" : active != nullptr ? "active" : plugin.is_enabled ? "idle" : "disabled");
  ImGui::PushID(plugin.id.c_str());
  Box rest = card.inset(padding, 0);
  Box top = rest.cut_top(ui.px(72));
  const Box disc = top.cut_left(ui.px(40)).centered(ui.px(40), ui.px(40));
  ui.fill(disc, palette.raised, ui.px(ui.theme().radius.medium));
  ui.icon(disc, TextStyle::kIcon, active != nullptr ? palette.accent : palette.text_faint, icon_of(plugin.kind));
  top.cut_left(ui.px(14));
  const float actions_width = ui.px(4 * 36 + 3 * 6);
  draw_plugin_buttons(frame, top.cut_right(actions_width).centered(actions_width, ui.px(36)), plugin);
  top.cut_right(ui.px(16));
  const bool is_wide = card.w > ui.px(1000);
  const float column = ui.px(92);
  const auto column_of = [&](std::string_view what, std::string_view label, const std::string& value) {
    const Box place = top.cut_right(column).centered(column, ui.px(44));
    Box text = place;
    ui.mark(name + "." + std::string(what), place, value);
    ui.label(text.cut_top(ui.px(18)), TextStyle::kCaption, palette.text_faint, label);
    ui.label(text.cut_top(ui.px(24)), TextStyle::kBody, palette.text, value);
  };
  const std::string dash = "\u2013";
  if (is_wide) column_of("previous", "Previous", plugin.previous ? plugin.previous->version : dash);
  if (is_wide && active != nullptr)
    column_of("buffers", "Buffers", memory_text(static_cast<double>(active->buffer_bytes)));
  else if (is_wide)
    column_of("buffers", "Buffers", dash);
  column_of("memory", "Memory", active != nullptr ? memory_text(static_cast<double>(active->memory_bytes)) : dash);
  column_of("pins", "In use by", active != nullptr ? count_text(active->pins) : dash);
  column_of("generation", "Generation", active != nullptr ? std::to_string(active->generation) : dash);
  const std::string_view word = is_running                           ? "Working"
                                : active != nullptr                  ? "Serving"
                                : !plugin.is_enabled                 ? "Disabled"
                                : plugin.last && !plugin.last->is_ok ? "Failed"
                                                                     : "Idle";
  const ui::Color color = is_running          ? palette.accent
                          : active != nullptr ? palette.good
                          : word == "Failed"  ? palette.error
                                              : palette.text_muted;
  const float pill = ui.px(84);
  const Box state = top.cut_right(pill);
  draw_pill(ui, {state.x, state.center().y}, word, color);
  ui.mark(name + ".state", state, word);
  Box text = top.centered(top.w, ui.px(44));
  Box title = text.cut_top(ui.px(22));
  const std::string& shown = plugin.name.empty() ? plugin.id : plugin.name;
  ui.label(title, TextStyle::kStrong, palette.text, shown);
  const std::string under = plugin.version.empty() ? plugin.id : plugin.id + "  \u00B7  version " + plugin.version;
  ui.mark(name + ".version", title, plugin.version);
  ui.label(text, TextStyle::kCaption, palette.text_muted, under);
  ImGui::PopID();
  rest.cut_left(line_indent);
  for (const Line& line : lines) {
    const float line_height = ui.paragraph_height(line_width, TextStyle::kCaption, line.text, 4);
    Box place = rest.cut_top(line_height);
    Box icon = place.cut_left(ui.px(16));
    ui.icon(icon.cut_top(ui.line_height(TextStyle::kCaption)), TextStyle::kIcon, line.color, line.icon);
    place.cut_left(ui.px(8));
    ui.paragraph(place.min(), line_width, TextStyle::kCaption, palette.text_muted, line.text, 4);
    rest.cut_top(ui.px(6));
  }
  if (!lines.empty() && plugin.last) ui.mark(name + ".last", card, plugin.last->message);
  return height;
}

void ServerPanel::draw_plugin_buttons(const Frame& frame, Box buttons, const AdminPlugin& plugin) {
  Ui& ui = frame.ui;
  const AdminGeneration* active = plugin.active();
  const AdminAction* action = newest_action(frame.scene.admin, plugin.id);
  const bool is_running = action != nullptr && action->state == AdminAction::State::kRunning;
  const std::string name = "plugin." + plugin.id;
  const auto next = [&](std::string_view what) {
    const Box box = buttons.cut_left(ui.px(36));
    buttons.cut_left(ui.px(6));
    ui.mark(name + "." + std::string(what), box);
    return box;
  };
  const auto enabled = [&](bool is_possible) {
    return is_possible && !is_running ? ui::Enabled::kYes : ui::Enabled::kNo;
  };
  const auto run = [&](AdminVerb verb) { frame.requests.commands.push_back({.verb = verb, .plugin = plugin.id}); };
  const std::string& shown = plugin.name.empty() ? plugin.id : plugin.name;
  const Box swap = next("swap");
  if (is_running)
    ui::spinner(ui, swap.center(), ui.px(8), ui.palette().accent);
  else if (ui::icon_button(ui, "swap", swap,
                           {.icon = ui::icon::kRefresh,
                            .tip = "Swap: take the file in the folder into service",
                            .enabled = enabled(plugin.is_enabled && plugin.is_file_there)}))
    run(AdminVerb::kSwap);
  const std::string back =
      plugin.previous ? "Roll back to version " + plugin.previous->version : "Nothing to roll back to";
  if (ui::icon_button(ui, "rollback", next("rollback"),
                      {.icon = ui::icon::kUndo, .tip = back, .enabled = enabled(plugin.previous.has_value())}))
    run(AdminVerb::kRollBack);
  const AdminGeneration* leaving = draining(plugin);
  if (ui::icon_button(
          ui, "drain", next("drain"),
          {.icon = ui::icon::kTint,
           .tip = leaving != nullptr ? "Drain: end what still uses the old generation" : "Nothing is leaving",
           .enabled = enabled(leaving != nullptr)}))
    ask({.title = "Drain " + shown + " now?",
         .text = "What still uses the old generation is ended at once. Clients of a transport connect again by "
                 "themselves, to the new one.",
         .confirm = "Drain",
         .is_dangerous = true,
         .command = {.verb = AdminVerb::kDrain, .plugin = plugin.id}});
  if (!plugin.is_enabled) {
    if (ui::icon_button(ui, "enable", next("enable"),
                        {.icon = ui::icon::kPlay, .tip = "Enable", .enabled = enabled(true)}))
      run(AdminVerb::kEnable);
  } else if (ui::icon_button(ui, "disable", next("disable"),
                             {.icon = ui::icon::kPower, .tip = "Disable", .enabled = enabled(true)})) {
    ask({.title = "Disable " + shown + "?",
         .text =
             fmt::format("It serves nobody from then on, also after a restart, until it is enabled again. {} use it "
                         "now.{}",
                         active != nullptr ? active->pins : 0,
                         plugin.kind == "transport" ? " You may be connected through it yourself." : ""),
         .confirm = "Disable",
         .is_dangerous = true,
         .command = {.verb = AdminVerb::kDisable, .plugin = plugin.id}});
  }
}

}  // namespace zoe::player
