#include "player/panels/analysis_panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/analysis_parts.hpp"
#include "player/panels/analysis_results.hpp"
#include "player/panels/format.hpp"
#include "player/panels/server_parts.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr float kWidth = 420;
constexpr float kHead = 48;
constexpr float kTabs = 36;
constexpr float kGap = 12;

constexpr std::array<std::string_view, 4> kTabNames{"Run", "Events", "Charts", "Tables"};
constexpr std::array<std::string_view, 4> kTabMarks{"run", "events", "charts", "tables"};

void ask_delete(const PanelContext& context, const AnalysisJob& job) {
  context.dialogs.ask(
      {.title = "Delete this analysis?",
       .text = "What it found is gone for everybody who may see the video.",
       .confirm = "Delete it",
       .is_dangerous = true,
       .done = [id = job.job](PanelRequests& requests, const Dialog::Answers&) { requests.analysis.remove = id; }});
}

bool may_start(const PanelContext& context) { return context.scene.link.principal.role != Role::kGuest; }

// Who began it, or an admin.
bool may_end(const PanelContext& context, const AnalysisJob& job) {
  const Principal& who = context.scene.link.principal;
  return who.role == Role::kAdmin || (who.role == Role::kMember && job.started_by == who.name);
}

}  // namespace

float AnalysisPanel::wanted_width(Ui& ui) { return ui.px(kWidth) + ui.px(ui.theme().space.m); }

void AnalysisPanel::draw(const PanelContext& context, float top, float bottom, float openness) {
  Ui& ui = context.ui;
  const float margin = ui.px(ui.theme().space.m);
  const float width = std::min(ui.px(kWidth), ui.screen().w - 2 * margin);
  const float slid = std::round((1.0F - openness) * (width + margin));
  box_ = {ui.screen().right() - margin - width + slid, top, width, std::max(bottom - top, 0.0F)};
  const ui::Panel panel(ui, "analysis", box_, {.alpha = openness});
  if (!panel.is_open()) return;
  Box rest = box_.inset(ui.px(16), 0);
  draw_head(context, rest.cut_top(ui.px(kHead)));
  const AnalysisJob* job = context.scene.analysis.shown();
  if (job != nullptr && (job->points > 0 || job->is_going_on())) {
    const float height = chips_height(ui, rest.w);
    draw_toggles(context, rest.cut_top(height));
    rest.cut_top(ui.px(kGap));
  }
  if (job != nullptr) {
    draw_tabs(context, rest.cut_top(ui.px(kTabs)));
    rest.cut_top(ui.px(kGap));
  } else {
    tab_ = Tab::kRun;
  }
  rest.cut_bottom(ui.px(kGap));
  switch (tab_) {
    case Tab::kRun:
      return draw_run(context, rest);
    case Tab::kEvents:
      return draw_events_page(context, rest);
    case Tab::kCharts:
      return draw_charts_page(context, rest);
    case Tab::kTables:
      return draw_tables_page(context, rest);
  }
}

void AnalysisPanel::draw_head(const PanelContext& context, Box row) {
  Ui& ui = context.ui;
  const float side = ui.px(ui.theme().control.compact);
  row.w += ui.px(8);
  const Box close = row.cut_right(side).centered(side, side);
  ui.mark("analysis.close", close);
  if (ui::icon_button(ui, "close", close,
                      {.icon = ui::icon::kClose, .tip = "Close", .shortcut = context.keys.analysis}))
    context.requests.toggle_analysis = true;
  const bool is_on = context.scene.overlays.is_on();
  const Box eye = row.cut_right(side).centered(side, side);
  ui.mark("analysis.overlays", eye, is_on ? "on" : "off");
  if (ui::icon_button(ui, "overlays", eye,
                      {.icon = is_on ? ui::icon::kEye : ui::icon::kEyeSlash,
                       .tip = is_on ? "Hide what it draws on the picture" : "Show it on the picture",
                       .shortcut = context.keys.overlays}))
    context.requests.analysis.toggle_all = true;
  const float title = ui.text_width(TextStyle::kTitle, "Analysis");
  ui.label(row.cut_left(title), TextStyle::kTitle, ui.palette().text, "Analysis");
  const AnalysisJob* job = context.scene.analysis.shown();
  if (job == nullptr) return;
  row.cut_left(ui.px(14));
  const JobLook look = look_of(ui.palette(), *job);
  const float dot = ui.px(4);
  ui.list().AddCircleFilled({row.x + dot, row.center().y}, dot, ui.color(look.color), 16);
  row.cut_left(ui.px(16));
  ui.mark("job.state", row, to_string(job->state));
  ui.label(row, TextStyle::kBody, ui.palette().text_muted, look.text);
}

