#include "engine/ui/seek_bar.hpp"

#include <algorithm>
#include <cmath>

#include "engine/ui/widgets.hpp"

namespace zoe::ui {
namespace {

constexpr float kHandle = 7;  // radius; the bar's ends stay so far inside its box

class Bar {
 public:
  Bar(Ui& ui, const Box& track, std::int64_t duration_us) : ui_(ui), track_(track), duration_us_(duration_us) {}

  float x_of(std::int64_t time_us) const {
    if (duration_us_ <= 0) return track_.x;
    const double part = static_cast<double>(time_us) / static_cast<double>(duration_us_);
    return track_.x + static_cast<float>(std::clamp(part, 0.0, 1.0)) * track_.w;
  }

  std::int64_t time_of(float x) const {
    const double part = track_.w > 0 ? static_cast<double>((x - track_.x) / track_.w) : 0;
    return static_cast<std::int64_t>(std::clamp(part, 0.0, 1.0) * static_cast<double>(duration_us_));
  }

  void fill(std::int64_t from_us, std::int64_t to_us, Color color) {
    const float from = std::floor(x_of(from_us));
    const float to = std::ceil(x_of(to_us));
    ui_.fill({from, track_.y, std::max(to - from, 1.0F), track_.h}, color, track_.h / 2);
  }

 private:
  Ui& ui_;
  Box track_;
  std::int64_t duration_us_;
};

// Where segments begin: gaps in the bar, as long as they can be told apart.
void draw_boundaries(Ui& ui, const Bar& bar, const Box& track, std::span<const std::int64_t> boundaries) {
  float last = track.x;
  const float least = ui.px(6);
  for (const std::int64_t boundary : boundaries) {
    const float x = std::round(bar.x_of(boundary));
    if (x - last < least || track.right() - x < least) continue;
    ui.fill({x, track.y, ui.px(1), track.h}, blend(ui.palette().surface, ui.palette().ground));
    last = x;
  }
}

// Above the bar, so that they are seen whatever is held; the first one at the very beginning says nothing.
void draw_marks(Ui& ui, const Bar& bar, const Box& track, std::span<const std::int64_t> marks) {
  float last = track.x;
  for (const std::int64_t mark : marks) {
    const float x = std::round(bar.x_of(mark));
    if (x - last < ui.px(3)) continue;
    ui.fill({x, track.y - ui.px(5), ui.px(2), ui.px(4)}, ui.palette().text_muted, ui.px(1));
    last = x;
  }
}

void draw_section(Ui& ui, const Bar& bar, const Box& track, const BarSpan& section) {
  const float from = std::round(bar.x_of(section.from_us));
  const float to = std::max(std::round(bar.x_of(section.to_us)), from + ui.px(2));
  const float y = track.bottom() + ui.px(2);
  ui.fill({from, y, to - from, ui.px(3)}, ui.palette().accent, ui.px(1));
  for (const float x : {from, to - ui.px(2)})
    ui.fill({x, track.y - ui.px(3), ui.px(2), track.h + ui.px(8)}, ui.palette().accent);
}

}  // namespace

float seek_bar_x(Ui& ui, const Box& box, std::int64_t duration_us, std::int64_t time_us) {
  return Bar(ui, box.inset(ui.px(kHandle), 0), duration_us).x_of(time_us);
}

SeekBarResult seek_bar(Ui& ui, const char* id, const Box& box, const SeekBarModel& model) {
  const Palette& palette = ui.palette();
  const bool is_enabled = model.is_enabled && model.duration_us > 0;
  const Press press = pressable(ui, id, box, is_enabled ? Enabled::kYes : Enabled::kNo);
  const ImGuiID key = ImGui::GetID(id);
  const bool is_warm = is_enabled && (press.is_hovered || press.is_held);
  const float warm = ui.follow(key + 1, is_warm ? 1.0F : 0.0F, ui.theme().duration_ms.fast);
  const float height = ui.px(4) + std::round(warm * ui.px(3));
  const float radius = ui.px(kHandle);
  const Box track = box.inset(radius, 0).centered(box.w - 2 * radius, height);
  Bar bar(ui, track, model.duration_us);

  SeekBarResult result;
  const float pointer_x = ImGui::GetIO().MousePos.x;
  if (is_warm) result.hover_us = bar.time_of(pointer_x);
  result.is_dragging = is_enabled && press.is_held;
  result.is_released = is_enabled && ImGui::IsItemDeactivated();
  result.target_us = bar.time_of(pointer_x);

  std::int64_t position_us = model.pending_us.value_or(model.position_us);
  if (result.is_dragging || result.is_released) position_us = result.target_us;

  ui.fill(track, palette.track, height / 2);
  for (const BarSpan& span : model.packets) bar.fill(span.from_us, span.to_us, palette.lane_packets.with_alpha(0.5F));
  for (const BarSpan& span : model.frames) bar.fill(span.from_us, span.to_us, palette.lane_ring.with_alpha(0.85F));
  if (is_enabled) bar.fill(0, position_us, palette.accent);
  if (warm > 0.5F) draw_boundaries(ui, bar, track, model.boundaries);
  draw_marks(ui, bar, track, model.marks);
  if (model.section) draw_section(ui, bar, track, *model.section);
  if (result.hover_us && !result.is_dragging)
    ui.fill({std::round(pointer_x), track.y - ui.px(2), ui.px(1), track.h + 2 * ui.px(2)}, palette.text);
  if (is_enabled && model.others_us) {
    const float x = std::round(bar.x_of(*model.others_us));
    const Box cursor{x - ui.px(1), track.y - ui.px(6), ui.px(3), track.h + 2 * ui.px(6)};
    ui.fill(cursor, palette.good, ui.px(1));
    ui.mark("seek.room", cursor);
  }
  if (is_enabled) {
    const ImVec2 handle{bar.x_of(position_us), track.center().y};
    const float size = std::round(radius * (0.8F + 0.2F * warm));
    ui.list().AddCircleFilled(handle, size, ui.color(palette.accent), 24);
    ui.list().AddCircleFilled(handle, size * 0.4F, ui.color(palette.on_accent), 16);
  }
  return result;
}

}  // namespace zoe::ui
