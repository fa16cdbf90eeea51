// The parts that the control panel's pages share: graphs, figures, pills, notices.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ui/ui.hpp"
#include "player/client/admin_types.hpp"

namespace zoe::player {

struct GraphLook {
  std::string_view id;  // for its landmark, "graph.ID"
  std::string_view title;
  ui::Color color;
  double (*value)(const AdminSample& sample) = nullptr;  // negative: not known
  std::function<std::string(double)> text;
  double least_top = 1;   // of the scale
  double limit = -1;      // a line across, where above 0
  bool is_whole = false;  // counts
  double unit = 1;        // above 1: the scale ends at a power of two of these
};
// A card with the past of one figure: axes, the value now, and the value under the pointer. `now_ns` is the right edge.
void draw_graph(ui::Ui& ui, const ui::Box& card, const std::vector<AdminSample>& samples, std::int64_t now_ns,
                const GraphLook& look);

// The smallest of 1, 2, 4, 5, 8 times a power of ten, or with a `unit` above 1 of a power of two times it, that is no
// less than `value`.
double nice_above(double value, double unit = 1);

// Where a graph's axis ends, and into how many equal parts it is cut, so that each mark reads as it is.
struct Scale {
  double top = 1;
  int parts = 1;
};
Scale scale_of(double most, const GraphLook& look, int most_parts);

void draw_card(ui::Ui& ui, const ui::Box& box);
// A label above a number; marks it as `name`.
void draw_figure(ui::Ui& ui, ui::Box box, std::string_view name, std::string_view label, const std::string& value);
// A word on a tinted ground; returns its width.
float draw_pill(ui::Ui& ui, ImVec2 left_middle, std::string_view text, ui::Color color);
float pill_width(ui::Ui& ui, std::string_view text);
// An icon, a title and an explanation in the middle.
ui::Box draw_notice(ui::Ui& ui, const ui::Box& area, std::string_view icon, std::string_view title,
                    std::string_view text);

std::string count_text(std::int64_t value);                          // "12 345"
std::string ago_text(std::int64_t utc_ns, std::int64_t now_utc_ns);  // "12 s ago"
std::string span_text(std::int64_t seconds);                         // "3 h 12 min"
std::string clock_text(std::int64_t utc_ns);                         // "14:03:27.412", local time
std::string date_text(std::int64_t utc_ns);                          // "2026-11-24"
std::string memory_text(double bytes);                               // powers of 1024: "12.4 MiB"

}  // namespace zoe::player
