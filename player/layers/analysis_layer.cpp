#include "player/layers/analysis_layer.hpp"

#include <algorithm>
#include <cfloat>
#include <charconv>
#include <cmath>
#include <string_view>

#include "player/panels/pitch_view.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::Color;
using ui::TextStyle;
using ui::Ui;

constexpr Color kHalo{0, 0, 0, 150};
constexpr float kMapWidth = 264;   // at most
constexpr float kMapShare = 0.3F;  // of the picture, at most
// From so many objects on, each is drawn with as few triangles as it takes: no teams have as many, and where no
// graphics processor is, triangles are what costs.
constexpr std::size_t kCrowd = 64;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

Box box_of(const render::Rect& picture, const TrackPoint& at) {
  const auto width = static_cast<float>(picture.width);
  const auto height = static_cast<float>(picture.height);
  return {static_cast<float>(picture.x) + at.x * width, static_cast<float>(picture.y) + at.y * height, at.width * width,
          at.height * height};
}

bool is_drawn(const OverlayChoice& choice, const TrackObject& what) {
  return choice.shows(what.kind == TrackClass::kBall ? Overlay::kBall : Overlay::kBoxes);
}

}  // namespace

void AnalysisLayer::draw(Ui& ui, const Model& model) {
  model.tracks.visible_at(model.time_us, visible_);
  drawn_.time_us = model.time_us;
  drawn_.objects.clear();
  const TeamColors colors = TeamColors::of(ui.palette(), model.summary);
  ImDrawList& list = *ImGui::GetBackgroundDrawList();
  const ui::DrawOn under_all(ui, list);
  const render::Rect& picture = model.picture;
  const Box frame{static_cast<float>(picture.x), static_cast<float>(picture.y), static_cast<float>(picture.width),
                  static_cast<float>(picture.height)};
  list.PushClipRect(frame.min(), frame.max(), true);
  if (model.choice.shows(Overlay::kTrails))
    for (const VisibleTrack& each : visible_) draw_trail(ui, model, each.at, colors.of(*each.what));
  for (const VisibleTrack& each : visible_) {
    if (!is_drawn(model.choice, *each.what)) continue;
    const Color color = colors.of(*each.what).with_alpha(0.55F + 0.45F * each.at.confidence);
    const Box box = box_of(picture, each.at);
    drawn_.objects.push_back({each.what->id, each.what->kind, each.what->team, box});
    if (each.what->kind == TrackClass::kBall)
      draw_ball(ui, box, color);
    else
      draw_box(ui, box, color);
  }
  if (model.choice.shows(Overlay::kIds))
    for (const VisibleTrack& each : visible_)
      if (each.what->kind != TrackClass::kBall)
        draw_name(ui, model, box_of(picture, each.at), *each.what, colors.of(*each.what));
  list.PopClipRect();
  for (const VisibleTrack& each : visible_) has_pitch_ = has_pitch_ || !std::isnan(each.at.pitch_x);
  if (has_pitch_ && model.choice.shows(Overlay::kMap)) draw_map(ui, model, colors);
  if (visible_.empty()) return;
  char count[16];
  const auto end = std::to_chars(count, count + sizeof count, visible_.size()).ptr;
  ui.mark("overlay", frame, {count, static_cast<std::size_t>(end - count)});
}

// A point that lies hardly farther than the one before is passed over: a trail costs what can be seen of it.
void AnalysisLayer::draw_trail(Ui& ui, const Model& model, const TrackPoint& at, Color color) {
  model.tracks.trail_of(at.id, model.time_us, trail_);
  const float least = ui.px(visible_.size() < kCrowd ? 4 : 16);
  const float thickness = visible_.size() < kCrowd ? ui.px(2) : 1;
  ImVec2 from{0, 0};
  for (std::size_t i = 0; i < trail_.size(); ++i) {
    const TrailPoint& point = trail_[i];
    const ImVec2 to{static_cast<float>(model.picture.x) + point.x * static_cast<float>(model.picture.width),
                    static_cast<float>(model.picture.y) + point.y * static_cast<float>(model.picture.height)};
    if (point.is_new_piece) {
      from = to;
      continue;
    }
    const bool is_last = i + 1 == trail_.size() || trail_[i + 1].is_new_piece;
    if (!is_last && std::abs(to.x - from.x) + std::abs(to.y - from.y) < least) continue;
    const float strength = std::clamp(1 - point.age, 0.0F, 1.0F);
    ui.list().AddLine(from, to, ui.color(color.with_alpha(0.1F + 0.75F * strength)), thickness);
    from = to;
  }
}

