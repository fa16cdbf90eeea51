#include "player/panels/brand.hpp"

#include <cmath>
#include <numbers>

namespace zoe::player {

void draw_mark(ui::Ui& ui, ImVec2 center, float radius) {
  constexpr int kSlits = 12;
  ImDrawList& list = ui.list();
  const ImU32 accent = ui.color(ui.palette().accent);
  const ImU32 quiet = ui.color(ui.palette().accent.with_alpha(0.45F));
  for (int i = 0; i < kSlits; ++i) {
    const float angle = (static_cast<float>(i) / kSlits - 0.25F) * 2 * std::numbers::pi_v<float>;
    const ImVec2 direction{std::cos(angle), std::sin(angle)};
    const ImVec2 from{center.x + direction.x * radius * 0.62F, center.y + direction.y * radius * 0.62F};
    const ImVec2 to{center.x + direction.x * radius, center.y + direction.y * radius};
    list.AddLine(from, to, i == 0 ? accent : quiet, radius * 0.17F);
  }
  list.AddCircleFilled(center, radius * 0.26F, accent, 24);
}

float draw_brand(ui::Ui& ui, const ui::Box& box) {
  ui::Box rest = box;
  const float side = ui.px(26);
  draw_mark(ui, rest.cut_left(side).center(), side / 2);
  rest.cut_left(ui.px(10));
  const float width = ui.text_width(ui::TextStyle::kTitle, "Zoetrope");
  ui.label(rest.cut_left(width), ui::TextStyle::kTitle, ui.palette().text, "Zoetrope");
  return side + ui.px(10) + width;
}

}  // namespace zoe::player
