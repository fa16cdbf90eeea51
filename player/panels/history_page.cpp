#include "player/panels/history_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/dialog.hpp"
#include "player/panels/format.hpp"
#include "player/panels/media_card.hpp"
#include "player/panels/page_parts.hpp"
#include "player/panels/server_parts.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr float kRow = 72;
constexpr float kDay = 48;

constexpr std::array<const char*, 7> kDays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                           "Thursday", "Friday", "Saturday"};
constexpr std::array<const char*, 12> kMonths{"January", "February", "March",     "April",   "May",      "June",
                                              "July",    "August",   "September", "October", "November", "December"};

bool local_time(std::int64_t utc_ns, std::tm& parts) {
  const std::time_t time = static_cast<std::time_t>(utc_ns / kNsPerS);
  return localtime_r(&time, &parts) != nullptr;
}

// Whole days since some day long ago, as the calendar counts them here.
std::int64_t day_number(const std::tm& parts) {
  std::tm noon{};
  noon.tm_year = parts.tm_year;
  noon.tm_mon = parts.tm_mon;
  noon.tm_mday = parts.tm_mday;
  noon.tm_hour = 12;
  return static_cast<std::int64_t>(timegm(&noon)) / 86'400;
}

void ask_clear(const PanelContext& context) {
  context.dialogs.ask({.title = "Clear your history?",
                       .text =
                           "Everything that you watched is forgotten, and with it where you stopped and what counts "
                           "as watched. It cannot be brought back.",
                       .confirm = "Clear it",
                       .is_dangerous = true,
                       .done = [](PanelRequests& requests, const Dialog::Answers&) {
                         requests.commands.push_back({.verb = PersonalVerb::kClearHistory});
                       }});
}

std::string watched_text(const Viewing& viewing) {
  std::string text = time_of_day_text(viewing.began_utc_ns);
  const std::int64_t seen_us = viewing.to_us - viewing.from_us;
  if (seen_us > 0) text += fmt::format(" \u00B7 {} to {}", time_text(viewing.from_us), time_text(viewing.to_us));
  if (viewing.item.duration_us > 0) text += " of " + duration_text(viewing.item.duration_us);
  if (!viewing.client.empty()) text += " \u00B7 " + viewing.client;
  if (!viewing.item.is_available) text += " \u00B7 not in the library any more";
  return text;
}

void draw_viewing(const PanelContext& context, const Box& box, const Viewing& viewing, int index) {
  Ui& ui = context.ui;
  const std::string name = fmt::format("viewing.{}", index);
  ui.mark(name, box, viewing.item.title);
  ImGui::PushID(name.c_str());
  const float side = ui.px(ui.theme().control.compact);
  const Box cross{box.right() - side - ui.px(8), std::round(box.center().y - side / 2), side, side};
  // Before the row, so that a press on it is its own.
  const bool is_removed =
      ui::icon_button(ui, "remove", cross, {.icon = ui::icon::kClose, .tip = "Forget that I watched this"});
  ui.mark(name + ".remove", cross);
  const Box row{box.x, box.y, cross.x - box.x - ui.px(8), box.h};
  const ui::Press press = draw_row_ground(ui, "row", row);
  Box inner = row.inset(ui.px(8), ui.px(8));
  const Box thumb = inner.cut_left(std::round(inner.h * 16 / 9));
  draw_thumbnail(context, thumb, viewing.item, CardLook::kRow, press.is_hovered ? 1 : 0, false);
  ImGui::PopID();
  inner.cut_left(ui.px(16));
  Box text =
      inner.centered(inner.w, ui.line_height(TextStyle::kStrong) + ui.px(4) + ui.line_height(TextStyle::kCaption));
  const ui::Color color = viewing.item.is_available ? ui.palette().text : ui.palette().text_faint;
  const bool is_cut =
      ui.label(text.cut_top(ui.line_height(TextStyle::kStrong)), TextStyle::kStrong, color, viewing.item.title);
  text.cut_top(ui.px(4));
  ui.label(text, TextStyle::kCaption, ui.palette().text_faint, watched_text(viewing));
  if (is_cut && press.is_hovered) ui.tip(row, viewing.item.title);
  if (is_removed)
    context.requests.commands.push_back({.verb = PersonalVerb::kRemoveViewing, .number = viewing.viewing});
  if (!press.is_clicked || !viewing.item.is_available) return;
  context.requests.open = viewing.item;
  // Who had come to the end begins anew.
  const bool was_ended = viewing.item.duration_us > 0 && viewing.to_us >= viewing.item.duration_us / 100 * 95;
  context.requests.open->resume_us = was_ended ? 0 : viewing.to_us;
}

