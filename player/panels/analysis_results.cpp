#include "player/panels/analysis_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/analysis_parts.hpp"
#include "player/panels/format.hpp"
#include "player/panels/pitch_view.hpp"
#include "player/panels/server_parts.hpp"
#include "player/panels/team_colors.hpp"
#include "player/panels/timeline_marks.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr float kEventRow = 48;
constexpr float kPlot = 84;
constexpr float kTableRow = 28;

bool is_going_on(const PanelContext& context) {
  const AnalysisJob* job = context.scene.analysis.shown();
  return job != nullptr && job->is_going_on();
}

void draw_nothing(const PanelContext& context, const Box& area, std::string_view title, std::string_view text) {
  draw_notice(context.ui, area, is_going_on(context) ? ui::icon::kClock : ui::icon::kInfo, title,
              is_going_on(context) ? "The analysis goes on; what it finds appears here." : text);
}

void draw_event(const PanelContext& context, const Box& row, const AnalysisEvent& event, std::size_t index,
                const TeamColors& colors) {
  Ui& ui = context.ui;
  const std::string name = fmt::format("analysis.event.{}", index);
  ui.mark(name, row, event.kind);
  const ui::Press press = ui::pressable(ui, name.c_str(), row);
  const std::int64_t now_us = context.scene.playback.position_us;
  const bool is_now = now_us >= event.time_us && now_us <= std::max(event.end_us, event.time_us + 500'000);
  if (press.is_hovered || is_now)
    ui.fill(row, is_now ? ui.palette().raised : ui.palette().raised_hover, ui.px(ui.theme().radius.medium));
  Box rest = row.inset(ui.px(10), 0);
  ui.icon(rest.cut_left(ui.px(20)), TextStyle::kIcon,
          event.team == Team::kNone ? ui.palette().text_muted : colors.of(event.team), icon_of_event(event.kind));
  rest.cut_left(ui.px(12));
  const std::string time = time_text(event.time_us, TimeStyle::kSeconds);
  ui.label(rest.cut_right(ui.px(64)), TextStyle::kStrong, ui.palette().text_muted, time, ui::Align::kRight);
  std::string detail = event.text;
  if (event.confidence >= 0)
    detail += fmt::format("{}{:.0f} % sure", detail.empty() ? "" : " \u00B7 ", event.confidence * 100);
  const float line = ui.line_height(TextStyle::kBody);
  const float both = detail.empty() ? line : line + ui.line_height(TextStyle::kCaption);
  rest = rest.centered(rest.w, both);
  ui.label(rest.cut_top(line), TextStyle::kBody, ui.palette().text, event_name(event.kind));
  if (!detail.empty()) ui.label(rest, TextStyle::kCaption, ui.palette().text_faint, detail);
  if (press.is_clicked) context.playback.seek(event.time_us);
}

struct Range {
  float low = 0;
  float high = 1;
};
// With zero inside, so that heights can be compared.
Range range_of(const AnalysisSeries& series) {
  Range range{0, 0};
  for (const auto& [time_us, value] : series.points) {
    range.low = std::min(range.low, value);
    range.high = std::max(range.high, value);
  }
  if (range.high - range.low < 1e-6F) range.high = range.low + 1;
  return range;
}

std::string value_text(float value, const std::string& unit) {
  return unit.empty() ? fmt::format("{:.3g}", value) : fmt::format("{:.3g} {}", value, unit);
}

// A card with the series over the whole media, and its value at the playhead or under the pointer; a press goes there.
float draw_series(const PanelContext& context, const Box& area, const AnalysisSeries& series) {
  Ui& ui = context.ui;
  const ui::Palette& palette = ui.palette();
  const float padding = ui.px(12);
  const float line = ui.line_height(TextStyle::kStrong);
  const float height = 2 * padding + line + ui.px(8) + ui.px(kPlot);
  const Box card{area.x, area.y, area.w, height};
  draw_card(ui, card);
  Box rest = card.inset(padding);
  Box head = rest.cut_top(line);
  rest.cut_top(ui.px(8));
  const Box plot = rest;
  const std::string name = "analysis.series." + series.name;
  ui.mark(name, plot, fmt::format("{}", series.points.size()));
  const ui::Press press = ui::pressable(ui, name.c_str(), plot);
  const auto duration_us = static_cast<double>(std::max<std::int64_t>(context.scene.playback.duration_us, 1));
  const auto x_of = [&](std::int64_t time_us) {
    return plot.x + static_cast<float>(std::clamp(static_cast<double>(time_us) / duration_us, 0.0, 1.0)) * plot.w;
  };
  const Range range = range_of(series);
  const auto y_of = [&](float value) {
    return plot.bottom() - (value - range.low) / (range.high - range.low) * plot.h;
  };
  ui.fill(plot, palette.field, ui.px(ui.theme().radius.small));
  ui.fill({plot.x, std::round(y_of(0)), plot.w, ui.px(1)}, palette.line_strong);
  ImDrawList& list = ui.list();
  for (const auto& [time_us, value] : series.points) list.PathLineTo({x_of(time_us), y_of(value)});
  list.PathStroke(ui.color(palette.accent), 0, ui.px(1.5F));
  std::int64_t at_us = context.scene.playback.position_us;
  if (press.is_hovered) {
    const float part = std::clamp((ImGui::GetIO().MousePos.x - plot.x) / plot.w, 0.0F, 1.0F);
    at_us = static_cast<std::int64_t>(static_cast<double>(part) * duration_us);
    if (press.is_clicked) context.playback.seek(at_us);
  }
  ui.fill({std::round(x_of(at_us)), plot.y, ui.px(1), plot.h}, palette.text_muted);
  const auto after = std::upper_bound(series.points.begin(), series.points.end(), at_us,
                                      [](std::int64_t time, const auto& point) { return time < point.first; });
  if (after != series.points.begin()) {
    const std::string value =
        fmt::format("{}  {}", value_text(std::prev(after)->second, series.unit), time_text(at_us, TimeStyle::kSeconds));
    ui.label(head.cut_right(ui.text_width(TextStyle::kBody, value)), TextStyle::kBody, palette.text_muted, value);
    head.cut_right(ui.px(8));
  }
  ui.label(head, TextStyle::kStrong, palette.text, event_name(series.title));
  return height;
}

float draw_grid(const PanelContext& context, const Box& area, const AnalysisGrid& grid, std::size_t index,
                const TeamColors& colors) {
  Ui& ui = context.ui;
  const float padding = ui.px(12);
  const float line = ui.line_height(TextStyle::kStrong);
  const float pitch_height = std::round((area.w - 2 * padding) * kPitchWidth / kPitchLength);
  const float height = 2 * padding + line + ui.px(8) + pitch_height;
  const Box card{area.x, area.y, area.w, height};
  draw_card(ui, card);
  Box rest = card.inset(padding);
  ui.label(rest.cut_top(line), TextStyle::kStrong, ui.palette().text, grid.title);
  rest.cut_top(ui.px(8));
  const Box pitch = pitch_in(rest);
  ui.mark(fmt::format("analysis.grid.{}", index), pitch, grid.title);
  draw_pitch_ground(ui, pitch, 1);
  draw_heat(ui, pitch, grid, grid.team == Team::kNone ? ui.palette().accent : colors.of(grid.team));
  draw_pitch_lines(ui, pitch, {255, 255, 255, 110});
  return height;
}

// As wide as their texts want to be, in proportion.
std::vector<float> column_widths(Ui& ui, const AnalysisTable& table, float width) {
  constexpr std::size_t kLooked = 50;  // rows; the rest are cut where they are longer
  std::vector<float> wanted(table.columns.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    wanted[i] = ui.text_width(TextStyle::kCaption, table.columns[i]);
    for (std::size_t row = 0; row < std::min(table.rows.size(), kLooked); ++row)
      wanted[i] = std::max(wanted[i], ui.text_width(TextStyle::kBody, table.rows[row][i]));
    wanted[i] += ui.px(12);
  }
  float sum = 0;
  for (const float each : wanted) sum += each;
  for (float& each : wanted) each = std::floor(each * width / std::max(sum, 1.0F));
  return wanted;
}

float draw_table(const PanelContext& context, Box area, const AnalysisTable& table, std::size_t index,
                 const Box& view) {
  Ui& ui = context.ui;
  const float row_height = ui.px(kTableRow);
  const float top = area.y;
  ui.mark(fmt::format("analysis.table.{}", index), {area.x, area.y, area.w, row_height}, table.title);
  ui.label(area.cut_top(row_height), TextStyle::kStrong, ui.palette().text, table.title);
  const std::vector<float> widths = column_widths(ui, table, area.w);
  const auto draw_row = [&](const std::vector<std::string>& cells, TextStyle style, ui::Color color) {
    Box row = area.cut_top(row_height);
    if (row.bottom() < view.y || row.y > view.bottom()) return;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      Box cell = row.cut_left(widths[i]);
      cell.w -= ui.px(8);
      ui.label(cell, style, color, cells[i], i == 0 ? ui::Align::kLeft : ui::Align::kRight);
    }
  };
  draw_row(table.columns, TextStyle::kCaption, ui.palette().text_faint);
  ui.fill({area.x, area.y, area.w, ui.px(1)}, ui.palette().line);
  for (const auto& cells : table.rows) draw_row(cells, TextStyle::kBody, ui.palette().text);
  return area.y - top;
}

}  // namespace

