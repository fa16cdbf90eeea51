#include "player/panels/timeline_marks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "engine/ui/icons.hpp"
#include "engine/ui/seek_bar.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/format.hpp"
#include "player/panels/team_colors.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::Ui;

constexpr float kMark = 16;
constexpr float kLeastPossession = 0.15F;  // less is nobody's
constexpr std::size_t kMostTipEvents = 4;

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kIcons{{{"shot", ui::icon::kTarget},
                                                                                {"goal", ui::icon::kBall},
                                                                                {"cross", ui::icon::kShare},
                                                                                {"turnover", ui::icon::kExchange},
                                                                                {"fast_break", ui::icon::kBolt},
                                                                                {"counter", ui::icon::kBolt},
                                                                                {"set_piece", ui::icon::kFlag},
                                                                                {"corner", ui::icon::kFlag},
                                                                                {"free_kick", ui::icon::kFlag},
                                                                                {"cut", ui::icon::kScissors},
                                                                                {"scene_cut", ui::icon::kScissors},
                                                                                {"scene", ui::icon::kScissors}}};

// The events from `first` on that share a mark.
std::size_t end_of_mark(const PanelContext& context, const Box& bar, const std::vector<AnalysisEvent>& events,
                        std::size_t first, float x) {
  Ui& ui = context.ui;
  const std::int64_t duration_us = context.scene.playback.duration_us;
  std::size_t end = first + 1;
  while (end < events.size() && ui::seek_bar_x(ui, bar, duration_us, events[end].time_us) - x < ui.px(kMark)) ++end;
  return end;
}

std::string tip_text(const std::vector<AnalysisEvent>& events, std::size_t first, std::size_t end) {
  std::string text;
  for (std::size_t i = first; i < std::min(end, first + kMostTipEvents); ++i) {
    if (!text.empty()) text += " \u2022 ";
    text += end - first == 1 ? event_text(events[i])
                             : fmt::format("{} {}", event_name(events[i].kind), time_text(events[i].time_us));
  }
  if (end - first > kMostTipEvents) text += fmt::format(" \u2022 {} more", end - first - kMostTipEvents);
  return text;
}

}  // namespace

std::string_view icon_of_event(std::string_view kind) {
  const auto found = std::find_if(kIcons.begin(), kIcons.end(), [&](const auto& each) { return each.first == kind; });
  return found == kIcons.end() ? ui::icon::kPin : found->second;
}

std::string event_name(std::string_view kind) {
  std::string name(kind);
  std::replace(name.begin(), name.end(), '_', ' ');
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

std::string event_text(const AnalysisEvent& event) {
  std::string text = fmt::format("{} \u00B7 {}", event_name(event.kind), time_text(event.time_us));
  if (!event.text.empty()) text += " \u00B7 " + event.text;
  return text;
}

bool draw_event_marks(const PanelContext& context, const Box& bar) {
  Ui& ui = context.ui;
  const AnalysisSnapshot& analysis = context.scene.analysis;
  const PlaybackSnapshot& playback = context.scene.playback;
  if (!analysis.events || playback.duration_us <= 0 || analysis.media != playback.media) return false;
  const auto& events = *analysis.events;
  const TeamColors colors = TeamColors::of(ui.palette(), analysis.summary.get());
  const float side = ui.px(kMark);
  bool is_on_mark = false;
  for (std::size_t first = 0; first < events.size();) {
    const float x = ui::seek_bar_x(ui, bar, playback.duration_us, events[first].time_us);
    const std::size_t end = end_of_mark(context, bar, events, first, x);
    const AnalysisEvent& event = events[first];
    const Box box{std::round(x - side / 2), bar.y - ui.px(7), side, side};
    const std::string name = fmt::format("seek.event.{}", first);
    ui.mark(name, box, event.kind);
    const ui::Press press = ui::pressable(ui, name.c_str(), box);
    const ui::Color color = event.team == Team::kNone ? ui.palette().text_muted : colors.of(event.team);
    ui.fill({std::round(x), box.bottom() - ui.px(1), ui.px(1), ui.px(4)}, color);
    ui.icon(box, ui::TextStyle::kIcon, press.is_hovered ? ui.palette().text : color, icon_of_event(event.kind));
    if (end - first > 1)
      ui.list().AddCircleFilled({box.right() - ui.px(1), box.y + ui.px(3)}, ui.px(3), ui.color(ui.palette().accent),
                                12);
    if (press.is_hovered) ui.tip(box, tip_text(events, first, end));
    if (press.is_clicked) context.playback.seek(event.time_us);
    is_on_mark = is_on_mark || press.is_hovered;
    first = end;
  }
  return is_on_mark;
}

void draw_possession_strip(const PanelContext& context, const Box& bar) {
  Ui& ui = context.ui;
  const AnalysisSnapshot& analysis = context.scene.analysis;
  const PlaybackSnapshot& playback = context.scene.playback;
  const bool is_wanted = context.scene.overlays.is_wanted(Overlay::kPossession) && analysis.series &&
                         playback.duration_us > 0 && analysis.media == playback.media;
  if (!is_wanted) return;
  const auto found = std::find_if(analysis.series->begin(), analysis.series->end(),
                                  [](const AnalysisSeries& each) { return each.name == "possession"; });
  if (found == analysis.series->end() || found->points.empty()) return;
  const TeamColors colors = TeamColors::of(ui.palette(), analysis.summary.get());
  const auto team_of = [](float value) {
    return value > kLeastPossession ? Team::kA : value < -kLeastPossession ? Team::kB : Team::kNone;
  };
  const auto& points = found->points;
  const float top = std::round(bar.center().y + ui.px(8));
  for (std::size_t first = 0; first < points.size();) {
    const Team team = team_of(points[first].second);
    std::size_t end = first + 1;
    while (end < points.size() && team_of(points[end].second) == team) ++end;
    const std::int64_t until_us = end < points.size() ? points[end].first : points.back().first;
    const float from = std::round(ui::seek_bar_x(ui, bar, playback.duration_us, points[first].first));
    const float to = std::round(ui::seek_bar_x(ui, bar, playback.duration_us, until_us));
    if (team != Team::kNone && to > from) ui.fill({from, top, to - from, ui.px(3)}, colors.of(team));
    first = end;
  }
  ui.mark("seek.possession", {bar.x, top, bar.w, ui.px(3)});
}

}  // namespace zoe::player
