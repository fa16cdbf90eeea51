// The summary of an analysis: what a script says in its own words, tables and heat maps.
#include <fmt/format.h>

#include "engine/ui/theme.hpp"
#include "player/client/analysis_fields.hpp"
#include "player/client/analysis_messages.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::size_t kMostNotSeen = 50;

// A cell or a value: numbers as a person writes them.
std::string cell_text(const json& value) {
  if (value.is_string()) return cut_text(value.get_ref<const std::string&>(), kMostNameBytes);
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (const auto number = whole(value)) return fmt::format("{}", *number);
  if (const auto number = finite(value)) return fmt::format("{:.4g}", *number);
  return {};
}

TeamInfo parse_team(const json& object) {
  TeamInfo team{.name = text_or(object, "name", kMostNameBytes)};
  if (const auto color = ui::Color::parse(text_or(object, "color", 16)); color)
    team.color = TeamColor{color->r, color->g, color->b};
  return team;
}

// Runs `read` on each of the first `most` elements of the list `key`, where there is one.
template <typename Read>
void each_of(const json& object, const char* key, std::size_t most, Read&& read) {
  const json* list = member(object, key);
  if (list == nullptr || !list->is_array()) return;
  std::size_t count = 0;
  for (const json& each : *list) {
    if (count++ == most) return;
    read(each);
  }
}

AnalysisTable parse_table(const json& object) {
  AnalysisTable table{.title = text_or(object, "title", kMostNameBytes)};
  each_of(object, "columns", kMostTableColumns, [&](const json& each) { table.columns.push_back(cell_text(each)); });
  each_of(object, "rows", kMostTableRows, [&](const json& row) {
    if (!row.is_array()) return;
    std::vector<std::string> cells(table.columns.size());
    for (std::size_t i = 0; i < std::min(cells.size(), row.size()); ++i) cells[i] = cell_text(row[i]);
    table.rows.push_back(std::move(cells));
  });
  return table;
}

// Without columns or rows: not a grid.
AnalysisGrid parse_grid(const json& object) {
  AnalysisGrid grid{.title = text_or(object, "title", kMostNameBytes), .team = team_of(object)};
  const std::int64_t columns = integer_or(object, "columns", 0);
  const std::int64_t rows = integer_or(object, "rows", 0);
  const auto fits = [](std::int64_t side) { return side > 0 && side <= static_cast<std::int64_t>(kMostGridSide); };
  if (!fits(columns) || !fits(rows)) return grid;
  grid.columns = static_cast<int>(columns);
  grid.rows = static_cast<int>(rows);
  const auto size = static_cast<std::size_t>(columns * rows);
  grid.values.reserve(size);
  each_of(object, "values", size, [&](const json& each) {
    grid.values.push_back(static_cast<float>(std::clamp(finite(each).value_or(0), 0.0, 1.0)));
  });
  grid.values.resize(size);
  return grid;
}

}  // namespace

Result<AnalysisSummary> parse_job_summary(const json& result) {
  if (!result.is_object()) return fail(Errc::kMalformed, "The server's answer cannot be understood: analysis.get.");
  AnalysisSummary summary;
  const json* job = member(result, "job");
  const json* object = job != nullptr ? member(*job, "summary") : nullptr;
  if (object == nullptr || !object->is_object()) return summary;
  summary.text = text_or(*object, "text", 4 * kMostWordsBytes);
  if (const json* values = member(*object, "values"); values != nullptr && values->is_object()) {
    for (const auto& [name, value] : values->items())
      if (summary.values.size() < kMostSummaryValues)
        summary.values.emplace_back(cut_text(name, kMostNameBytes), cell_text(value));
  }
  if (const json* teams = member(*object, "teams")) {
    if (const json* team = member(*teams, "a")) summary.teams[0] = parse_team(*team);
    if (const json* team = member(*teams, "b")) summary.teams[1] = parse_team(*team);
  }
  each_of(*object, "tables", kMostTables, [&](const json& each) {
    AnalysisTable table = parse_table(each);
    if (!table.columns.empty()) summary.tables.push_back(std::move(table));
  });
  each_of(*object, "grids", kMostGrids, [&](const json& each) {
    AnalysisGrid grid = parse_grid(each);
    if (grid.columns > 0) summary.grids.push_back(std::move(grid));
  });
  each_of(*object, "not_seen", kMostNotSeen, [&](const json& each) {
    if (each.is_string()) summary.not_seen.push_back(cell_text(each));
  });
  return summary;
}

}  // namespace zoe::player