// Four bars and four darker ones around them: on whole pixels, and no more than these pixels are drawn.
void AnalysisLayer::draw_box(Ui& ui, const Box& box, Color color) const {
  const float left = std::round(box.x);
  const float top = std::round(box.y);
  const Box whole{left, top, std::round(box.right()) - left, std::round(box.bottom()) - top};
  const auto frame = [&](const Box& outer, float line, Color ink) {
    const ImU32 packed = ui.color(ink);
    ImDrawList& list = ui.list();
    list.AddRectFilled(outer.min(), {outer.right(), outer.y + line}, packed);
    list.AddRectFilled({outer.x, outer.bottom() - line}, outer.max(), packed);
    list.AddRectFilled({outer.x, outer.y + line}, {outer.x + line, outer.bottom() - line}, packed);
    list.AddRectFilled({outer.right() - line, outer.y + line}, {outer.right(), outer.bottom() - line}, packed);
  };
  const float halo = ui.px(1);
  if (visible_.size() < kCrowd)
    frame({whole.x - halo, whole.y - halo, whole.w + 2 * halo, whole.h + 2 * halo}, halo, kHalo);
  frame(whole, ui.px(2), color);
}

void AnalysisLayer::draw_ball(Ui& ui, const Box& box, Color color) const {
  const float radius = std::max(std::max(box.w, box.h) / 2 + ui.px(3), ui.px(7));
  ui.list().AddCircle(box.center(), radius, ui.color(kHalo), 24, ui.px(4));
  ui.list().AddCircle(box.center(), radius, ui.color(color), 24, ui.px(2));
}

void AnalysisLayer::draw_name(Ui& ui, const Model& model, const Box& box, const TrackObject& what, Color color) const {
  char number[16];
  const auto end = std::to_chars(number, number + sizeof number, what.id).ptr;
  const std::string_view text = what.label.empty() ? std::string_view(number, static_cast<std::size_t>(end - number))
                                                   : std::string_view(what.label);
  ImFont& font = ui.fonts().get(TextStyle::kCaption);
  const bool is_plain = is_ascii(text);
  const float width = is_plain ? font.CalcTextSizeA(font.FontSize, FLT_MAX, 0, text.data(), text.data() + text.size()).x
                               : ui.text_width(TextStyle::kCaption, text);
  const float height = std::round(font.FontSize + ui.px(2));
  const float wide = std::round(width) + 2 * ui.px(4);
  // Above the box, or inside it at the picture's top edge.
  float top = std::round(box.y - height - ui.px(2));
  if (top < static_cast<float>(model.picture.y)) top = std::round(box.y) + ui.px(2);
  const Box tag{std::round(box.center().x - wide / 2), top, wide, height};
  ui.fill(tag, color.with_alpha(0.9F), visible_.size() < kCrowd ? ui.px(3) : 0);
  const ImVec2 at{tag.x + ui.px(4), std::round(tag.y + (tag.h - font.FontSize) / 2)};
  if (is_plain)
    ui.list().AddText(&font, font.FontSize, at, ui.color(text_on(color)), text.data(), text.data() + text.size());
  else
    ui.text(at, TextStyle::kCaption, text_on(color), text);
}

void AnalysisLayer::draw_map(Ui& ui, const Model& model, const TeamColors& colors) {
  const float margin = ui.px(ui.theme().space.m);
  const float padding = ui.px(8);
  const float width = std::round(std::min(ui.px(kMapWidth), ui.screen().w * kMapShare));
  const float height = std::round((width - 2 * padding) * kPitchWidth / kPitchLength + 2 * padding);
  const Box card{margin, model.foot - height, width, height};
  ui.mark("overlay.map", card);
  const float rounding = ui.px(ui.theme().radius.medium);
  ui.fill(card, {10, 26, 17, 205}, rounding);
  const Box pitch = pitch_in(card.inset(padding));
  draw_pitch_lines(ui, pitch, {255, 255, 255, 120});
  const float dot = ui.px(4);
  for (const VisibleTrack& each : visible_) {
    if (std::isnan(each.at.pitch_x)) continue;
    const bool is_ball = each.what->kind == TrackClass::kBall;
    ImVec2 at = on_pitch(pitch, each.at.pitch_x, each.at.pitch_y);
    at.x = std::clamp(at.x, card.x, card.right());
    at.y = std::clamp(at.y, card.y, card.bottom());
    const float radius = is_ball ? ui.px(3) : dot;
    if (visible_.size() < kCrowd) {
      ui.list().AddCircleFilled(at, radius + ui.px(1), ui.color(kHalo), 12);
      ui.list().AddCircleFilled(at, radius, ui.color(colors.of(*each.what)), 12);
    } else {
      const Box square{std::round(at.x - radius / 2), std::round(at.y - radius / 2), radius, radius};
      ui.fill(square, colors.of(*each.what));
    }
  }
}

}  // namespace zoe::player
