#include "player/panels/draw_bar.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::Color;
using ui::Ui;

constexpr float kPadding = 8;
constexpr float kGap = 2;
constexpr float kGroupGap = 13;

struct ToolLook {
  DrawTool tool;
  const char* id;
  std::string_view icon;  // empty: drawn
  std::string_view tip;
};
constexpr std::array<ToolLook, kDrawToolCount> kTools{
    {{DrawTool::kPointer, "draw.pointer", ui::icon::kBullseye, "Point, for all to see"},
     {DrawTool::kPen, "draw.pen", ui::icon::kPencil, "Draw by hand"},
     {DrawTool::kLine, "draw.line", {}, "Line"},
     {DrawTool::kArrow, "draw.arrow", {}, "Arrow"},
     {DrawTool::kEllipse, "draw.ellipse", ui::icon::kCircle, "Ellipse"},
     {DrawTool::kText, "draw.text", ui::icon::kLetters, "Write"},
     {DrawTool::kEraser, "draw.eraser", ui::icon::kEraser, "Delete a drawing"}}};
constexpr std::array<std::string_view, kDrawWidths.size()> kWidthTips{"Thin", "Medium", "Thick"};

Color color_of_rgb(std::uint32_t rgb) {
  return {static_cast<std::uint8_t>(rgb >> 16U & 0xFFU), static_cast<std::uint8_t>(rgb >> 8U & 0xFFU),
          static_cast<std::uint8_t>(rgb & 0xFFU), 255};
}

// Two tools that the icon font has nothing for.
void draw_stroke_icon(Ui& ui, const Box& box, Color color, bool has_head) {
  const float reach = ui.px(7);
  const ImVec2 middle = box.center();
  const ImVec2 from{middle.x - reach, middle.y + reach};
  const ImVec2 to{middle.x + reach, middle.y - reach};
  const ImU32 ink = ui.color(color);
  ui.list().AddLine(from, to, ink, ui.px(2));
  if (!has_head) return;
  const float head = ui.px(8);
  ui.list().AddTriangleFilled({to.x + ui.px(1), to.y - ui.px(1)}, {to.x - head, to.y}, {to.x, to.y + head}, ink);
}

class Bar {
 public:
  Bar(const PanelContext& context, float alpha) : context_(context), ui_(context.ui), alpha_(alpha) {
    tools_ = context.scene.drawings.tools;
    side_ = ui_.px(ui_.theme().control.compact);
  }

  Box draw(float left, float right, float bottom);

 private:
  float tools_width() const { return group_width(kDrawToolCount); }
  float rest_width() const {
    return group_width(kDrawColors.size()) + group_width(kDrawWidths.size()) + group_width(3) + 2 * ui_.px(kGroupGap);
  }
  float group_width(std::size_t count) const {
    return static_cast<float>(count) * side_ + static_cast<float>(count - 1) * ui_.px(kGap);
  }
  Box next(Box& row) const {
    const Box box = row.cut_left(side_).centered(side_, side_);
    row.cut_left(ui_.px(kGap));
    return box;
  }
  void part(Box& row) const {
    const float gap = ui_.px(kGroupGap) - ui_.px(kGap);
    const Box line = row.cut_left(gap).centered(ui_.px(1), side_ * 0.6F);
    ui_.fill(line, ui_.palette().line);
    row.cut_left(ui_.px(kGap));
  }
  bool stroke_button(std::size_t tool, const Box& box, bool is_on);
  ui::Press ground_button(const char* id, const Box& box, bool is_on);
  void tools(Box& row);
  void colors(Box& row);
  void widths(Box& row);
  void ends(Box& row);

  const PanelContext& context_;
  Ui& ui_;
  const float alpha_;
  DrawTools tools_;
  float side_ = 0;
};

Box Bar::draw(float left, float right, float bottom) {
  const float padding = ui_.px(kPadding);
  const float whole = tools_width() + ui_.px(kGroupGap) + rest_width() + 2 * padding;
  const bool has_two_rows = whole > right - left;
  const float width = has_two_rows ? std::max(tools_width(), rest_width()) + 2 * padding : whole;
  const float height = (has_two_rows ? 2 * side_ + ui_.px(4) : side_) + 2 * padding;
  const float x = std::clamp(std::round((left + right - width) / 2), left, std::max(right - width, left));
  const Box box{x, bottom - height, width, height};
  const ui::Panel panel(ui_, "draw-bar", box, {.ground = ui::Ground::kSolid, .alpha = alpha_});
  if (!panel.is_open()) return {};
  ui_.mark("draw.bar", box);
  Box rest = box.inset(padding);
  Box row = rest.cut_top(side_);
  tools(row);
  if (has_two_rows) {
    rest.cut_top(ui_.px(4));
    row = rest.cut_top(side_);
  } else {
    part(row);
  }
  colors(row);
  part(row);
  widths(row);
  part(row);
  ends(row);
  return box;
}

