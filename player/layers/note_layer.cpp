#include "player/layers/note_layer.hpp"

#include <algorithm>
#include <cfloat>
#include <cmath>

#include <fmt/format.h>

#include "engine/ui/text_shape.hpp"
#include "player/layers/note_geometry.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::Color;
using ui::TextStyle;
using ui::Ui;

constexpr Color kEdge{0, 0, 0, 170};  // so that a line is seen on every picture
constexpr float kSlack = 8;           // around a line, for a press

ImVec2 to_im(ScreenPoint at) { return {at.x, at.y}; }

Color color_of(std::uint32_t rgb) {
  return {static_cast<std::uint8_t>(rgb >> 16U & 0xFFU), static_cast<std::uint8_t>(rgb >> 8U & 0xFFU),
          static_cast<std::uint8_t>(rgb & 0xFFU), 255};
}

// Letters as high as the picture wants them, from the largest face that there is.
struct Letters {
  ImFont& font;
  float size;
  std::string shaped;
};
Letters letters_of(Ui& ui, const NoteShape& shape, const render::Rect& picture) {
  Letters letters{ui.fonts().get(TextStyle::kHeadline), letter_height(shape, picture), ui::shape_line(shape.text)};
  ui.fonts().need(letters.shaped);
  return letters;
}

float width_of(const Letters& letters) {
  const char* begin = letters.shaped.data();
  return letters.font.CalcTextSizeA(letters.size, FLT_MAX, 0, begin, begin + letters.shaped.size()).x;
}

void draw_text(Ui& ui, const NoteShape& shape, const render::Rect& picture, Color color) {
  const Letters letters = letters_of(ui, shape, picture);
  const ScreenPoint at = on_screen(picture, shape.points.front());
  const float edge = std::max(letters.size / 14, 1.0F);
  const auto write = [&](float dx, float dy, Color ink) {
    ui.list().AddText(&letters.font, letters.size, {std::round(at.x + dx), std::round(at.y + dy)}, ui.color(ink),
                      letters.shaped.data(), letters.shaped.data() + letters.shaped.size());
  };
  for (const auto& [dx, dy] : {std::pair(-edge, 0.0F), {edge, 0.0F}, {0.0F, -edge}, {0.0F, edge}}) write(dx, dy, kEdge);
  write(0, 0, color);
}

void draw_ellipse(Ui& ui, ScreenPoint a, ScreenPoint b, float thickness, Color color) {
  constexpr int kSides = 64;
  constexpr float kTau = 6.28318531F;
  ImDrawList& list = ui.list();
  list.PathClear();
  for (int i = 0; i < kSides; ++i) {
    const float angle = kTau * static_cast<float>(i) / kSides;
    list.PathLineTo({(a.x + b.x) / 2 + std::abs(a.x - b.x) / 2 * std::cos(angle),
                     (a.y + b.y) / 2 + std::abs(a.y - b.y) / 2 * std::sin(angle)});
  }
  list.PathStroke(ui.color(color), ImDrawFlags_Closed, thickness);
}

void draw_line(Ui& ui, const std::vector<NotePoint>& points, const render::Rect& picture, float thickness,
               Color color) {
  ImDrawList& list = ui.list();
  list.PathClear();
  for (const NotePoint& each : points) list.PathLineTo(to_im(on_screen(picture, each)));
  list.PathStroke(ui.color(color), 0, thickness);
  // Ends are round.
  for (const NotePoint& each : {points.front(), points.back()})
    list.AddCircleFilled(to_im(on_screen(picture, each)), thickness / 2, ui.color(color), 16);
}

// The shaft ends inside the head, so that its point stays sharp.
void draw_arrow(Ui& ui, ScreenPoint from, ScreenPoint to, float width, float grown, Color color) {
  const auto barbs = arrow_barbs(from, to, width);
  if (!barbs) return;
  const ScreenPoint base{(barbs->first.x + barbs->second.x) / 2, (barbs->first.y + barbs->second.y) / 2};
  const ImU32 ink = ui.color(color);
  ui.list().AddLine(to_im(from), to_im(base), ink, width + 2 * grown);
  ui.list().AddCircleFilled(to_im(from), width / 2 + grown, ink, 16);
  ui.list().AddTriangleFilled(to_im(barbs->first), to_im(to), to_im(barbs->second), ink);
  if (grown > 0) ui.list().AddTriangle(to_im(barbs->first), to_im(to), to_im(barbs->second), ink, 2 * grown);
}

