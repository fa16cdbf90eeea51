// The analysis of the video that is shown: starting one, its progress, and what it found.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Main thread. Landmarks: `analysis.tab.run` and so on; `analyser.ID.start`, `analyser.ID.PARAMETER`; `job.state`,
// `job.cancel`, `job.delete`, `job.N`; `analysis.toggle.boxes` and so on; `analysis.event.N`, `analysis.series.NAME`,
// `analysis.grid.N`, `analysis.table.N`.
class AnalysisPanel {
 public:
  enum class Tab : std::uint8_t { kRun = 0, kEvents, kCharts, kTables };

  // At the right edge between `top` and `bottom`.
  void draw(const PanelContext& context, float top, float bottom, float openness);

  const ui::Box& box() const { return box_; }

  // The width it would like, with its margin.
  static float wanted_width(ui::Ui& ui);

 private:
  using Values = std::map<std::string, std::string>;  // by the parameter's name, as typed

  void draw_head(const PanelContext& context, ui::Box row);
  void draw_toggles(const PanelContext& context, ui::Box area);
  void draw_tabs(const PanelContext& context, const ui::Box& row);
  void draw_run(const PanelContext& context, const ui::Box& area);
  float draw_job(const PanelContext& context, ui::Box area, const AnalysisJob& job);
  float draw_summary(const PanelContext& context, ui::Box area, const AnalysisSummary& summary);
  float draw_analyser(const PanelContext& context, ui::Box area, const Analyser& analyser);
  float draw_parameter(const PanelContext& context, ui::Box area, const Analyser& analyser,
                       const AnalyserParameter& parameter);
  float draw_jobs(const PanelContext& context, ui::Box area);

  Tab tab_ = Tab::kRun;
  std::map<std::string, Values> values_;  // by analyser
  std::string open_analyser_;             // whose parameters are shown
  std::string error_;                     // what is wrong with a parameter
  std::string error_of_;                  // and of which analyser
  ui::Box box_;
};

}  // namespace zoe::player
