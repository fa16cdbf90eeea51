#include "engine/ui/panel.hpp"

#include <imgui_internal.h>

#include <algorithm>

#include "engine/ui/icons.hpp"
#include "engine/ui/widgets.hpp"

namespace zoe::ui {
namespace {

constexpr ImGuiWindowFlags kBare = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBackground |
                                   ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoScrollWithMouse |
                                   ImGuiWindowFlags_NoBringToFrontOnFocus;

void draw_ground(Ui& ui, const Box& box, Ground ground, float rounding) {
  if (ground == Ground::kNone) return;
  // The shadow and the outline lie outside the window's own clip rectangle.
  ui.list().PushClipRectFullScreen();
  ui.shadow(box, rounding);
  Color color = ui.palette().surface;
  if (ground == Ground::kSolid) color = blend(color, ui.palette().ground);
  ui.fill(box, color, rounding);
  ui.outline(box, ui.palette().line, rounding);
  ui.list().PopClipRect();
}

constexpr float kMenuRow = 36;
constexpr float kMenuPadding = 6;
constexpr float kMenuTitle = 28;

}  // namespace

Panel::Panel(Ui& ui, const char* id, const Box& box, const PanelOptions& options) : box_(box) {
  is_open_ = options.alpha > 0.004F && box.w >= 1 && box.h >= 1;
  ImGui::PushStyleVar(ImGuiStyleVar_Alpha, std::clamp(options.alpha, 0.0F, 1.0F));
  if (!is_open_) return;
  ImGui::SetNextWindowPos(box.min());
  ImGui::SetNextWindowSize({box.w, box.h});
  // One that appears between the two halves of a click takes nothing away from the one that is clicked.
  ImGuiWindowFlags flags = kBare | ImGuiWindowFlags_NoFocusOnAppearing;
  if (!options.takes_mouse) flags |= ImGuiWindowFlags_NoInputs;
  ImGui::Begin(id, nullptr, flags);
  if (options.is_in_front) ImGui::BringWindowToDisplayFront(ImGui::GetCurrentWindow());
  draw_ground(ui, box, options.ground, ui.px(ui.theme().radius.large));
}

Panel::~Panel() {
  if (is_open_) ImGui::End();
  ImGui::PopStyleVar();
}

ScrollArea::ScrollArea(Ui& ui, const char* id, const Box& box) : ui_(ui), view_(box) {
  ImGui::SetCursorScreenPos(box.min());
  ImGui::BeginChild(id, {std::max(box.w, 1.0F), std::max(box.h, 1.0F)}, false,
                    ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoSavedSettings);
  origin_ = ImGui::GetCursorScreenPos();
  width_ = ImGui::GetContentRegionAvail().x;
  is_near_end_ = ImGui::GetScrollMaxY() - ImGui::GetScrollY() < box.h;
}

ScrollArea::~ScrollArea() { ImGui::EndChild(); }

void ScrollArea::set_height(float height) {
  ImGui::SetCursorScreenPos({origin_.x, origin_.y});
  ImGui::Dummy({1, height});
}

bool ScrollArea::is_near_end() const { return is_near_end_; }

void ScrollArea::scroll_to(float y) {
  const float scrolled = view_.y - origin_.y;
  const float margin = ui_.px(ui_.theme().space.m);
  if (y - margin < scrolled) ImGui::SetScrollY(std::max(y - margin, 0.0F));
  if (y + margin > scrolled + view_.h) ImGui::SetScrollY(y + margin - view_.h);
}

void open_menu(const char* id) { ImGui::OpenPopup(id); }

bool is_menu_open(const char* id) { return ImGui::IsPopupOpen(id); }

Menu::Menu(Ui& ui, const char* id, const Box& anchor, float width, int items, std::string_view title) : ui_(ui) {
  if (!ImGui::IsPopupOpen(id)) return;
  const float padding = ui.px(kMenuPadding);
  const float title_height = title.empty() ? 0 : ui.px(kMenuTitle);
  const float height = 2 * padding + title_height + static_cast<float>(items) * ui.px(kMenuRow);
  const Box screen = ui.screen().inset(ui.px(ui.theme().space.s));
  Box box{std::round(anchor.center().x - width / 2), anchor.y - height - ui.px(8), width, height};
  if (box.y < screen.y) box.y = std::min(anchor.bottom() + ui.px(8), std::max(screen.bottom() - height, screen.y));
  box.h = std::min(height, screen.bottom() - box.y);
  box.x = std::clamp(box.x, screen.x, std::max(screen.right() - width, screen.x));
  ImGui::SetNextWindowPos(box.min());
  ImGui::SetNextWindowSize({box.w, box.h});
  is_open_ =
      ImGui::BeginPopup(id, (kBare & ~ImGuiWindowFlags_NoBringToFrontOnFocus & ~ImGuiWindowFlags_NoScrollWithMouse));
  if (!is_open_) return;
  const float alpha = ui.follow(ImGui::GetID("menu"), 1, ui.theme().duration_ms.fast, 0);
  ImGui::PushStyleVar(ImGuiStyleVar_Alpha, alpha);
  draw_ground(ui, box, Ground::kSolid, ui.px(ui.theme().radius.large));
  ui.keep_focus_here();
  rest_ = box.inset(padding);
  rest_.y -= ImGui::GetScrollY();
  if (title.empty()) return;
  Box head = rest_.cut_top(title_height);
  ui.label(head.inset(ui.px(10), 0), TextStyle::kCaption, ui.palette().text_faint, title);
}

Menu::~Menu() {
  if (!is_open_) return;
  ui_.end_focus_here();
  ImGui::PopStyleVar();
  ImGui::EndPopup();
}

bool Menu::item(const MenuItem& what) {
  rest_.h = std::max(rest_.h, ui_.px(kMenuRow));
  const Box row = rest_.cut_top(ui_.px(kMenuRow));
  ImGui::PushID(next_++);
  const Press press = pressable(ui_, "item", row);
  ImGui::PopID();
  ui_.mark("menu." + std::to_string(next_ - 1), row, what.text);
  const Palette& palette = ui_.palette();
  if (press.is_hovered)
    ui_.fill(row, press.is_held ? palette.raised_pressed : palette.raised_hover, ui_.px(ui_.theme().radius.medium));
  Box inner = row.inset(ui_.px(10), 0);
  const Box mark = inner.cut_left(ui_.px(16));
  inner.cut_left(ui_.px(10));
  if (what.is_chosen)
    ui_.icon(mark, TextStyle::kIcon, palette.accent, icon::kCheck);
  else if (!what.icon.empty())
    ui_.icon(mark, TextStyle::kIcon, palette.text_muted, what.icon);
  if (!what.detail.empty()) {
    const float width = ui_.text_width(TextStyle::kCaption, what.detail);
    ui_.label(inner.cut_right(width), TextStyle::kCaption, palette.text_faint, what.detail, Align::kRight);
    inner.cut_right(ui_.px(12));
  }
  ui_.label(inner, what.is_chosen ? TextStyle::kStrong : TextStyle::kBody, palette.text, what.text);
  if (press.is_clicked) ImGui::CloseCurrentPopup();
  return press.is_clicked;
}

}  // namespace zoe::ui
