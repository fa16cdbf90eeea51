#include "player/panels/media_card.hpp"

#include <cmath>

#include "engine/ui/icons.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/format.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::Color;
using ui::Ui;

// FNV-1a: the same video has the same tint everywhere.
std::uint32_t hash_of(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

Color hsv(float hue, float saturation, float value) {
  ImVec4 rgb{0, 0, 0, 1};
  ImGui::ColorConvertHSVtoRGB(hue, saturation, value, rgb.x, rgb.y, rgb.z);
  const auto byte = [](float v) { return static_cast<std::uint8_t>(std::lround(v * 255)); };
  return {byte(rgb.x), byte(rgb.y), byte(rgb.z), 255};
}

void draw_tint(Ui& ui, const Box& box, std::string_view key, float rounding) {
  const std::uint32_t hash = hash_of(key);
  const float hue = static_cast<float>(hash % 360) / 360.0F;
  const Color above = hsv(hue, 0.42F, 0.34F);
  const Color below = hsv(std::fmod(hue + 0.08F, 1.0F), 0.5F, 0.17F);
  // Corners of their own, since a gradient has none: the ends are rounded, the middle is a gradient.
  Box middle = box;
  ui.list().AddRectFilled(box.min(), {box.right(), box.y + 2 * rounding}, ui.color(above), rounding,
                          ImDrawFlags_RoundCornersTop);
  ui.list().AddRectFilled({box.x, box.bottom() - 2 * rounding}, box.max(), ui.color(below), rounding,
                          ImDrawFlags_RoundCornersBottom);
  middle.cut_top(rounding);
  middle.cut_bottom(rounding);
  ui.list().AddRectFilledMultiColor(middle.min(), middle.max(), ui.color(above), ui.color(above), ui.color(below),
                                    ui.color(below));
}

// The holes along a strip of film.
void draw_holes(Ui& ui, const Box& box, float side) {
  constexpr Color kHole{0, 0, 0, 70};
  const float pitch = side * 2.1F;
  const int count = static_cast<int>((box.w - side) / pitch);
  const float start = box.x + (box.w - static_cast<float>(count) * pitch + pitch - side) / 2;
  for (int i = 0; i < count; ++i) {
    const float x = std::round(start + static_cast<float>(i) * pitch);
    ui.fill({x, box.y + side * 0.7F, side, side * 0.8F}, kHole, side * 0.2F);
    ui.fill({x, box.bottom() - side * 1.5F, side, side * 0.8F}, kHole, side * 0.2F);
  }
}

}  // namespace

void draw_thumbnail(Ui& ui, const Box& box, const LibraryItem& item, CardLook look, float warmth, bool is_current) {
  constexpr Color kPlate{0, 0, 0, 165};
  constexpr Color kOnPlate{255, 255, 255, 255};
  const bool is_card = look == CardLook::kCard;
  const float rounding = ui.px(is_card ? ui.theme().radius.medium : ui.theme().radius.small);
  draw_tint(ui, box, item.media, rounding);
  draw_holes(ui, box, ui.px(is_card ? 7 : 4));
  const float margin = ui.px(is_card ? 8 : 4);
  const ImVec2 middle = box.center();
  if (warmth > 0 || is_current) {
    const float alpha = is_current ? 1.0F : warmth;
    const float radius = ui.px(is_card ? 22 : 13);
    ui.list().AddCircleFilled(middle, radius, ui.color(ui.palette().accent.with_alpha(alpha)), 32);
    const float nudge = ui.px(1);  // a triangle's middle looks left of its box's
    ui.icon(Box{middle.x - radius + nudge, middle.y - radius, 2 * radius, 2 * radius},
            is_card ? ui::TextStyle::kIconLarge : ui::TextStyle::kIcon, ui.palette().on_accent.with_alpha(alpha),
            ui::icon::kPlay);
  } else {
    ui.icon(box, is_card ? ui::TextStyle::kIconLarge : ui::TextStyle::kIcon, Color{255, 255, 255, 90}, ui::icon::kFilm);
  }
  const std::string length = item.duration_us > 0 ? duration_text(item.duration_us) : "";
  if (item.duration_us > 0 && item.progress_us > 0 && !item.is_watched) {
    const float height = ui.px(is_card ? 4 : 3);
    const Box track{box.x + margin, box.bottom() - height - margin / 2, box.w - 2 * margin, height};
    const double share = static_cast<double>(item.progress_us) / static_cast<double>(item.duration_us);
    ui.fill(track, Color{255, 255, 255, 70}, height / 2);
    ui.fill({track.x, track.y, std::max(track.w * static_cast<float>(std::min(share, 1.0)), height), height},
            ui.palette().accent, height / 2);
  }
  if (item.is_watched) {
    const float side = ui.px(is_card ? 22 : 16);
    const Box mark{box.x + margin, box.bottom() - margin - side, side, side};
    ui.fill(mark, kPlate, side / 2);
    ui.icon(mark, ui::TextStyle::kIcon, ui.palette().good, ui::icon::kCheck);
  }
  if (!is_card) return;
  const float badge_height = ui::badge_height(ui);
  if (!length.empty()) {
    const float width = ui::badge_width(ui, length);
    ui::badge(ui, {box.right() - margin - width, box.bottom() - 1.5F * margin - badge_height}, length, kPlate,
              kOnPlate);
  }
  float x = box.x + margin;
  const std::string resolution = resolution_text(item.width, item.height);
  if (!resolution.empty()) x += ui::badge(ui, {x, box.y + margin}, resolution, kPlate, kOnPlate).x + ui.px(4);
  if (item.is_hdr) ui::badge(ui, {x, box.y + margin}, "HDR", ui.palette().accent, ui.palette().on_accent);
}

void draw_skeleton(Ui& ui, const Box& box) { ui.fill(box, ui.palette().raised, ui.px(ui.theme().radius.medium)); }

}  // namespace zoe::player
