#include "player/panels/analysis_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/server_parts.hpp"
#include "player/panels/timeline_marks.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr float kChipGap = 6;

}  // namespace

JobLook look_of(const ui::Palette& palette, const AnalysisJob& job) {
  switch (job.state) {
    case JobState::kQueued:
      return {"Waiting for its turn", palette.warning};
    case JobState::kRunning:
      return {"Analysing", palette.accent};
    case JobState::kDone:
      return {"Done", palette.good};
    case JobState::kPartial:
      return {"Ended early; what it found is kept", palette.warning};
    case JobState::kFailed:
      return {"Failed", palette.error};
    case JobState::kCancelled:
      return {"Cancelled", palette.text_faint};
  }
  return {"", palette.text_faint};
}

std::string_view to_string(JobState state) {
  switch (state) {
    case JobState::kQueued:
      return "queued";
    case JobState::kRunning:
      return "running";
    case JobState::kDone:
      return "done";
    case JobState::kPartial:
      return "partial";
    case JobState::kFailed:
      return "failed";
    case JobState::kCancelled:
      return "cancelled";
  }
  return "";
}

std::string job_details(const PanelContext& context, const AnalysisJob& job) {
  std::string text = job.version;
  const auto add = [&text](const std::string& part) {
    if (!text.empty()) text += " \u00B7 ";
    text += part;
  };
  if (!job.started_by.empty()) add("by " + job.started_by);
  if (job.created_utc_ns > 0) add(ago_text(job.created_utc_ns, context.scene.utc_ns));
  if (job.points > 0) add(count_text(job.points) + " places");
  if (job.events > 0) add(count_text(job.events) + (job.events == 1 ? " event" : " events"));
  return text;
}

void draw_job_row(const PanelContext& context, Box row, const AnalysisJob& job) {
  Ui& ui = context.ui;
  const JobLook look = look_of(ui.palette(), job);
  const float dot = ui.px(4);
  ui.list().AddCircleFilled({row.x + dot, row.center().y}, dot, ui.color(look.color), 16);
  row.cut_left(ui.px(16));
  row = row.centered(row.w, ui.line_height(TextStyle::kBody) + ui.line_height(TextStyle::kCaption));
  ui.label(row.cut_top(ui.line_height(TextStyle::kBody)), TextStyle::kBody, ui.palette().text, job.name);
  ui.label(row, TextStyle::kCaption, ui.palette().text_faint, job_details(context, job));
}

std::string event_title(std::string_view name) { return event_name(name); }

float draw_section(Ui& ui, const Box& area, std::string_view title) {
  const float height = ui.line_height(TextStyle::kStrong);
  ui.label({area.x, area.y, area.w, height}, TextStyle::kStrong, ui.palette().text_muted, title);
  return height;
}

Box ChipRow::next(std::string_view title) {
  const float width = std::round(ui_.text_width(TextStyle::kCaption, title)) + 2 * ui_.px(10);
  if (x_ > area_.x && x_ + width > area_.right()) {
    x_ = area_.x;
    y_ += line_height(ui_) + ui_.px(kChipGap);
  }
  const Box box{x_, y_, width, line_height(ui_)};
  x_ += width + ui_.px(kChipGap);
  return box;
}

float chips_height(Ui& ui, float width) {
  ChipRow chips(ui, {0, 0, width, 0});
  for (const OverlayName& each : kOverlayNames) chips.next(each.title);
  return chips.height();
}

bool draw_chip(Ui& ui, const char* id, const Box& box, std::string_view title, bool is_on) {
  const ui::Palette& palette = ui.palette();
  const ui::Press press = ui::pressable(ui, id, box);
  const float rounding = box.h / 2;
  ui.fill(box,
          is_on              ? palette.accent.with_alpha(0.2F)
          : press.is_hovered ? palette.raised_hover
                             : palette.raised,
          rounding);
  if (is_on) ui.outline(box, palette.accent.with_alpha(0.7F), rounding);
  ui.label(box, TextStyle::kCaption, is_on || press.is_hovered ? palette.text : palette.text_muted, title,
           ui::Align::kCenter);
  return press.is_clicked;
}

float parameter_height(Ui& ui, const AnalyserParameter& parameter) {
  if (parameter.type == ParameterType::kBoolean) return ui.px(24) + ui.px(10);
  return ui.line_height(TextStyle::kCaption) + ui.px(4) + ui.px(ui.theme().control.height) + ui.px(10);
}

std::string hint_of(const AnalyserParameter& parameter) {
  if (parameter.type == ParameterType::kFile) return "A file on the server";
  if (parameter.least && parameter.most) return fmt::format("{:g} to {:g}", *parameter.least, *parameter.most);
  if (parameter.least) return fmt::format("at least {:g}", *parameter.least);
  if (parameter.most) return fmt::format("at most {:g}", *parameter.most);
  return parameter.type == ParameterType::kText ? "" : "A number";
}

void draw_choice(Ui& ui, const Box& box, const AnalyserParameter& parameter, std::string& value) {
  if (ui::button(ui, "value", box, {.text = value, .icon = ui::icon::kAngleDown, .style = TextStyle::kBody}))
    ui::open_menu("choices");
  ui::Menu menu(ui, "choices", box, box.w, static_cast<int>(parameter.choices.size()));
  if (!menu.is_open()) return;
  for (const std::string& each : parameter.choices)
    if (menu.item({.text = each, .is_chosen = each == value})) value = each;
}

}  // namespace zoe::player