void AnalysisPanel::draw_toggles(const PanelContext& context, Box area) {
  Ui& ui = context.ui;
  ChipRow chips(ui, area);
  for (const OverlayName& each : kOverlayNames) {
    const bool is_wanted = context.scene.overlays.is_wanted(each.overlay);
    const Box box = chips.next(each.title);
    const std::string name = fmt::format("analysis.toggle.{}", each.word);
    ui.mark(name, box, is_wanted ? "on" : "off");
    if (draw_chip(ui, name.c_str(), box, each.title, is_wanted && context.scene.overlays.is_on()))
      context.requests.analysis.toggle = each.overlay;
  }
}

void AnalysisPanel::draw_tabs(const PanelContext& context, const Box& row) {
  Ui& ui = context.ui;
  tab_ = static_cast<Tab>(ui::segmented(ui, "tabs", row, kTabNames, static_cast<int>(tab_)));
  const float width = row.w / static_cast<float>(kTabNames.size());
  for (std::size_t i = 0; i < kTabMarks.size(); ++i)
    ui.mark(fmt::format("analysis.tab.{}", kTabMarks[i]), {row.x + static_cast<float>(i) * width, row.y, width, row.h},
            static_cast<std::size_t>(tab_) == i ? "chosen" : "");
}

void AnalysisPanel::draw_run(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  const AnalysisSnapshot& analysis = context.scene.analysis;
  const auto& analysers = analysis.analysers;
  const AnalysisJob* job = analysis.shown();
  const bool is_nothing_known = job == nullptr && (!analysers.value || analysers.value->empty());
  if (is_nothing_known) {
    const std::string& error = analysers.error;
    if (!analysers.value && error.empty()) {
      ui::spinner(ui, area.center(), ui.px(16), ui.palette().accent);
      ui.keep_moving();
      return;
    }
    ui.mark("analysis.none", area, error);
    draw_notice(ui, area, error.empty() ? ui::icon::kPuzzle : ui::icon::kWarning,
                error.empty() ? "Nothing to analyse with" : "No analysis now",
                error.empty() ? "This server has no analysis scripts. Whoever runs it can add some." : error);
    return;
  }
  ui::ScrollArea scroll(ui, "run", area);
  Box rest{scroll.origin().x, scroll.origin().y, scroll.width(), 1e6F};
  const float gap = ui.px(kGap);
  const auto place = [&](float height) {
    if (height > 0) rest.cut_top(height + gap);
  };
  if (job != nullptr) place(draw_job(context, rest, *job));
  if (analysis.summary && !analysis.summary->is_empty()) place(draw_summary(context, rest, *analysis.summary));
  if (!analysis.results_error.empty())
    place(ui.paragraph(rest.min(), rest.w, TextStyle::kBody, ui.palette().error, analysis.results_error, 4));
  if (analysers.value) {
    place(draw_section(ui, rest, job == nullptr ? "Analyse this video" : "Analyse it again"));
    if (!may_start(context))
      place(ui.paragraph(rest.min(), rest.w, TextStyle::kBody, ui.palette().text_muted,
                         "Guests see what was found. To start an analysis, sign in with an account.", 3));
    for (const Analyser& each : *analysers.value) place(draw_analyser(context, rest, each));
  }
  place(draw_jobs(context, rest));
  scroll.set_height(rest.y - scroll.origin().y);
}