void draw_shape(Ui& ui, const NoteShape& shape, const render::Rect& picture, float alpha) {
  const float width = line_width(shape, picture);
  const float edge = std::max(std::round(width / 4), 1.0F);
  const Color color = color_of(shape.color).with_alpha(alpha);
  const Color dark = kEdge.with_alpha(alpha);
  if (shape.kind == NoteKind::kText) return draw_text(ui, shape, picture, color);
  const ScreenPoint first = on_screen(picture, shape.points.front());
  const ScreenPoint last = on_screen(picture, shape.points.back());
  switch (shape.kind) {
    case NoteKind::kEllipse:
      draw_ellipse(ui, first, last, width + 2 * edge, dark);
      return draw_ellipse(ui, first, last, width, color);
    case NoteKind::kArrow:
      draw_arrow(ui, first, last, width, edge, dark);
      return draw_arrow(ui, first, last, width, 0, color);
    default:
      draw_line(ui, shape.points, picture, width + 2 * edge, dark);
      draw_line(ui, shape.points, picture, width, color);
  }
}

void draw_pointer(Ui& ui, const render::Rect& picture, NotePoint place, Color color) {
  const ImVec2 at = to_im(on_screen(picture, place));
  ui.list().AddCircleFilled(at, ui.px(12), ui.color(color.with_alpha(0.28F)), 32);
  ui.list().AddCircleFilled(at, ui.px(6), ui.color(kEdge), 24);
  ui.list().AddCircleFilled(at, ui.px(5), ui.color(color), 24);
  ui.list().AddCircleFilled(at, ui.px(2), ui.color({255, 255, 255, 255}), 12);
}

// Beside the point, and on the other side of it where the window ends.
void draw_name(Ui& ui, const render::Rect& picture, const NotePointer& pointer) {
  const ScreenPoint at = on_screen(picture, pointer.at);
  const float most = ui.px(180);
  const float padding = ui.px(6);
  const float width = std::min(ui.text_width(TextStyle::kCaption, pointer.name), most) + 2 * padding;
  const float height = ui.line_height(TextStyle::kCaption) + ui.px(4);
  float left = at.x + ui.px(14);
  if (left + width > ui.screen().right()) left = at.x - ui.px(14) - width;
  const Box tag{std::round(left), std::round(at.y - height / 2), width, height};
  ui.fill(tag, {0, 0, 0, 190}, ui.px(4));
  ui.label(tag.inset(padding, 0), TextStyle::kCaption, {255, 255, 255, 255}, pointer.name);
}

// Of several people each has a colour of their own.
Color color_of_member(std::uint64_t member) {
  constexpr std::array<std::uint32_t, 6> kColors{0xFF4B4B, 0x4DB8FF, 0x3DDC84, 0xFFD23F, 0xFF6BD6, 0xFF9F45};
  return color_of(kColors[member % kColors.size()]);
}

}  // namespace

void NoteLayer::draw(Ui& ui, const Model& model) {
  ImDrawList& list = *ImGui::GetBackgroundDrawList();
  const ui::DrawOn under_all(ui, list);
  const render::Rect& picture = model.picture;
  const Box frame{static_cast<float>(picture.x), static_cast<float>(picture.y), static_cast<float>(picture.width),
                  static_cast<float>(picture.height)};
  list.PushClipRect(frame.min(), frame.max(), true);
  // The newest that fit; of those the newest on top.
  std::size_t points = 0;
  std::size_t first = model.notes.size();
  while (first > 0) {
    points += model.notes[first - 1].shape.points.size() + model.notes[first - 1].shape.text.size();
    if (points > kMostPoints) break;
    --first;
  }
  for (const Note& each : model.notes.subspan(first))
    draw_shape(ui, each.shape, picture, each.note == model.aimed_note && each.note != 0 ? 0.45F : 1);
  if (model.sketch) draw_shape(ui, *model.sketch, picture, 1);
  for (const NotePointer& each : model.pointers) draw_pointer(ui, picture, each.at, color_of_member(each.member));
  if (model.own_pointer) draw_pointer(ui, picture, *model.own_pointer, color_of(model.pointer_color));
  list.PopClipRect();
  int index = 0;
  for (const NotePointer& each : model.pointers) {
    draw_name(ui, picture, each);
    const ScreenPoint at = on_screen(picture, each.at);
    ui.mark(fmt::format("draw.pointing.{}", index++), {at.x - 2, at.y - 2, 4, 4}, each.name);
  }
}

float NoteLayer::text_width(Ui& ui, const NoteShape& shape, const render::Rect& picture) {
  return shape.kind == NoteKind::kText ? width_of(letters_of(ui, shape, picture)) : 0;
}

std::uint64_t NoteLayer::note_at(Ui& ui, std::span<const Note> notes, const render::Rect& picture, float x, float y) {
  for (auto each = notes.rbegin(); each != notes.rend(); ++each)
    if (is_hit(each->shape, picture, {x, y}, ui.px(kSlack), text_width(ui, each->shape, picture))) return each->note;
  return 0;
}

}  // namespace zoe::player
