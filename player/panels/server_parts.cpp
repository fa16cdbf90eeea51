#include "player/panels/server_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

#include "engine/core/clock.hpp"
#include "engine/ui/icons.hpp"
#include "player/client/admin_feed.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

}  // namespace

double nice_above(double value, double unit) {
  if (!(value > 0)) return unit;
  if (unit > 1) {
    double step = unit;
    while (step < value) step *= 2;
    return step;
  }
  const double power = std::pow(10.0, std::floor(std::log10(value)));
  for (const double step : {1.0, 2.0, 4.0, 5.0, 8.0, 10.0})
    if (step * power >= value * 0.999999) return step * power;
  return 10 * power;
}

Scale scale_of(double most, const GraphLook& look, int most_parts) {
  if (!look.is_whole) return {nice_above(most, look.unit), most_parts};
  const double step = nice_above(std::ceil(std::max(most, 1.0) / most_parts), 1);
  const double whole_step = std::ceil(step);
  const int parts = static_cast<int>(std::ceil(std::max(most, 1.0) / whole_step));
  return {whole_step * parts, parts};
}

void draw_card(Ui& ui, const Box& box) {
  const float rounding = ui.px(ui.theme().radius.medium);
  ui.fill(box, ui::blend(ui.palette().surface, ui.palette().ground), rounding);
  ui.outline(box, ui.palette().line, rounding);
}

void draw_graph(Ui& ui, const Box& card, const std::vector<AdminSample>& samples, std::int64_t now_ns,
                const GraphLook& look) {
  draw_card(ui, card);
  Box rest = card.inset(ui.px(16), ui.px(12));
  Box head = rest.cut_top(ui.line_height(TextStyle::kTitle));
  double most = look.least_top;
  double newest = -1;
  for (const AdminSample& sample : samples) {
    newest = look.value(sample);
    most = std::max(most, newest);
  }
  const std::string now_text = newest < 0 ? "\u2013" : look.text(newest);
  ui.mark("graph." + std::string(look.id), card, now_text);
  ui.label(head.cut_right(ui.text_width(TextStyle::kTitle, now_text)), TextStyle::kTitle, ui.palette().text, now_text);
  const Box dot = head.cut_left(ui.px(8));
  ui.list().AddCircleFilled(dot.center(), ui.px(4), ui.color(look.color), 16);
  head.cut_left(ui.px(8));
  ui.label(head, TextStyle::kStrong, ui.palette().text_muted, look.title);
  rest.cut_top(ui.px(8));
  Box times = rest.cut_bottom(ui.line_height(TextStyle::kCaption));
  rest.cut_bottom(ui.px(4));
  const Scale scale = scale_of(most, look, rest.h > ui.px(96) ? 4 : 2);
  const double top = scale.top;
  const int parts = scale.parts;
  float label_width = 0;
  for (int i = 0; i <= parts; ++i)
    label_width = std::max(label_width, ui.text_width(TextStyle::kCaption, look.text(top * i / parts)));
  rest.cut_left(label_width + ui.px(8));
  times.cut_left(label_width + ui.px(8));
  const float half = ui.line_height(TextStyle::kCaption) / 2;
  Box plot = rest;
  plot.cut_top(half);
  plot.cut_bottom(ui.px(2));
  for (int i = 0; i <= parts; ++i) {
    const float y = std::round(plot.bottom() - plot.h * static_cast<float>(i) / static_cast<float>(parts));
    ui.fill({plot.x, y, plot.w, ui.px(1)}, ui.palette().line);
    ui.label({plot.x - ui.px(8) - label_width, y - half, label_width, 2 * half}, TextStyle::kCaption,
             ui.palette().text_faint, look.text(top * i / parts), ui::Align::kRight);
  }
  const float third = std::floor(times.w / 3);
  ui.label(times.cut_left(third), TextStyle::kCaption, ui.palette().text_faint, "5 min ago");
  ui.label(times.cut_right(third), TextStyle::kCaption, ui.palette().text_faint, "now", ui::Align::kRight);
  ui.label(times, TextStyle::kCaption, ui.palette().text_faint, "2:30", ui::Align::kCenter);
  if (newest < 0 && samples.size() > 3)
    ui.label(plot, TextStyle::kBody, ui.palette().text_muted, "This server does not tell", ui::Align::kCenter);
  const auto x_of = [&](const AdminSample& sample) {
    const double back = static_cast<double>(now_ns - sample.time_ns) / static_cast<double>(kAdminGraphNs);
    return plot.right() - static_cast<float>(back) * plot.w;
  };
  const auto y_of = [&](double value) { return plot.bottom() - static_cast<float>(value / top) * plot.h; };
  ImDrawList& list = ui.list();
  list.PushClipRect(plot.min(), {plot.right(), plot.bottom() + ui.px(1)}, true);
  const ImU32 area = ui.color(look.color.with_alpha(0.16F));
  const ImU32 line = ui.color(look.color);
  constexpr std::int64_t kGapNs = 6 * kNsPerS;  // nobody looked: no line across it
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const double from = look.value(samples[i - 1]);
    const double to = look.value(samples[i]);
    if (from < 0 || to < 0 || samples[i].time_ns - samples[i - 1].time_ns > kGapNs) continue;
    const ImVec2 a{x_of(samples[i - 1]), y_of(from)};
    const ImVec2 b{x_of(samples[i]), y_of(to)};
    list.AddQuadFilled({a.x, plot.bottom()}, a, b, {b.x, plot.bottom()}, area);
    list.AddLine(a, b, line, std::max(ui.px(2) * 0.8F, 1.0F));
  }
  if (look.limit > 0 && look.limit <= top)
    ui.fill({plot.x, std::round(y_of(look.limit)), plot.w, ui.px(1)}, ui.palette().warning);
  list.PopClipRect();
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (!plot.contains(mouse) || samples.empty() || !ImGui::IsWindowHovered(ImGuiHoveredFlags_ChildWindows)) return;
  const AdminSample* nearest = &samples.front();
  for (const AdminSample& sample : samples)
    if (std::abs(x_of(sample) - mouse.x) < std::abs(x_of(*nearest) - mouse.x)) nearest = &sample;
  const double value = look.value(*nearest);
  if (value < 0 || x_of(*nearest) < plot.x) return;
  const float x = std::round(x_of(*nearest));
  ui.fill({x, plot.y, ui.px(1), plot.h}, ui.palette().line_strong);
  list.AddCircleFilled({x, y_of(value)}, ui.px(4), line, 16);
  const std::string said =
      look.text(value) + "  \u00B7  " + fmt::format("{} s ago", (now_ns - nearest->time_ns) / kNsPerS);
  const float width = ui.text_width(TextStyle::kCaption, said) + 2 * ui.px(8);
  const Box bubble{std::clamp(x - width / 2, plot.x, plot.right() - width), plot.y, width, ui.px(24)};
  ui.fill(bubble, ui.palette().raised_pressed, ui.px(ui.theme().radius.small));
  ui.label(bubble, TextStyle::kCaption, ui.palette().text, said, ui::Align::kCenter);
}