float AnalysisPanel::draw_job(const PanelContext& context, Box area, const AnalysisJob& job) {
  Ui& ui = context.ui;
  const ui::Palette& palette = ui.palette();
  const float padding = ui.px(12);
  const float inner = area.w - 2 * padding;
  const bool has_failed = job.state == JobState::kFailed || job.state == JobState::kPartial;
  const std::string& words = has_failed && !job.error.empty() ? job.error : job.message;
  const float text = words.empty() ? 0 : ui.paragraph_height(inner, TextStyle::kBody, words, 6) + ui.px(6);
  const float line = ui.line_height(TextStyle::kStrong);
  const float caption = ui.line_height(TextStyle::kCaption);
  const float button = ui.px(ui.theme().control.compact);
  const float progress = job.is_going_on() ? ui.px(14) : 0;
  const bool has_button = may_end(context, job);
  const float height = 2 * padding + line + ui.px(4) + caption + ui.px(6) + progress + text + (has_button ? button : 0);
  const Box card{area.x, area.y, area.w, height};
  draw_card(ui, card);
  Box rest = card.inset(padding);
  Box head = rest.cut_top(line);
  ui.label(head.cut_right(ui.px(64)), TextStyle::kStrong, palette.text_muted,
           job.is_going_on() ? fmt::format("{:.0f} %", job.fraction * 100) : "", ui::Align::kRight);
  ui.label(head, TextStyle::kStrong, palette.text, job.name);
  rest.cut_top(ui.px(4));
  ui.label(rest.cut_top(caption), TextStyle::kCaption, palette.text_faint, job_details(context, job));
  rest.cut_top(ui.px(6));
  if (progress > 0) {
    Box bar = rest.cut_top(progress).centered(rest.w, ui.px(4));
    ui.mark("job.progress", bar, fmt::format("{:.2f}", job.fraction));
    ui.fill(bar, palette.track, ui.px(2));
    ui.fill({bar.x, bar.y, std::round(bar.w * job.fraction), bar.h}, palette.accent, ui.px(2));
  }
  if (!words.empty()) {
    ui.mark("job.message", {rest.x, rest.y, rest.w, text}, words);
    ui.paragraph(rest.min(), inner, TextStyle::kBody, has_failed ? palette.error : palette.text_muted, words, 6);
    rest.cut_top(text);
  }
  if (!has_button) return height;
  const ui::Button what = job.is_going_on() ? ui::Button{.text = "Cancel", .icon = ui::icon::kClose}
                                            : ui::Button{.text = "Delete", .icon = ui::icon::kTrash};
  const Box place = rest.cut_top(button).cut_left(ui::button_width(ui, what));
  ui.mark(job.is_going_on() ? "job.cancel" : "job.delete", place);
  if (ui::button(ui, job.is_going_on() ? "cancel" : "delete", place, what)) {
    if (job.is_going_on())
      context.requests.analysis.cancel = job.job;
    else
      ask_delete(context, job);
  }
  return height;
}

float AnalysisPanel::draw_summary(const PanelContext& context, Box area, const AnalysisSummary& summary) {
  Ui& ui = context.ui;
  const ui::Palette& palette = ui.palette();
  const float top = area.y;
  if (!summary.text.empty()) {
    ui.mark("analysis.summary", {area.x, area.y, area.w, ui.line_height(TextStyle::kBody)}, summary.text);
    area.cut_top(ui.paragraph(area.min(), area.w, TextStyle::kBody, palette.text, summary.text, 12) + ui.px(6));
  }
  const float row = ui.line_height(TextStyle::kBody) + ui.px(6);
  for (const auto& [name, value] : summary.values) {
    Box line = area.cut_top(row);
    const float value_width = std::min(ui.text_width(TextStyle::kStrong, value), line.w / 2);
    ui.label(line.cut_right(value_width), TextStyle::kStrong, palette.text, value);
    line.cut_right(ui.px(8));
    ui.label(line, TextStyle::kBody, palette.text_muted, event_title(name));
  }
  if (!summary.not_seen.empty()) {
    area.cut_top(ui.px(6));
    ui.label(area.cut_top(row), TextStyle::kStrong, palette.text_muted, "What it could not see");
    for (const std::string& each : summary.not_seen)
      area.cut_top(ui.paragraph(area.min(), area.w, TextStyle::kBody, palette.text_muted, "\u2013 " + each, 3));
  }
  return area.y - top;
}

