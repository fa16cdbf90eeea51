#include "player/panels/buffer_graphs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "player/panels/format.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::Color;
using ui::TextStyle;
using ui::Ui;

enum class SlitState : std::uint8_t { kEmpty = 0, kBehind, kAhead };

// The ring from above. Slits that would be finer than pixels are drawn as arcs.
class Drum {
 public:
  Drum(Ui& ui, ImVec2 center, float radius, int capacity)
      : ui_(ui), center_(center), radius_(radius), capacity_(capacity), slits_(std::min(capacity, kMostSlits)) {}

  int slits() const { return slits_; }
  int slit_of(std::int64_t number) const { return static_cast<int>(number % capacity_) * slits_ / capacity_; }

  void draw(const std::vector<SlitState>& states, const std::array<Color, 3>& colors) const {
    const float pitch = kTurn * radius_ * kInner / static_cast<float>(slits_);
    const float gap = pitch >= 2.5F ? 0.35F : 0.0F;  // of a slit
    const float thickness = radius_ * (kOuter - kInner);
    for (int from = 0; from < slits_;) {
      int to = from + 1;
      const SlitState state = states[static_cast<std::size_t>(from)];
      while (gap <= 0 && to < slits_ && states[static_cast<std::size_t>(to)] == state) ++to;
      ImDrawList& list = ui_.list();
      const int steps = std::max(2, (to - from) * 96 / slits_);
      list.PathArcTo(center_, radius_ * (kInner + kOuter) / 2, angle_of(static_cast<float>(from)),
                     angle_of(static_cast<float>(to) - gap), steps);
      list.PathStroke(ui_.color(colors[static_cast<std::size_t>(state)]), 0, thickness);
      from = to;
    }
  }

  // Radii as parts of the drum's.
  void draw_tick(int slit, float from, float to, float thickness, Color color) const {
    const float angle = angle_of(static_cast<float>(slit) + 0.5F);
    const ImVec2 direction{std::cos(angle) * radius_, std::sin(angle) * radius_};
    ui_.list().AddLine({center_.x + direction.x * from, center_.y + direction.y * from},
                       {center_.x + direction.x * to, center_.y + direction.y * to}, ui_.color(color), thickness);
  }

 private:
  static constexpr float kTurn = 2 * std::numbers::pi_v<float>;
  static constexpr int kMostSlits = 360;
  static constexpr float kInner = 0.76F;
  static constexpr float kOuter = 0.98F;

  // Clockwise from the top.
  float angle_of(float slit) const { return (slit / static_cast<float>(slits_) - 0.25F) * kTurn; }

  Ui& ui_;
  ImVec2 center_;
  float radius_;
  int capacity_;
  int slits_;
};

}  // namespace

void draw_drum(const PipelineView& view, ImVec2 center, float radius) {
  Ui& ui = view.ui;
  const ui::Palette& palette = ui.palette();
  const PlaybackSnapshot& playback = view.playback;
  const auto& ring = playback.ring;
  const Drum drum(ui, center, radius, static_cast<int>(std::max(ring.capacity, 1U)));
  // The number of a frame in the media, so that a frame keeps its slit for as long as it is held.
  const auto slit_of = [&](std::int64_t time_us) {
    const std::int64_t frame_us = std::max<std::int64_t>(playback.frame_us, 1);
    return drum.slit_of((time_us + frame_us / 2) / frame_us);
  };
  std::vector<SlitState> slits(static_cast<std::size_t>(drum.slits()), SlitState::kEmpty);
  const bool is_backwards = playback.rate.is_negative();
  for (std::size_t i = 0; i < ring.places.size(); ++i) {
    const bool is_later = static_cast<int>(i) > ring.playhead;
    const bool is_ahead = ring.playhead < 0 || is_later != is_backwards;
    slits[static_cast<std::size_t>(slit_of(ring.places[i].time_us))] =
        is_ahead ? SlitState::kAhead : SlitState::kBehind;
  }
  drum.draw(slits, {palette.track, palette.lane_ring.with_alpha(0.42F), palette.lane_ring});
  for (const RingPlace& place : ring.places)
    if (place.is_key) drum.draw_tick(slit_of(place.time_us), 0.66F, 0.74F, ui.px(1.5F), palette.text_muted);
  if (ring.playhead >= 0 && static_cast<std::size_t>(ring.playhead) < ring.places.size())
    drum.draw_tick(slit_of(ring.places[static_cast<std::size_t>(ring.playhead)].time_us), 0.6F, 1.06F, ui.px(3),
                   palette.accent);

  const float line = ui.line_height(TextStyle::kTitle);
  const float small = ui.line_height(TextStyle::kCaption);
  const Box text{center.x - radius * 0.6F, std::round(center.y - (line + small) / 2), radius * 1.2F, line};
  ui.label(text, TextStyle::kTitle, palette.text, std::to_string(ring.places.size()), ui::Align::kCenter);
  ui.label({text.x, text.bottom(), text.w, small}, TextStyle::kCaption, palette.text_faint,
           fmt::format("of {}", ring.capacity), ui::Align::kCenter);
}

void draw_frame_times(const PipelineView& view, Box area) {
  Ui& ui = view.ui;
  const ui::Palette& palette = ui.palette();
  const PlaybackSnapshot& playback = view.playback;
  const double rate = std::max(std::abs(playback.rate.to_double()), 0.01);
  // Faster than a display refreshes, frames are left out on purpose.
  constexpr float kRefreshMs = 1000.0F / 60;
  const float target_ms =
      std::max(static_cast<float>(static_cast<double>(playback.frame_us) / 1000.0 / rate), kRefreshMs);
  const float most_ms = std::max(target_ms * 2, 20.0F);
  float worst = 0;
  for (const ShownFrame& frame : playback.recent) worst = std::max(worst, frame.interval_ms);

  Box head = area.cut_top(ui.line_height(TextStyle::kCaption) + ui.px(4));
  ui.label(head, TextStyle::kCaption, palette.text, "Time on screen of the last frames");
  const std::string summary = playback.recent.empty()
                                  ? ""
                                  : fmt::format("{:.1f} ms, worst {:.1f}, should be {:.1f}",
                                                playback.recent.back().interval_ms, worst, target_ms);
  ui.label(head, TextStyle::kCaption, palette.text_faint, summary, ui::Align::kRight);
  ui.fill(area, palette.field, ui.px(ui.theme().radius.small));
  const float width = area.w / static_cast<float>(PlaybackSnapshot::kRecentFrames);
  const std::size_t count = std::min(playback.recent.size(), PlaybackSnapshot::kRecentFrames);
  for (std::size_t i = 0; i < count; ++i) {
    const ShownFrame& frame = playback.recent[playback.recent.size() - 1 - i];
    const float right = std::floor(area.right() - static_cast<float>(i) * width);
    const float left = std::floor(area.right() - static_cast<float>(i + 1) * width);
    const float height = std::max(std::round(area.h * std::min(frame.interval_ms / most_ms, 1.0F)), 1.0F);
    const bool is_bad = frame.interval_ms > target_ms * 1.5F;
    ui.fill({left, area.bottom() - height, std::max(right - left - (width >= 3 ? 1.0F : 0.0F), 1.0F), height},
            is_bad ? palette.error : palette.lane_screen.with_alpha(0.7F));
  }
  const float y = std::round(area.bottom() - area.h * target_ms / most_ms);
  ui.fill({area.x, y, area.w, ui.px(1)}, palette.text);
}

}  // namespace zoe::player