void draw_figure(Ui& ui, Box box, std::string_view name, std::string_view label, const std::string& value) {
  ui.mark(name, box, value);
  ui.label(box.cut_top(ui.line_height(TextStyle::kCaption)), TextStyle::kCaption, ui.palette().text_faint, label);
  box.cut_top(ui.px(2));
  ui.label(box.cut_top(ui.line_height(TextStyle::kTitle)), TextStyle::kTitle, ui.palette().text, value);
}

float pill_width(Ui& ui, std::string_view text) { return ui.text_width(TextStyle::kCaption, text) + 2 * ui.px(8); }

float draw_pill(Ui& ui, ImVec2 left_middle, std::string_view text, ui::Color color) {
  const float height = ui.line_height(TextStyle::kCaption) + 2 * ui.px(3);
  const Box box{left_middle.x, std::round(left_middle.y - height / 2), pill_width(ui, text), height};
  ui.fill(box, color.with_alpha(0.15F), height / 2);
  ui.label(box, TextStyle::kCaption, color, text, ui::Align::kCenter);
  return box.w;
}

Box draw_notice(Ui& ui, const Box& area, std::string_view icon, std::string_view title, std::string_view text) {
  const float width = std::min(ui.px(440), area.w - 2 * ui.px(16));
  const float text_height = ui.paragraph_height(width, TextStyle::kBody, text, 6);
  const float title_height = ui.line_height(TextStyle::kTitle);
  const float circle = ui.px(64);
  Box box = area.centered(width, circle + title_height + text_height + ui.px(16 + 8 + 20 + 40));
  const Box disc = box.cut_top(circle);
  ui.list().AddCircleFilled(disc.center(), circle / 2, ui.color(ui.palette().raised), 48);
  ui.icon(disc, TextStyle::kIconLarge, ui.palette().text_muted, icon);
  box.cut_top(ui.px(16));
  ui.label(box.cut_top(title_height), TextStyle::kTitle, ui.palette().text, title, ui::Align::kCenter);
  box.cut_top(ui.px(8));
  ui.paragraph(box.cut_top(text_height).min(), width, TextStyle::kBody, ui.palette().text_muted, text, 6,
               ui::Align::kCenter);
  box.cut_top(ui.px(20));
  return box;
}

std::string count_text(std::int64_t value) {
  std::string digits = std::to_string(value);
  const std::ptrdiff_t first = value < 0 ? 1 : 0;
  for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > first; at -= 3)
    digits.insert(static_cast<std::size_t>(at), " ");
  return digits;
}

std::string span_text(std::int64_t seconds) {
  if (seconds < 60) return fmt::format("{} s", std::max<std::int64_t>(seconds, 0));
  if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  if (seconds < 86'400) return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{} d {} h", seconds / 86'400, seconds / 3600 % 24);
}

std::string ago_text(std::int64_t utc_ns, std::int64_t now_utc_ns) {
  const std::int64_t seconds = (now_utc_ns - utc_ns) / kNsPerS;
  if (utc_ns <= 0) return "at an unknown time";
  if (seconds < 3) return "just now";
  if (seconds < 60) return fmt::format("{} s ago", seconds);
  if (seconds < 3600) return fmt::format("{} min ago", seconds / 60);
  if (seconds < 86'400) return fmt::format("{} h ago", seconds / 3600);
  return fmt::format("{} d ago", seconds / 86'400);
}

std::string clock_text(std::int64_t utc_ns) {
  const std::time_t time = static_cast<std::time_t>(utc_ns / kNsPerS);
  std::tm parts{};
  if (localtime_r(&time, &parts) == nullptr) return "\u2013";
  return fmt::format("{:02}:{:02}:{:02}.{:03}", parts.tm_hour, parts.tm_min, parts.tm_sec,
                     std::max<std::int64_t>(utc_ns / kNsPerMs % 1000, 0));
}

std::string date_text(std::int64_t utc_ns) {
  const std::time_t time = static_cast<std::time_t>(utc_ns / kNsPerS);
  std::tm parts{};
  if (localtime_r(&time, &parts) == nullptr) return "\u2013";
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

std::string memory_text(double bytes) {
  constexpr std::array<const char*, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes >= 1023.5 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format(fmt::runtime(unit > 0 && bytes < 99.95 ? "{:.1f} {}" : "{:.0f} {}"), bytes, kUnits[unit]);
}

}  // namespace zoe::player
