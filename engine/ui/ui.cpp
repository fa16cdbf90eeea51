#include "engine/ui/ui.hpp"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

#include "engine/ui/text_shape.hpp"
#include "engine/ui/utf8.hpp"

namespace zoe::ui {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

// Fast at first, then settling.
float eased(float t) {
  const float left = 1.0F - t;
  return 1.0F - left * left * left;
}

ImWchar letter_of(std::string_view& text) {
  const char32_t letter = take_code_point(text);
  return static_cast<ImWchar>(letter > 0xFFFF ? 0xFFFD : letter);
}

// Digits and what stands between them in a time or a number.
bool is_figures(std::string_view text) {
  while (!text.empty()) {
    const char32_t c = take_code_point(text);
    if ((c >= '0' && c <= '9') || c == ':' || c == '.' || c == '+' || c == '-' || c == 0x2212) continue;
    return false;
  }
  return true;
}

// How far the pen moves for each letter of one text.
class Pen {
 public:
  Pen(const ImFont& font, std::string_view text) : font_(font) {
    if (!is_figures(text)) return;
    for (ImWchar figure = '0'; figure <= '9'; ++figure)
      figure_width_ = std::max(figure_width_, font.GetCharAdvance(figure));
  }
  float advance(ImWchar letter) const {
    const bool is_figure = figure_width_ > 0 && letter >= '0' && letter <= '9';
    return is_figure ? figure_width_ : font_.GetCharAdvance(letter);
  }
  // Where the letter lies in its advance.
  float shift(ImWchar letter) const { return (advance(letter) - font_.GetCharAdvance(letter)) / 2; }

