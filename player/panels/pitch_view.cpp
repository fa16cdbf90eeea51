#include "player/panels/pitch_view.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace zoe::player {
namespace {

using ui::Box;
using ui::Color;
using ui::Ui;

// In metres; IFAB, Laws of the Game, law 1.
constexpr float kCircle = 9.15F;
constexpr float kPenaltyDepth = 16.5F;
constexpr float kPenaltyWidth = 40.32F;
constexpr float kGoalDepth = 5.5F;
constexpr float kGoalWidth = 18.32F;
constexpr float kSpot = 11;
constexpr Color kGrass{18, 46, 30, 255};

}  // namespace

Box pitch_in(const Box& area) {
  const float width = std::min(area.w, area.h * kPitchLength / kPitchWidth);
  return area.centered(std::floor(width), std::floor(width * kPitchWidth / kPitchLength));
}

ImVec2 on_pitch(const Box& pitch, float x, float y) {
  return {pitch.x + x / kPitchLength * pitch.w, pitch.y + y / kPitchWidth * pitch.h};
}

void draw_pitch_ground(Ui& ui, const Box& pitch, float alpha) {
  ui.fill(pitch, kGrass.with_alpha(alpha), ui.px(ui.theme().radius.small));
}

void draw_pitch_lines(Ui& ui, const Box& pitch, Color color) {
  ImDrawList& list = ui.list();
  const ImU32 ink = ui.color(color);
  const float line = ui.px(1);
  const float metre = pitch.w / kPitchLength;
  const auto box = [&](float x0, float y0, float x1, float y1) {
    list.AddRect(on_pitch(pitch, x0, y0), on_pitch(pitch, x1, y1), ink, 0, 0, line);
  };
  const float middle = kPitchWidth / 2;
  box(0, 0, kPitchLength, kPitchWidth);
  list.AddLine(on_pitch(pitch, kPitchLength / 2, 0), on_pitch(pitch, kPitchLength / 2, kPitchWidth), ink, line);
  list.AddCircle(on_pitch(pitch, kPitchLength / 2, middle), kCircle * metre, ink, 32, line);
  for (const bool is_left : {true, false}) {
    const float goal = is_left ? 0 : kPitchLength;
    const float in = is_left ? 1.0F : -1.0F;
    box(goal, middle - kPenaltyWidth / 2, goal + in * kPenaltyDepth, middle + kPenaltyWidth / 2);
    box(goal, middle - kGoalWidth / 2, goal + in * kGoalDepth, middle + kGoalWidth / 2);
    // What of the circle around the spot lies outside the penalty area.
    const float half = std::acos((kPenaltyDepth - kSpot) / kCircle);
    const float towards = is_left ? 0 : std::numbers::pi_v<float>;
    list.PathArcTo(on_pitch(pitch, goal + in * kSpot, middle), kCircle * metre, towards - half, towards + half, 12);
    list.PathStroke(ink, 0, line);
  }
}

void draw_heat(Ui& ui, const Box& pitch, const AnalysisGrid& grid, Color color) {
  const float width = pitch.w / static_cast<float>(grid.columns);
  const float height = pitch.h / static_cast<float>(grid.rows);
  for (int row = 0; row < grid.rows; ++row) {
    for (int column = 0; column < grid.columns; ++column) {
      const float value = grid.values[static_cast<std::size_t>(row * grid.columns + column)];
      if (value < 0.01F) continue;
      const float left = std::round(pitch.x + static_cast<float>(column) * width);
      const float top = std::round(pitch.y + static_cast<float>(row) * height);
      const float right = std::round(pitch.x + static_cast<float>(column + 1) * width);
      const float bottom = std::round(pitch.y + static_cast<float>(row + 1) * height);
      ui.fill({left, top, right - left, bottom - top}, color.with_alpha(0.12F + 0.78F * std::sqrt(value)));
    }
  }
}

}  // namespace zoe::player