void draw_events_page(const PanelContext& context, const Box& area) {
  const AnalysisSnapshot& analysis = context.scene.analysis;
  if (!analysis.events || analysis.events->empty())
    return draw_nothing(context, area, "No events", "The analysis found nothing to mark on the timeline.");
  Ui& ui = context.ui;
  ui::ScrollArea scroll(ui, "events", area);
  const TeamColors colors = TeamColors::of(ui.palette(), analysis.summary.get());
  const float height = ui.px(kEventRow);
  const auto& events = *analysis.events;
  // One row more than can be seen on either side, so that the keyboard finds it.
  const float above = (scroll.view().y - scroll.origin().y) / height - 1;
  const auto first = static_cast<std::size_t>(std::max(above, 0.0F));
  const auto shown = static_cast<std::size_t>(scroll.view().h / height) + 4;
  for (std::size_t i = first; i < std::min(first + shown, events.size()); ++i)
    draw_event(context, {scroll.origin().x, scroll.origin().y + static_cast<float>(i) * height, scroll.width(), height},
               events[i], i, colors);
  scroll.set_height(static_cast<float>(events.size()) * height);
}

void draw_charts_page(const PanelContext& context, const Box& area) {
  const AnalysisSnapshot& analysis = context.scene.analysis;
  const bool has_series = analysis.series && !analysis.series->empty();
  const bool has_grids = analysis.summary && !analysis.summary->grids.empty();
  if (!has_series && !has_grids)
    return draw_nothing(context, area, "No charts", "The analysis measured nothing over time.");
  Ui& ui = context.ui;
  ui::ScrollArea scroll(ui, "charts", area);
  const TeamColors colors = TeamColors::of(ui.palette(), analysis.summary.get());
  Box rest{scroll.origin().x, scroll.origin().y, scroll.width(), 1e6F};
  const float gap = ui.px(12);
  if (has_series)
    for (const AnalysisSeries& each : *analysis.series) rest.cut_top(draw_series(context, rest, each) + gap);
  if (has_grids) {
    std::size_t index = 0;
    for (const AnalysisGrid& each : analysis.summary->grids)
      rest.cut_top(draw_grid(context, rest, each, index++, colors) + gap);
  }
  scroll.set_height(rest.y - scroll.origin().y);
}

void draw_tables_page(const PanelContext& context, const Box& area) {
  const AnalysisSnapshot& analysis = context.scene.analysis;
  if (!analysis.summary || analysis.summary->tables.empty())
    return draw_nothing(context, area, "No tables", "The analysis counted nothing.");
  Ui& ui = context.ui;
  ui::ScrollArea scroll(ui, "tables", area);
  Box rest{scroll.origin().x, scroll.origin().y, scroll.width(), 1e6F};
  std::size_t index = 0;
  for (const AnalysisTable& each : analysis.summary->tables)
    rest.cut_top(draw_table(context, rest, each, index++, scroll.view()) + ui.px(20));
  scroll.set_height(rest.y - scroll.origin().y);
}

}  // namespace zoe::player