 private:
  const ImFont& font_;
  float figure_width_ = 0;
};

std::string_view without_trailing_spaces(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

float Ui::px(float units) const {
  const float pixels = std::round(units * scale_);
  return units > 0 ? std::max(pixels, 1.0F) : pixels;
}

void Ui::begin_frame(std::int64_t now_ns, const Box& screen, float scale) {
  now_ns_ = now_ns;
  screen_ = screen;
  scale_ = scale;
  is_moving_ = false;
  cut_texts_.clear();
  landmarks_.clear();
  focus_order_.clear();
  is_focus_scope_ = false;
  is_focus_over_ = false;
  focus_box_ = {};
  wake_at_ns_ = std::numeric_limits<std::int64_t>::max();
  ++frame_;
}

void Ui::end_frame() {
  draw_tip();
  settle_focus();
  std::erase_if(animations_, [this](const auto& entry) { return entry.second.frame != frame_; });
}

void Ui::settle_focus() {
  is_press_wanted_ = false;
  is_menu_wanted_ = false;
  is_arriving_ = false;
  const bool has_direction = focus_direction_.x != 0 || focus_direction_.y != 0;
  if (focus_step_ == 0 && !has_direction) return;
  const auto count = static_cast<std::ptrdiff_t>(focus_order_.size());
  const auto found = std::find_if(focus_order_.begin(), focus_order_.end(),
                                  [this](const FocusPlace& each) { return each.id == focused_; });
  const bool is_there = found != focus_order_.end();
  ImGuiID next = 0;
  if (has_direction && is_there) {
    next = nearest_focus(found->box);
  } else if (count > 0) {
    const std::ptrdiff_t step = focus_step_ != 0 ? focus_step_ : 1;
    const std::ptrdiff_t before = step > 0 ? -1 : count;
    const std::ptrdiff_t at = (is_there ? found - focus_order_.begin() : before) + step;
    next = focus_order_[static_cast<std::size_t>((at + count) % count)].id;
  }
  focus_step_ = 0;
  focus_direction_ = {0, 0};
  if (next == 0) return;
  if (ImGui::GetIO().WantTextInput) ImGui::ClearActiveID();  // what was typed into is left
  focused_ = next;
  is_arriving_ = is_ring_shown_ = true;
  keep_moving();
}

// Of what lies beyond `from` in the wanted direction the nearest, where being beside the way costs four times as much
// as being far along it. 0 where there is nothing.
ImGuiID Ui::nearest_focus(const Box& from) const {
  const bool is_across = focus_direction_.x != 0;
  const bool is_back = focus_direction_.x < 0 || focus_direction_.y < 0;
  ImGuiID best = 0;
  float least = std::numeric_limits<float>::max();
  for (const FocusPlace& each : focus_order_) {
    const ImVec2 here = from.center();
    const ImVec2 there = each.box.center();
    const float along = (is_across ? there.x - here.x : there.y - here.y) * (is_back ? -1.0F : 1.0F);
    const float half = is_across ? std::min(from.w, each.box.w) / 2 : std::min(from.h, each.box.h) / 2;
    if (each.id == focused_ || along < std::max(half, 1.0F)) continue;
    const float gap = is_across ? std::max(each.box.y - from.bottom(), from.y - each.box.bottom())
                                : std::max(each.box.x - from.right(), from.x - each.box.right());
    const float aside = is_across ? std::abs(there.y - here.y) : std::abs(there.x - here.x);
    const float cost = along + 4 * std::max(gap, 0.0F) + aside / 4;
    if (cost >= least) continue;
    least = cost;
    best = each.id;
  }
  return best;
}

bool Ui::focusable(ImGuiID id, const Box& box, bool draws_ring) {
  if (!is_focus_scope_ || is_focus_over_) return false;
  focus_order_.push_back({id, box});
  if (focused_ != id || !is_ring_shown_) return false;
  focus_box_ = box;
  if (is_arriving_) {
    const ImGuiWindow& window = *ImGui::GetCurrentWindow();
    const float over = box.bottom() + px(12) - window.InnerClipRect.Max.y;
    const float under = window.InnerClipRect.Min.y - (box.y - px(12));
    if (window.ScrollMax.y > 0 && over > 0) ImGui::SetScrollY(window.Scroll.y + over);
    if (window.ScrollMax.y > 0 && under > 0) ImGui::SetScrollY(std::max(window.Scroll.y - under, 0.0F));
  }
  if (!draws_ring) return is_press_wanted_;
  const float out = px(2);
  outline({box.x - out, box.y - out, box.w + 2 * out, box.h + 2 * out}, palette().accent,
          px(theme_.radius.medium) + out, 2);
  return is_press_wanted_;
}

void Ui::mark(std::string_view name, const Box& box, std::string_view value) {
  const ImVec2 low = list().GetClipRectMin();
  const ImVec2 high = list().GetClipRectMax();
  const float left = std::max(box.x, low.x);
  const float top = std::max(box.y, low.y);
  const Box seen{left, top, std::min(box.right(), high.x) - left, std::min(box.bottom(), high.y) - top};
  if (seen.w < 1 || seen.h < 1) return;
  landmarks_.push_back({std::string(name), seen, std::string(value)});
}

float Ui::follow(ImGuiID id, float target, int duration_ms, float initial) {
  if (motion_ == Motion::kNone || duration_ms <= 0) return target;
  const auto [found, is_new] = animations_.try_emplace(id);
  Animation& animation = found->second;
  if (is_new) animation = {.from = initial, .to = initial, .value = initial, .start_ns = now_ns_};
  animation.frame = frame_;
  if (animation.to != target) {
    animation.from = animation.value;
    animation.to = target;
    animation.start_ns = now_ns_;
  }
  const float t = static_cast<float>(now_ns_ - animation.start_ns) / static_cast<float>(duration_ms * kNsPerMs);
  animation.value = t >= 1.0F ? target : animation.from + (target - animation.from) * eased(std::max(t, 0.0F));
  if (animation.value != target) is_moving_ = true;
  return animation.value;
}

void Ui::fill(const Box& box, Color fill_color, float rounding) {
  if (box.w > 0 && box.h > 0) list().AddRectFilled(box.min(), box.max(), color(fill_color), rounding);
}

void Ui::outline(const Box& box, Color line_color, float rounding, float width) {
  const float thickness = px(theme_.control.hairline * width);
  const Box inner = box.inset(thickness / 2);
  list().AddRect(inner.min(), inner.max(), color(line_color), rounding, 0, thickness);
}

// Rings of falling strength: cheaper than filled rectangles under the box, which nobody would see.
void Ui::shadow(const Box& box, float rounding) {
  constexpr int kRings = 6;
  const float step = px(2);
  for (int i = 0; i < kRings; ++i) {
    const float out = step * (static_cast<float>(i) + 0.5F);
    const float left = 1.0F - static_cast<float>(i) / kRings;
    const Box ring = {box.x - out, box.y - out, box.w + 2 * out, box.h + 2 * out};
    list().AddRect(ring.min(), ring.max(), color(palette().shadow.with_alpha(left * left * 0.8F)), rounding + out, 0,
                   step);
  }
}

void Ui::tip(const Box& of, std::string_view text, std::string_view shortcut) {
  const bool is_same = tip_.of.x == of.x && tip_.of.y == of.y && tip_.text == text;
  if (!is_same) tip_.since_ns = now_ns_;
  tip_.of = of;
  tip_.text = text;
  tip_.shortcut = shortcut;
  tip_.is_asked = true;
}

void Ui::draw_tip() {
  constexpr std::int64_t kRestNs = 450 * kNsPerMs;
  if (!tip_.is_asked) {
    tip_ = {};
    return;
  }
  tip_.is_asked = false;
  if (now_ns_ - tip_.since_ns < kRestNs) {
    wake_at(tip_.since_ns + kRestNs);
    return;
  }
  const float alpha = follow(ImGui::GetID("tip"), 1, theme_.duration_ms.fast, 0);
  const float gap = px(theme_.space.s);
  const float text_w = text_width(TextStyle::kCaption, tip_.text);
  const float key_w = tip_.shortcut.empty() ? 0 : text_width(TextStyle::kCaption, tip_.shortcut) + px(10);
  const float width = text_w + (key_w > 0 ? key_w + gap : 0) + 2 * px(10);
  const float height = line_height(TextStyle::kCaption) + 2 * px(6);
  Box box{std::round(tip_.of.center().x - width / 2), tip_.of.y - height - px(6), width, height};
  if (box.y < screen_.y + px(4)) box.y = tip_.of.bottom() + px(6);
  box.x = std::clamp(box.x, screen_.x + px(4), std::max(screen_.right() - width - px(4), screen_.x + px(4)));
  const DrawOn above(*this, *ImGui::GetForegroundDrawList());
  fill(box, blend(palette().raised, palette().ground).with_alpha(alpha), px(theme_.radius.small + 2));
  outline(box, palette().line_strong.with_alpha(alpha), px(theme_.radius.small + 2));
  Box inner = box.inset(px(10), 0);
  label(inner.cut_left(text_w), TextStyle::kCaption, palette().text.with_alpha(alpha), tip_.text);
  if (key_w <= 0) return;
  inner.cut_left(gap);
  const Box cap = inner.centered(key_w, height - px(8));
  fill(cap, palette().raised_pressed.with_alpha(alpha), px(theme_.radius.small));
  label(cap, TextStyle::kCaption, palette().text_muted.with_alpha(alpha), tip_.shortcut, Align::kCenter);
}

float Ui::line_height(TextStyle style) const { return std::ceil(fonts_.get(style).FontSize); }

float Ui::shaped_width(const ImFont& font, std::string_view shaped) const {
  float width = 0;
  const Pen pen(font, shaped);
  while (!shaped.empty()) width += pen.advance(letter_of(shaped));
  return std::ceil(width);
}

void Ui::draw_shaped(ImVec2 at, ImFont& font, ImU32 color, std::string_view shaped) const {
  if ((color & IM_COL32_A_MASK) == 0 || shaped.empty()) return;
  ImDrawList& list = this->list();
  const ImVec2 clip_min = list.GetClipRectMin();
  const ImVec2 clip_max = list.GetClipRectMax();
  const float y = std::floor(at.y);
  if (y >= clip_max.y || y + font.FontSize <= clip_min.y) return;
  list.PrimReserve(static_cast<int>(shaped.size()) * 6, static_cast<int>(shaped.size()) * 4);
  int drawn = 0;
  const Pen pen(font, shaped);
  float exact_x = at.x;
  std::string_view rest = shaped;
  while (!rest.empty()) {
    const ImWchar letter = letter_of(rest);
    const ImFontGlyph* glyph = font.FindGlyph(letter);
    if (glyph == nullptr) continue;
    const float x = std::round(exact_x + pen.shift(letter));
    exact_x += pen.advance(letter);
    if (glyph->Visible == 0 || x + glyph->X1 <= clip_min.x || x + glyph->X0 >= clip_max.x) continue;
    list.PrimRectUV({x + glyph->X0, y + glyph->Y0}, {x + glyph->X1, y + glyph->Y1}, {glyph->U0, glyph->V0},
                    {glyph->U1, glyph->V1}, color);
    ++drawn;
  }
  const int unused = static_cast<int>(shaped.size()) - drawn;
  list.PrimUnreserve(unused * 6, unused * 4);
}

float Ui::text_width(TextStyle style, std::string_view utf8) {
  const std::string shaped = shape_line(utf8);
  fonts_.need(shaped);
  return shaped_width(fonts_.get(style), shaped);
}

float Ui::text(ImVec2 at, TextStyle style, Color text_color, std::string_view utf8) {
  const std::string shaped = shape_line(utf8);
  fonts_.need(shaped);
  ImFont& font = fonts_.get(style);
  draw_shaped(at, font, color(text_color), shaped);
  return shaped_width(font, shaped);
}

// The longest beginning of `utf8` that fits with an ellipsis behind it, by halving: letters may join, so the width of a
// beginning is not a sum over letters.
std::string Ui::fit(ImFont& font, std::string_view utf8, float width, bool& is_cut) {
  std::string shaped = shape_line(utf8);
  fonts_.need(shaped);
  is_cut = shaped_width(font, shaped) > width;
  if (!is_cut) return shaped;
  cut_texts_.emplace_back(utf8);
  const std::u32string letters = to_code_points(utf8);
  std::size_t low = 0;
  std::size_t high = letters.size();
  std::string best;
  while (low < high) {
    const std::size_t count = (low + high + 1) / 2;
    const std::string start = to_utf8(std::u32string_view(letters).substr(0, count));
    std::string candidate = shape_line(std::string(without_trailing_spaces(start)) + std::string(kEllipsis));
    if (shaped_width(font, candidate) <= width) {
      low = count;
      best = std::move(candidate);
    } else {
      high = count - 1;
    }
  }
  return best;
}

bool Ui::label(const Box& box, TextStyle style, Color text_color, std::string_view utf8, Align align) {
  ImFont& font = fonts_.get(style);
  bool is_cut = false;
  const std::string shaped = fit(font, utf8, box.w, is_cut);
  const float slack = box.w - shaped_width(font, shaped);
  float x = box.x;
  if (align == Align::kCenter) x += std::floor(slack / 2);
  if (align == Align::kRight) x += slack;
  draw_shaped({x, box.y + std::round((box.h - font.FontSize) / 2)}, font, color(text_color), shaped);
  return is_cut;
}

// Calls line(shaped, index) for each line; returns how many there were.
template <typename Line>
int Ui::break_lines(ImFont& font, std::string_view utf8, float width, int most_lines, Line&& line) {
  const std::u32string letters = to_code_points(utf8);
  const auto is_wide = [](char32_t c) { return c >= 0x2E80 && c < 0xFE70 && !(c >= 0xFB1D && c <= 0xFDFF); };
  std::size_t begin = 0;
  int index = 0;
  while (begin < letters.size() && index < most_lines) {
    if (index == most_lines - 1) {
      const std::size_t line_end = std::min(letters.find(U'\n', begin), letters.size());
      bool is_cut = false;
      std::string rest = to_utf8(std::u32string_view(letters).substr(begin, line_end - begin));
      if (line_end < letters.size()) rest += kEllipsis;
      line(fit(font, rest, width, is_cut), index++);
      break;
    }
    float used = 0;
    std::size_t end = begin;
    std::size_t last_break = begin;
    while (end < letters.size() && letters[end] != U'\n') {
      used += font.GetCharAdvance(static_cast<ImWchar>(letters[end] > 0xFFFF ? 0xFFFD : letters[end]));
      if (used > width && end > begin && letters[end] != U' ') break;
      ++end;
      if (letters[end - 1] == U' ' || letters[end - 1] == U'-' || letters[end - 1] == U'/' || is_wide(letters[end - 1]))
        last_break = end;
    }
    const bool is_whole = end == letters.size() || letters[end] == U'\n';
    if (!is_whole && last_break > begin) end = last_break;
    const std::string text = to_utf8(std::u32string_view(letters).substr(begin, end - begin));
    std::string shaped = shape_line(without_trailing_spaces(text));
    fonts_.need(shaped);
    line(std::move(shaped), index++);
    begin = end;
    if (begin < letters.size() && letters[begin] == U'\n') ++begin;
  }
  return index;
}

float Ui::paragraph(ImVec2 at, float width, TextStyle style, Color text_color, std::string_view utf8, int most_lines,
                    Align align) {
  ImFont& font = fonts_.get(style);
  const float height = std::round(line_height(style) * 1.15F);
  const float inset = std::round((height - font.FontSize) / 2);
  const ImU32 packed = color(text_color);
  const int lines = break_lines(font, utf8, width, most_lines, [&](const std::string& shaped, int index) {
    const float slack = align == Align::kLeft ? 0 : width - shaped_width(font, shaped);
    const float x = at.x + (align == Align::kCenter ? std::floor(slack / 2) : slack);
    draw_shaped({x, at.y + static_cast<float>(index) * height + inset}, font, packed, shaped);
  });
  return static_cast<float>(lines) * height;
}

float Ui::paragraph_height(float width, TextStyle style, std::string_view utf8, int most_lines) {
  const float height = std::round(line_height(style) * 1.15F);
  const int lines = break_lines(fonts_.get(style), utf8, width, most_lines, [](const std::string&, int) {});
  return static_cast<float>(lines) * height;
}

void Ui::icon(const Box& box, TextStyle style, Color icon_color, std::string_view glyph_text) {
  ImFont& font = fonts_.get(style);
  const ImFontGlyph* glyph = font.FindGlyph(letter_of(glyph_text));
  if (glyph == nullptr) return;
  // By its ink, not its cell: icons of one font hang at different heights.
  const float x = std::round(box.x + (box.w - (glyph->X1 - glyph->X0)) / 2);
  const float y = std::round(box.y + (box.h - (glyph->Y1 - glyph->Y0)) / 2);
  const ImU32 packed = color(icon_color);
  if ((packed & IM_COL32_A_MASK) == 0) return;
  ImDrawList& list = this->list();
  list.PrimReserve(6, 4);
  list.PrimRectUV({x, y}, {x + glyph->X1 - glyph->X0, y + glyph->Y1 - glyph->Y0}, {glyph->U0, glyph->V0},
                  {glyph->U1, glyph->V1}, packed);
}

}  // namespace zoe::ui