// A line of the list: a day, or a viewing of it.
struct Line {
  float y = 0;
  float height = 0;
  std::ptrdiff_t viewing = -1;
  std::string day;
};

}  // namespace

std::string day_text(std::int64_t utc_ns, std::int64_t now_utc_ns) {
  std::tm then{};
  std::tm now{};
  if (!local_time(utc_ns, then) || !local_time(now_utc_ns, now)) return "Some day";
  const std::int64_t ago = day_number(now) - day_number(then);
  if (ago == 0) return "Today";
  if (ago == 1) return "Yesterday";
  return fmt::format("{}, {} {} {}", kDays[static_cast<std::size_t>(then.tm_wday)], then.tm_mday,
                     kMonths[static_cast<std::size_t>(then.tm_mon)], then.tm_year + 1900);
}

std::string time_of_day_text(std::int64_t utc_ns) {
  std::tm parts{};
  if (!local_time(utc_ns, parts)) return "\u2013";
  return fmt::format("{:02}:{:02}", parts.tm_hour, parts.tm_min);
}

void draw_history_page(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  const Listed<Viewing>& history = context.scene.personal.history;
  const PageState state = draw_page_state(ui, area, history.items != nullptr, history.error, "Asking for your history");
  if (state == PageState::kRetryWanted) context.requests.refresh_personal = true;
  if (state != PageState::kReady) return;
  if (history.items->empty()) {
    draw_notice(ui, area, ui::icon::kHistory, "Nothing watched yet",
                "What you watch is kept here, so that you find it again. Nobody else sees it.");
    return;
  }
  Box rest = area;
  Box row = rest.cut_top(ui.px(44));
  if (cut_button(ui, row, "history.clear", {.text = "Clear", .icon = ui::icon::kTrash})) ask_clear(context);
  ui.label(row, TextStyle::kBody, ui.palette().text_muted, counted(history.total, "viewing", "viewings"));
  rest.cut_top(ui.px(8));
  std::vector<Line> lines;
  std::string day;
  float y = 0;
  for (std::size_t i = 0; i < history.items->size(); ++i) {
    std::string its_day = day_text((*history.items)[i].began_utc_ns, context.scene.utc_ns);
    if (its_day != day) {
      day = its_day;
      lines.push_back({.y = y, .height = ui.px(kDay), .day = day});
      y += ui.px(kDay);
    }
    lines.push_back({.y = y, .height = ui.px(kRow), .viewing = static_cast<std::ptrdiff_t>(i)});
    y += ui.px(kRow);
  }
  ui::ScrollArea scroll(ui, "history", {rest.x - ui.px(8), rest.y, rest.w + ui.px(8 + 16), rest.h});
  const float top = scroll.view().y - scroll.origin().y - ui.px(kRow);
  const float bottom = scroll.view().bottom() - scroll.origin().y + ui.px(kRow);
  for (const Line& line : lines) {
    if (line.y + line.height < top || line.y > bottom) continue;
    const Box box{scroll.origin().x, scroll.origin().y + line.y, rest.w + ui.px(8), line.height};
    if (line.viewing < 0)
      ui.label(box.inset(ui.px(8), 0), TextStyle::kTitle, ui.palette().text, line.day);
    else
      draw_viewing(context, box, (*history.items)[static_cast<std::size_t>(line.viewing)],
                   static_cast<int>(line.viewing));
  }
  scroll.set_height(y + ui.px(8));
  if (scroll.is_near_end() && static_cast<std::int64_t>(history.items->size()) < history.total && !history.is_loading)
    context.requests.more_history = true;
}

}  // namespace zoe::player