float AnalysisPanel::draw_analyser(const PanelContext& context, Box area, const Analyser& analyser) {
  Ui& ui = context.ui;
  const ui::Palette& palette = ui.palette();
  const bool is_open = open_analyser_ == analyser.analyser;
  const float padding = ui.px(12);
  const float inner = area.w - 2 * padding;
  const std::string& text = analyser.is_available ? analyser.description : analyser.unavailable_reason;
  const float text_height = text.empty() ? 0 : ui.paragraph_height(inner, TextStyle::kBody, text, 5) + ui.px(8);
  const float button = ui.px(ui.theme().control.height);
  const bool has_error = error_of_ == analyser.analyser && !error_.empty();
  float parameters = 0;
  if (is_open)
    for (const AnalyserParameter& each : analyser.parameters) parameters += parameter_height(ui, each);
  const float error_height = has_error ? ui.line_height(TextStyle::kBody) + ui.px(8) : 0;
  const float line = ui.line_height(TextStyle::kStrong);
  const float height =
      2 * padding + line + ui.px(4) + text_height + parameters + error_height + (analyser.is_available ? button : 0);
  const Box card{area.x, area.y, area.w, height};
  draw_card(ui, card);
  ImGui::PushID(analyser.analyser.c_str());
  Box rest = card.inset(padding);
  Box head = rest.cut_top(line);
  ui.label(head.cut_right(ui.text_width(TextStyle::kCaption, analyser.version)), TextStyle::kCaption,
           palette.text_faint, analyser.version);
  ui.label(head, TextStyle::kStrong, analyser.is_available ? palette.text : palette.text_muted, analyser.name);
  rest.cut_top(ui.px(4));
  if (!text.empty()) {
    ui.paragraph(rest.min(), inner, TextStyle::kBody, analyser.is_available ? palette.text_muted : palette.warning,
                 text, 5);
    rest.cut_top(text_height);
  }
  const std::string name = "analyser." + analyser.analyser;
  ui.mark(name, card, analyser.is_available ? "available" : text);
  if (is_open)
    for (const AnalyserParameter& each : analyser.parameters)
      rest.cut_top(draw_parameter(context, rest, analyser, each));
  if (has_error) ui.label(rest.cut_top(error_height), TextStyle::kBody, palette.error, error_);
  if (analyser.is_available) {
    Box row = rest.cut_top(button);
    const bool is_busy = context.scene.analysis.is_busy;
    const ui::Button go{.text = "Analyse",
                        .kind = ui::ButtonKind::kPrimary,
                        .icon = ui::icon::kMagic,
                        .enabled = may_start(context) ? ui::Enabled::kYes : ui::Enabled::kNo,
                        .is_busy = is_busy};
    const Box go_box = row.cut_left(ui::button_width(ui, go));
    ui.mark(name + ".start", go_box);
    if (ui::button(ui, "start", go_box, go)) {
      const Values& values = values_[analyser.analyser];
      const std::vector<std::pair<std::string, std::string>> chosen(values.begin(), values.end());
      auto params = start_params(context.scene.analysis.media, analyser, chosen);
      error_of_ = analyser.analyser;
      error_ = params ? std::string() : params.error().message;
      if (params) context.requests.analysis.start = std::move(*params);
    }
    row.cut_left(ui.px(8));
    const ui::Button more{.text = is_open ? "Hide settings" : "Settings", .kind = ui::ButtonKind::kGhost};
    const Box more_box = row.cut_left(ui::button_width(ui, more));
    if (!analyser.parameters.empty()) {
      ui.mark(name + ".settings", more_box, is_open ? "open" : "");
      if (ui::button(ui, "settings", more_box, more)) open_analyser_ = is_open ? std::string() : analyser.analyser;
    }
  }
  ImGui::PopID();
  return height;
}

float AnalysisPanel::draw_parameter(const PanelContext& context, Box area, const Analyser& analyser,
                                    const AnalyserParameter& parameter) {
  Ui& ui = context.ui;
  const float height = parameter_height(ui, parameter);
  Values& values = values_[analyser.analyser];
  std::string& value = values.try_emplace(parameter.name, parameter.value).first->second;
  Box box{area.x, area.y, area.w, height - ui.px(10)};
  const std::string name = "analyser." + analyser.analyser + "." + parameter.name;
  ui.mark(name, box, value);
  ImGui::PushID(parameter.name.c_str());
  if (parameter.type == ParameterType::kBoolean) {
    bool is_on = value == "true";
    if (ui::checkbox(ui, "value", box, parameter.title, is_on)) value = is_on ? "true" : "false";
  } else {
    ui.label(box.cut_top(ui.line_height(TextStyle::kCaption)), TextStyle::kCaption, ui.palette().text_muted,
             parameter.title);
    box.cut_top(ui.px(4));
    if (parameter.type == ParameterType::kChoice)
      draw_choice(ui, box, parameter, value);
    else
      ui::text_field(ui, "value", box, value, {.hint = hint_of(parameter)});
  }
  ImGui::PopID();
  return height;
}

// The others of this video.
float AnalysisPanel::draw_jobs(const PanelContext& context, Box area) {
  Ui& ui = context.ui;
  const AnalysisSnapshot& analysis = context.scene.analysis;
  if (!analysis.jobs || analysis.jobs->size() < 2) return 0;
  const float top = area.y;
  area.cut_top(draw_section(ui, area, "All of this video") + ui.px(4));
  int index = 0;
  for (const AnalysisJob& job : *analysis.jobs) {
    const Box row = area.cut_top(ui.px(44));
    const std::string name = fmt::format("job.{}", index++);
    const bool is_shown = job.job == analysis.job;
    ui.mark(name, row, is_shown ? "chosen" : "");
    const ui::Press press = ui::pressable(ui, name.c_str(), row);
    if (is_shown || press.is_hovered)
      ui.fill(row, is_shown ? ui.palette().raised : ui.palette().raised_hover, ui.px(ui.theme().radius.medium));
    draw_job_row(context, row.inset(ui.px(10), 0), job);
    if (press.is_clicked) context.requests.analysis.choose = job.job;
  }
  return area.y - top;
}

}  // namespace zoe::player
