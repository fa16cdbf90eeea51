#include "engine/ui/widgets.hpp"

#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/ui/icons.hpp"

namespace zoe::ui {
namespace {

float lerp(float a, float b, float t) { return a + (b - a) * t; }

Color mix(Color a, Color b, float t) {
  const auto channel = [t](std::uint8_t from, std::uint8_t to) {
    return static_cast<std::uint8_t>(std::lround(lerp(from, to, t)));
  };
  return {channel(a.r, b.r), channel(a.g, b.g), channel(a.b, b.b), channel(a.a, b.a)};
}

// 0 to 1 while the pointer is on it.
float warmth(Ui& ui, const char* id, const Press& press) {
  return ui.follow(ImGui::GetID(id) + 1, press.is_hovered ? 1.0F : 0.0F, ui.theme().duration_ms.fast);
}

}  // namespace

Press pressable(Ui& ui, const char* id, const Box& box, Enabled enabled, Focus focus) {
  if (box.w < 1 || box.h < 1) return {};
  ImGui::SetCursorScreenPos(box.min());
  Press press;
  press.is_clicked = ImGui::InvisibleButton(id, {box.w, box.h});
  press.is_hovered = ImGui::IsItemHovered();
  press.is_held = ImGui::IsItemActive();
  if (enabled == Enabled::kNo) return {.is_hovered = press.is_hovered};
  if (focus != Focus::kNo && ui.focusable(ImGui::GetID(id), box, focus == Focus::kYes)) press.is_clicked = true;
  if (press.is_hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  return press;
}

bool icon_button(Ui& ui, const char* id, const Box& box, const IconButton& what) {
  const Press press = pressable(ui, id, box, what.enabled);
  const bool is_enabled = what.enabled == Enabled::kYes;
  const float warm = is_enabled ? warmth(ui, id, press) : 0;
  const Palette& palette = ui.palette();
  const float rounding = ui.px(ui.theme().radius.medium);
  if (what.is_on) ui.fill(box, palette.accent.with_alpha(0.16F), rounding);
  if (press.is_held)
    ui.fill(box, palette.raised_pressed, rounding);
  else if (warm > 0)
    ui.fill(box, palette.raised_hover.with_alpha(warm), rounding);
  Color color = what.is_on ? palette.accent : mix(palette.text_muted, palette.text, std::max(warm, 0.35F));
  if (!is_enabled) color = palette.text_faint.with_alpha(0.55F);
  ui.icon(box, what.style, color, what.icon);
  if (press.is_hovered && !what.tip.empty()) ui.tip(box, what.tip, what.shortcut);
  return press.is_clicked;
}

float button_width(Ui& ui, const Button& what) {
  const float icon = what.icon.empty() && !what.is_busy ? 0 : ui.px(16 + ui.theme().space.s);
  return ui.text_width(what.style, what.text) + icon + 2 * ui.px(ui.theme().space.m);
}

bool button(Ui& ui, const char* id, const Box& box, const Button& what) {
  const bool can_press = what.enabled == Enabled::kYes && !what.is_busy;
  const Press press = pressable(ui, id, box, can_press ? Enabled::kYes : Enabled::kNo);
  const float warm = can_press ? warmth(ui, id, press) : 0;
  const Palette& palette = ui.palette();
  const float rounding = ui.px(ui.theme().radius.medium);
  Color text_color = palette.text;
  switch (what.kind) {
    case ButtonKind::kPrimary: {
      text_color = palette.on_accent;
      Color ground = mix(palette.accent, palette.accent_hover, warm);
      if (press.is_held) ground = palette.accent_pressed;
      if (what.enabled == Enabled::kNo) {
        ground = palette.raised;
        text_color = palette.text_faint;
      }
      ui.fill(box, ground, rounding);
      break;
    }
    case ButtonKind::kSecondary:
      ui.fill(box, press.is_held ? palette.raised_pressed : mix(palette.raised, palette.raised_hover, warm), rounding);
      ui.outline(box, palette.line, rounding);
      break;
    case ButtonKind::kDanger:
      if (what.enabled == Enabled::kNo) {
        ui.fill(box, palette.raised, rounding);
        break;
      }
      ui.fill(box, palette.error.with_alpha(press.is_held ? 0.3F : 0.14F + 0.1F * warm), rounding);
      ui.outline(box, palette.error.with_alpha(0.5F), rounding);
      text_color = palette.error;
      break;
    case ButtonKind::kGhost:
      if (press.is_held) ui.fill(box, palette.raised_pressed, rounding);
      if (warm > 0 && !press.is_held) ui.fill(box, palette.raised_hover.with_alpha(warm), rounding);
      text_color = mix(palette.text_muted, palette.text, warm);
      break;
  }
  if (what.enabled == Enabled::kNo) text_color = palette.text_faint;
  const float icon_width = what.icon.empty() && !what.is_busy ? 0 : ui.px(16 + ui.theme().space.s);
  const float text_width = std::min(ui.text_width(what.style, what.text), box.w - icon_width - 2 * ui.px(8));
  Box content = box.centered(icon_width + text_width, box.h);
  if (icon_width > 0) {
    const Box icon_box = content.cut_left(ui.px(16));
    content.cut_left(ui.px(ui.theme().space.s));
    if (what.is_busy)
      spinner(ui, icon_box.center(), ui.px(7), text_color);
    else
      ui.icon(icon_box, TextStyle::kIcon, text_color, what.icon);
  }
  ui.label(content, what.style, text_color, what.text);
  return press.is_clicked && can_press;
}

bool link(Ui& ui, const char* id, ImVec2 at, std::string_view text, float* width) {
  const float text_width = ui.text_width(TextStyle::kBody, text);
  const Box box{at.x, at.y, text_width, ui.line_height(TextStyle::kBody)};
  const Press press = pressable(ui, id, Box{box.x, box.y - ui.px(4), box.w, box.h + 2 * ui.px(4)});
  const Color color = press.is_hovered ? ui.palette().accent_hover : ui.palette().accent;
  ui.text(at, TextStyle::kBody, color, text);
  if (press.is_hovered) ui.fill({box.x, box.bottom() - ui.px(1), box.w, ui.px(1)}, color);
  if (width != nullptr) *width = text_width;
  return press.is_clicked;
}

FieldResult text_field(Ui& ui, const char* id, const Box& box, std::string& text, const TextField& what) {
  const Palette& palette = ui.palette();
  const float rounding = ui.px(ui.theme().radius.medium);
  ui.fill(box, palette.field, rounding);
  ui.outline(box, palette.line_strong, rounding);
  Box inner = box.inset(ui.px(12), 0);
  if (!what.icon.empty()) {
    ui.icon(inner.cut_left(ui.px(16)), TextStyle::kIcon, palette.text_faint, what.icon);
    inner.cut_left(ui.px(10));
  }
  const ImFont& font = ui.fonts().field();
  ui.fonts().need(text);
  FieldResult result;
  ImGui::SetCursorScreenPos(inner.min());
  ImGui::SetNextItemWidth(inner.w);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {0, std::floor((inner.h - font.FontSize) / 2)});
  const ImGuiID focus_id = ImGui::GetID(id);
  ui.focusable(focus_id, box);
  if (what.wants_focus || ui.is_focus_arriving(focus_id)) ImGui::SetKeyboardFocusHere();
  ImGuiInputTextFlags flags = ImGuiInputTextFlags_EnterReturnsTrue;
  if (what.kind == FieldKind::kPassword) flags |= ImGuiInputTextFlags_Password;
  if (what.enabled == Enabled::kNo) flags |= ImGuiInputTextFlags_ReadOnly;
  const std::string before = text;
  // The hint is ours, since ImGui would not shape it.
  result.is_submitted = ImGui::InputText(("##" + std::string(id)).c_str(), &text, flags);
  ImGui::PopStyleVar();
  result.has_focus = ImGui::IsItemActive();
  if (result.has_focus) ui.take_focus(focus_id);
  result.is_left = ImGui::IsItemDeactivatedAfterEdit();
  result.is_changed = text != before;
  if (text.empty())
    ui.label(inner, TextStyle::kBody, palette.text_faint.with_alpha(result.has_focus ? 0.6F : 1), what.hint);
  const float focus = ui.follow(ImGui::GetID(id) + 1, result.has_focus ? 1.0F : 0.0F, ui.theme().duration_ms.fast);
  if (what.has_error)
    ui.outline(box, palette.error, rounding, 1.5F);
  else if (focus > 0)
    ui.outline(box, palette.accent.with_alpha(focus), rounding, 1.5F);
  if (result.has_focus) ui.wake_at(ui.now_ns() + 200'000'000);  // the caret blinks
  return result;
}

bool checkbox(Ui& ui, const char* id, const Box& box, std::string_view text, bool& is_on) {
  const Press press = pressable(ui, id, box);
  if (press.is_clicked) is_on = !is_on;
  const Palette& palette = ui.palette();
  Box rest = box;
  const Box mark = rest.cut_left(ui.px(18)).centered(ui.px(18), ui.px(18));
  rest.cut_left(ui.px(10));
  const float rounding = ui.px(ui.theme().radius.small);
  const float on = ui.follow(ImGui::GetID(id) + 1, is_on ? 1.0F : 0.0F, ui.theme().duration_ms.fast);
  ui.fill(mark, palette.field, rounding);
  ui.outline(mark, press.is_hovered ? palette.text_muted : palette.line_strong, rounding);
  if (on > 0) {
    ui.fill(mark, palette.accent.with_alpha(on), rounding);
    ui.icon(mark, TextStyle::kIcon, palette.on_accent.with_alpha(on), icon::kCheck);
  }
  ui.label(rest, TextStyle::kBody, press.is_hovered ? palette.text : palette.text_muted, text);
  return press.is_clicked;
}

int segmented(Ui& ui, const char* id, const Box& box, std::span<const std::string_view> choices, int chosen) {
  const Palette& palette = ui.palette();
  const float rounding = ui.px(ui.theme().radius.medium);
  ui.fill(box, palette.field, rounding);
  const float width = box.w / static_cast<float>(choices.size());
  ImGui::PushID(id);
  const float at = ui.follow(ImGui::GetID("at"), static_cast<float>(chosen), ui.theme().duration_ms.medium);
  const Box pill = Box{std::round(box.x + at * width), box.y, std::round(width), box.h}.inset(ui.px(3));
  ui.fill(pill, palette.raised_pressed, rounding - ui.px(2));
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const Box part{std::round(box.x + static_cast<float>(i) * width), box.y, std::round(width), box.h};
    ImGui::PushID(static_cast<int>(i));
    const Press press = pressable(ui, "part", part);
    ImGui::PopID();
    if (press.is_clicked) chosen = static_cast<int>(i);
    const bool is_chosen = static_cast<int>(i) == chosen;
    const Color color = is_chosen || press.is_hovered ? palette.text : palette.text_muted;
    ui.label(part, is_chosen ? TextStyle::kStrong : TextStyle::kBody, color, choices[i], Align::kCenter);
  }
  ImGui::PopID();
  return chosen;
}

