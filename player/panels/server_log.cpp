// The page of the log: newest at the end, which it follows while the operator has not scrolled away.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/ui/icons.hpp"
#include "player/panels/server_panel.hpp"
#include "player/panels/server_parts.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr std::array<std::string_view, 3> kLevels{"All", "Warnings", "Errors"};
constexpr std::size_t kMostCopied = 1U << 20;

bool has_text(const std::string& where, const std::string& what) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  return std::search(where.begin(), where.end(), what.begin(), what.end(), same) != where.end();
}

std::string_view name_of(AdminLogLevel level) {
  switch (level) {
    case AdminLogLevel::kTrace:
      return "trace";
    case AdminLogLevel::kDebug:
      return "debug";
    case AdminLogLevel::kInfo:
      return "info";
    case AdminLogLevel::kWarning:
      return "warning";
    case AdminLogLevel::kError:
      return "error";
  }
  return "info";
}

}  // namespace

void ServerPanel::draw_log(const Frame& frame, const Box& area) {
  Ui& ui = frame.ui;
  const AdminSnapshot& admin = frame.scene.admin;
  if (draw_state(frame, area, admin.log.value != nullptr, admin.log.error)) return;
  Box rest = area;
  Box bar = rest.cut_top(ui.px(36));
  std::vector<const AdminLogLine*> lines;
  const AdminLogLevel least = log_level_ == 0   ? AdminLogLevel::kTrace
                              : log_level_ == 1 ? AdminLogLevel::kWarning
                                                : AdminLogLevel::kError;
  for (const AdminLogLine& line : *admin.log.value)
    if (line.level >= least &&
        (log_search_.empty() || has_text(line.text, log_search_) || has_text(line.component, log_search_)))
      lines.push_back(&line);
  const ui::Button copy{.text = "Copy", .icon = ui::icon::kCopy};
  const Box copy_box = bar.cut_right(ui::button_width(ui, copy));
  bar.cut_right(ui.px(12));
  const Box follow = bar.cut_right(ui.text_width(TextStyle::kBody, "Follow") + ui.px(30));
  bar.cut_right(ui.px(16));
  const Box levels = bar.cut_left(ui.px(264));
  bar.cut_left(ui.px(12));
  ui.mark("log.level", levels, kLevels[static_cast<std::size_t>(log_level_)]);
  ui.mark("log.search", bar, log_search_);
  ui.mark("log.follow", follow, follows_log_ ? "on" : "off");
  ui.mark("log.copy", copy_box);
  log_level_ = ui::segmented(ui, "level", levels, kLevels, log_level_);
  ui::text_field(ui, "search", bar, log_search_, {.hint = "Search the log", .icon = ui::icon::kSearch});
  ui::checkbox(ui, "follow", follow, "Follow", follows_log_);
  if (ui::button(ui, "copy", copy_box, copy)) {
    std::string text;
    for (const AdminLogLine* line : lines) {
      if (text.size() > kMostCopied) break;
      text += fmt::format("{} {} {}  {:<7}  {}: {}\n", date_text(line->utc_ns), clock_text(line->utc_ns), line->seq,
                          name_of(line->level), line->component, line->text);
    }
    ImGui::SetClipboardText(text.c_str());
  }
  rest.cut_top(ui.px(12));
  ui.mark("log", rest, std::to_string(lines.size()));
  draw_card(ui, rest);
  if (lines.empty()) {
    const bool is_filtered = !admin.log.value->empty();
    draw_notice(ui, rest, ui::icon::kLog, is_filtered ? "Nothing matches" : "The log is empty",
                is_filtered ? "No line has this level and text." : "What the server does is told here.");
    return;
  }
  draw_log_lines(frame, rest.inset(ui.px(4)), lines);
}

void ServerPanel::draw_log_lines(const Frame& frame, const Box& area, std::span<const AdminLogLine* const> lines) {
  Ui& ui = frame.ui;
  const ui::Palette& palette = ui.palette();
  ui::ScrollArea scroll(ui, "lines", area);
  const float time_width = ui.text_width(TextStyle::kCaption, "00:00:00.000") + ui.px(16);
  const float level_width = ui.text_width(TextStyle::kCaption, "warning") + ui.px(16);
  const float component_width = ui.px(96);
  const float text_width = scroll.width() - time_width - level_width - component_width - ui.px(24);
  if (log_width_ != text_width || log_heights_.size() > 2 * kMostAdminLogLines) {
    log_heights_.clear();
    log_width_ = text_width;
  }
  const float top = scroll.view().y - ui.px(40);
  const float bottom = scroll.view().bottom() + ui.px(40);
  float y = scroll.origin().y + ui.px(6);
  for (const AdminLogLine* line : lines) {
    const auto [found, is_new] = log_heights_.try_emplace(line->seq);
    if (is_new) found->second = ui.paragraph_height(text_width, TextStyle::kCaption, line->text, 12) + ui.px(6);
    const Box row{scroll.origin().x, y, scroll.width(), found->second};
    y += row.h;
    if (row.bottom() < top || row.y > bottom) continue;
    const ui::Color color = line->level == AdminLogLevel::kError     ? palette.error
                            : line->level == AdminLogLevel::kWarning ? palette.warning
                                                                     : palette.text_faint;
    if (line->level >= AdminLogLevel::kWarning) ui.fill({row.x, row.y, ui.px(3), row.h - ui.px(2)}, color);
    Box rest = row;
    rest.cut_left(ui.px(12));
    const float height = ui.line_height(TextStyle::kCaption);
    ui.label({rest.x, rest.y, time_width, height}, TextStyle::kCaption, palette.text_faint, clock_text(line->utc_ns));
    rest.cut_left(time_width);
    ui.label({rest.x, rest.y, level_width, height}, TextStyle::kCaption, color, name_of(line->level));
    rest.cut_left(level_width);
    ui.label({rest.x, rest.y, component_width - ui.px(8), height}, TextStyle::kCaption, palette.text_muted,
             line->component);
    rest.cut_left(component_width);
    ui.paragraph(rest.min(), text_width, TextStyle::kCaption,
                 line->level >= AdminLogLevel::kWarning ? palette.text : palette.text_muted, line->text, 12);
  }
  scroll.set_height(y - scroll.origin().y + ui.px(6));
  // Turning the wheel lets go of the end; ticking the box takes it up again.
  if (ImGui::IsWindowHovered() && ImGui::GetIO().MouseWheel > 0) follows_log_ = false;
  if (follows_log_) ImGui::SetScrollY(y - scroll.origin().y);
}

}  // namespace zoe::player
