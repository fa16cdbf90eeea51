#include "engine/ui/toasts.hpp"

#include <imgui_internal.h>

#include <algorithm>
#include <utility>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"

namespace zoe::ui {
namespace {

constexpr std::size_t kMost = 4;
constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr int kFlashMs = 800;

struct Look {
  std::string_view icon;
  Color color;
};

Look look_of(const Palette& palette, ToastKind kind) {
  switch (kind) {
    case ToastKind::kGood:
      return {icon::kCheck, palette.good};
    case ToastKind::kWarning:
      return {icon::kWarning, palette.warning};
    case ToastKind::kError:
      return {icon::kWarning, palette.error};
    case ToastKind::kNote:
      break;
  }
  return {icon::kInfo, palette.text_muted};
}

}  // namespace

void Toasts::add(ToastKind kind, std::string text) {
  for (Toast& toast : toasts_) {
    if (toast.text != text) continue;
    toast.until_ns = 0;
    return;
  }
  if (toasts_.size() >= kMost) toasts_.pop_front();
  toasts_.push_back({.kind = kind, .text = std::move(text), .id = next_id_++});
}

void Toasts::flash(std::string_view glyph, std::string text) { flash_ = {.icon = glyph, .text = std::move(text)}; }

float Toasts::draw_toast(Ui& ui, Toast& toast, float top) {
  const auto& times = ui.theme().duration_ms;
  if (toast.until_ns == 0) toast.until_ns = ui.now_ns() + times.message * kNsPerMs;
  const std::int64_t leaves_ns = toast.until_ns - times.slow * kNsPerMs;
  const bool is_leaving = ui.now_ns() >= leaves_ns;
  ui.wake_at(is_leaving ? toast.until_ns : leaves_ns);
  const std::string id = "toast" + std::to_string(toast.id);
  const float alpha = ui.follow(ImHashStr(id.c_str()), is_leaving ? 0.0F : 1.0F, times.slow, 0);
  const float most_width = std::min(ui.px(560), ui.screen().w - 2 * ui.px(ui.theme().space.m));
  const float padding = ui.px(ui.theme().space.m);
  const float beside = ui.px(16) + ui.px(10) + 2 * padding;
  const float text_width = std::min(ui.text_width(TextStyle::kBody, toast.text), most_width - beside);
  const float text_height = ui.paragraph_height(text_width, TextStyle::kBody, toast.text, 3);
  const Box box{std::round(ui.screen().center().x - (text_width + beside) / 2), top, text_width + beside,
                text_height + 2 * ui.px(12)};
  const Panel panel(ui, id.c_str(), box,
                    {.ground = Ground::kSolid, .alpha = alpha, .takes_mouse = false, .is_in_front = true});
  if (panel.is_open()) {
    const Look look = look_of(ui.palette(), toast.kind);
    Box inner = box.inset(padding, ui.px(12));
    ui.icon(inner.cut_left(ui.px(16)), TextStyle::kIcon, look.color, look.icon);
    inner.cut_left(ui.px(10));
    ui.paragraph(inner.min(), inner.w, TextStyle::kBody, ui.palette().text, toast.text, 3);
  }
  return (box.h + ui.px(ui.theme().space.s)) * alpha;
}

void Toasts::draw_flash(Ui& ui) {
  if (flash_.text.empty() && flash_.icon.empty()) return;
  const auto& times = ui.theme().duration_ms;
  if (flash_.until_ns == 0) flash_.until_ns = ui.now_ns() + kFlashMs * kNsPerMs;
  const std::int64_t leaves_ns = flash_.until_ns - times.slow * kNsPerMs;
  const bool is_leaving = ui.now_ns() >= leaves_ns;
  ui.wake_at(is_leaving ? flash_.until_ns : leaves_ns);
  const float alpha = ui.follow(ImHashStr("flash"), is_leaving ? 0.0F : 1.0F, times.fast, 0);
  const float text_width = flash_.text.empty() ? 0 : ui.text_width(TextStyle::kTitle, flash_.text);
  const float icon_width = flash_.icon.empty() ? 0 : ui.px(26);
  const float gap = text_width > 0 && icon_width > 0 ? ui.px(10) : 0;
  const Box box =
      Box{ui.screen().x, ui.screen().y + std::round(ui.screen().h * 0.16F), ui.screen().w, ui.px(48)}.centered(
          text_width + icon_width + gap + 2 * ui.px(20), ui.px(48));
  const Panel panel(ui, "flash", box, {.alpha = alpha, .takes_mouse = false, .is_in_front = true});
  if (panel.is_open()) {
    Box inner = box.inset(ui.px(20), 0);
    if (icon_width > 0) ui.icon(inner.cut_left(icon_width), TextStyle::kIconLarge, ui.palette().accent, flash_.icon);
    inner.cut_left(gap);
    ui.label(inner, TextStyle::kTitle, ui.palette().text, flash_.text);
  }
  if (ui.now_ns() >= flash_.until_ns) flash_ = {};
}

void Toasts::draw(Ui& ui, float top) {
  if (is_empty()) return;
  for (Toast& toast : toasts_) top += draw_toast(ui, toast, top);
  std::erase_if(toasts_, [&](const Toast& toast) { return toast.until_ns != 0 && ui.now_ns() >= toast.until_ns; });
  draw_flash(ui);
}

}  // namespace zoe::ui