void spinner(Ui& ui, ImVec2 center, float radius, Color color) {
  constexpr float kTurn = 2 * std::numbers::pi_v<float>;
  const float phase =
      ui.has_motion() ? static_cast<float>(static_cast<double>(ui.now_ns() % 900'000'000) / 900'000'000.0) : 0.1F;
  const float start = phase * kTurn;
  ImDrawList& list = ui.list();
  const float thickness = std::max(radius * 0.26F, 1.5F);
  list.AddCircle(center, radius, ui.color(color.with_alpha(0.22F)), 0, thickness);
  list.PathArcTo(center, radius, start, start + kTurn * 0.3F, 24);
  list.PathStroke(ui.color(color), 0, thickness);
  ui.keep_moving();
}

float badge_height(Ui& ui) { return ui.line_height(TextStyle::kCaption) + 2 * ui.px(3); }

float badge_width(Ui& ui, std::string_view text) { return ui.text_width(TextStyle::kCaption, text) + 2 * ui.px(6); }

ImVec2 badge(Ui& ui, ImVec2 at, std::string_view text, Color ground, Color text_color) {
  const Box box{at.x, at.y, badge_width(ui, text), badge_height(ui)};
  ui.fill(box, ground, ui.px(ui.theme().radius.small));
  ui.label(box, TextStyle::kCaption, text_color, text, Align::kCenter);
  return {box.w, box.h};
}

float key_cap(Ui& ui, ImVec2 at, std::string_view key) {
  const float height = ui.line_height(TextStyle::kCaption) + 2 * ui.px(3);
  const Box box{at.x, at.y, std::max(ui.text_width(TextStyle::kCaption, key) + 2 * ui.px(7), height), height};
  ui.fill(box, ui.palette().raised, ui.px(ui.theme().radius.small));
  ui.outline(box, ui.palette().line_strong, ui.px(ui.theme().radius.small));
  ui.label(box, TextStyle::kCaption, ui.palette().text_muted, key, Align::kCenter);
  return box.w;
}

}  // namespace zoe::ui