void Bar::tools(Box& row) {
  for (std::size_t i = 0; i < kTools.size(); ++i) {
    const ToolLook& look = kTools[i];
    const Box box = next(row);
    const bool is_on = tools_.tool == look.tool;
    ui_.mark(look.id, box, is_on ? "on" : "");
    const ui::IconButton what{
        .icon = look.icon, .tip = look.tip, .shortcut = context_.keys.draw_tools[i], .is_on = is_on};
    const bool is_pressed = look.icon.empty() ? stroke_button(i, box, is_on) : ui::icon_button(ui_, look.id, box, what);
    if (!is_pressed) continue;
    tools_.tool = look.tool;
    context_.requests.drawing.tools = tools_;
  }
}

bool Bar::stroke_button(std::size_t tool, const Box& box, bool is_on) {
  const ui::Press press = ground_button(kTools[tool].id, box, is_on);
  draw_stroke_icon(ui_, box, is_on ? ui_.palette().accent : ui_.palette().text, kTools[tool].tool == DrawTool::kArrow);
  if (press.is_hovered) ui_.tip(box, kTools[tool].tip, context_.keys.draw_tools[tool]);
  return press.is_clicked;
}

// As an icon button's, for what is drawn instead of an icon.
ui::Press Bar::ground_button(const char* id, const Box& box, bool is_on) {
  const ui::Press press = ui::pressable(ui_, id, box);
  const float rounding = ui_.px(ui_.theme().radius.medium);
  if (is_on) ui_.fill(box, ui_.palette().accent.with_alpha(0.16F), rounding);
  if (press.is_hovered) ui_.fill(box, ui_.palette().raised_hover, rounding);
  return press;
}

void Bar::colors(Box& row) {
  for (std::size_t i = 0; i < kDrawColors.size(); ++i) {
    const Box box = next(row);
    const bool is_on = tools_.color == i;
    const std::string id = fmt::format("draw.color.{}", i);
    ui_.mark(id, box, is_on ? "on" : "");
    const ui::Press press = ui::pressable(ui_, id.c_str(), box);
    const float radius = ui_.px(8);
    ui_.list().AddCircleFilled(box.center(), radius, ui_.color(color_of_rgb(kDrawColors[i])), 32);
    if (is_on || press.is_hovered)
      ui_.list().AddCircle(box.center(), radius + ui_.px(4),
                           ui_.color(is_on ? ui_.palette().text : ui_.palette().text_faint), 32, ui_.px(2));
    if (press.is_hovered) ui_.tip(box, "Colour", context_.keys.draw_color);
    if (!press.is_clicked) continue;
    tools_.color = i;
    context_.requests.drawing.tools = tools_;
  }
}

void Bar::widths(Box& row) {
  for (std::size_t i = 0; i < kDrawWidths.size(); ++i) {
    const Box box = next(row);
    const bool is_on = tools_.width == i;
    const std::string id = fmt::format("draw.width.{}", i);
    ui_.mark(id, box, is_on ? "on" : "");
    const ui::Press press = ground_button(id.c_str(), box, is_on);
    const float thick = ui_.px(2 + 2 * static_cast<float>(i));
    ui_.fill(box.centered(box.w * 0.56F, thick), is_on ? ui_.palette().accent : ui_.palette().text, thick / 2);
    if (press.is_hovered) ui_.tip(box, kWidthTips[i], context_.keys.draw_width);
    if (!press.is_clicked) continue;
    tools_.width = i;
    context_.requests.drawing.tools = tools_;
  }
}

void Bar::ends(Box& row) {
  const DrawingsScene& scene = context_.scene.drawings;
  const auto button = [&](const char* id, const ui::IconButton& what) {
    const Box box = next(row);
    ui_.mark(id, box, what.enabled == ui::Enabled::kYes ? "" : "off");
    return ui::icon_button(ui_, id, box, what);
  };
  if (button("draw.undo", {.icon = ui::icon::kUndo,
                           .tip = "Take my last one back",
                           .shortcut = context_.keys.draw_undo,
                           .enabled = scene.known.is_undoable ? ui::Enabled::kYes : ui::Enabled::kNo}))
    context_.requests.drawing.undo = true;
  if (button("draw.list", {.icon = ui::icon::kList,
                           .tip = "All drawings on this video",
                           .shortcut = context_.keys.drawings,
                           .is_on = scene.is_list_open}))
    context_.requests.drawing.toggle_list = true;
  if (button("draw.close", {.icon = ui::icon::kClose, .tip = "Stop drawing", .shortcut = context_.keys.draw})) {
    tools_.is_open = false;
    context_.requests.drawing.tools = tools_;
  }
}

}  // namespace

Box draw_draw_bar(const PanelContext& context, float left, float right, float bottom, float alpha) {
  return Bar(context, alpha).draw(left, right, bottom);
}

}  // namespace zoe::player
