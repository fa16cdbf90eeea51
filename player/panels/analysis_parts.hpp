// The parts that the analysis panel's pages share.
#pragma once

#include <string>
#include <string_view>

#include "engine/ui/ui.hpp"
#include "player/panels/panel_context.hpp"

namespace zoe::player {

struct JobLook {
  std::string_view text;
  ui::Color color;
};
JobLook look_of(const ui::Palette& palette, const AnalysisJob& job);
std::string_view to_string(JobState state);  // as the server says it: "running"

// "Football 1.0.0 · by ann · 12 s ago", with what is known.
std::string job_details(const PanelContext& context, const AnalysisJob& job);
void draw_job_row(const PanelContext& context, ui::Box row, const AnalysisJob& job);

// "ball_recall" as "Ball recall".
std::string event_title(std::string_view name);

// A heading; returns its height.
float draw_section(ui::Ui& ui, const ui::Box& area, std::string_view title);

// Small switches, one after the other, in as many lines as they need.
class ChipRow {
 public:
  ChipRow(ui::Ui& ui, const ui::Box& area) : ui_(ui), area_(area), x_(area.x), y_(area.y) {}
  ui::Box next(std::string_view title);
  float height() const { return y_ - area_.y + line_height(ui_); }
  static float line_height(ui::Ui& ui) { return ui.px(28); }

 private:
  ui::Ui& ui_;
  ui::Box area_;
  float x_;
  float y_;
};
// Of the chips for the overlays.
float chips_height(ui::Ui& ui, float width);
// True when it was pressed.
bool draw_chip(ui::Ui& ui, const char* id, const ui::Box& box, std::string_view title, bool is_on);

float parameter_height(ui::Ui& ui, const AnalyserParameter& parameter);
// What can be typed: "1 to 10".
std::string hint_of(const AnalyserParameter& parameter);
// A button that opens the choices.
void draw_choice(ui::Ui& ui, const ui::Box& box, const AnalyserParameter& parameter, std::string& value);

}  // namespace zoe::player
