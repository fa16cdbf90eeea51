// The library beside the picture: a drawer of rows, and what plays one after another.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/format.hpp"
#include "player/panels/library_panel.hpp"
#include "player/panels/media_card.hpp"
#include "player/panels/page_parts.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr float kDrawerWidth = 372;
constexpr float kRow = 76;

struct Rows {
  int first = 0;
  int last = 0;
};

Rows seen_rows(const ui::ScrollArea& scroll, float step, int count) {
  const float scrolled = scroll.view().y - scroll.origin().y;
  const int first = std::clamp(static_cast<int>(scrolled / step), 0, count);
  return {first, std::clamp(static_cast<int>((scrolled + scroll.view().h) / step) + 1, first, count)};
}

Box row_box(Ui& ui, const ui::ScrollArea& scroll, float step, int index) {
  return {scroll.origin().x, scroll.origin().y + static_cast<float>(index) * step, scroll.width() - ui.px(4), step};
}

}  // namespace

float LibraryPanel::wanted_width(Ui& ui) { return ui.px(kDrawerWidth) + ui.px(ui.theme().space.m); }

void LibraryPanel::draw_drawer(const PanelContext& context, float top, float bottom, float openness) {
  Ui& ui = context.ui;
  const float margin = ui.px(ui.theme().space.m);
  const float width = std::min(ui.px(kDrawerWidth), ui.screen().w - 2 * margin);
  const float slid = std::round((1.0F - openness) * (width + margin));
  box_ = {margin - slid, top, width, bottom - top};
  const ui::Panel panel(ui, "drawer", box_, {.alpha = openness});
  if (!panel.is_open()) return;
  Box rest = box_.inset(ui.px(16), 0);
  rest.cut_top(ui.px(12));
  Box head = rest.cut_top(ui.px(32));
  const float button = ui.px(ui.theme().control.compact);
  if (ui::icon_button(ui, "close", head.cut_right(button),
                      {.icon = ui::icon::kClose, .tip = "Close", .shortcut = context.keys.playlist}))
    context.requests.toggle_playlist = true;
  const bool has_queue = context.scene.queue.is_active();
  if (has_queue) {
    head.cut_right(ui.px(8));
    const std::array<std::string_view, 2> choices{"Library", "Plays now"};
    ui.mark("drawer.choice", head, choices[is_queue_shown_ ? 1 : 0]);
    is_queue_shown_ = ui::segmented(ui, "drawer-choice", head, choices, is_queue_shown_ ? 1 : 0) == 1;
  } else {
    is_queue_shown_ = true;
    ui.label(head, TextStyle::kTitle, ui.palette().text, "Library");
  }
  rest.cut_top(ui.px(10));
  rest.cut_bottom(ui.px(10));
  if (has_queue && is_queue_shown_) return draw_queue(context, {rest.x - ui.px(8), rest.y, rest.w + ui.px(16), rest.h});
  draw_search(context, rest.cut_top(ui.px(ui.theme().control.height)));
  rest.cut_top(ui.px(6));
  draw_summary(context, rest.cut_top(ui.px(40)), LibraryView::kHome);
  const Box area{rest.x - ui.px(8), rest.y, rest.w + ui.px(16), rest.h};
  if (!draw_state(context, area)) draw_rows(context, area);
}

void LibraryPanel::draw_rows(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  const auto& items = context.scene.library.items;
  ui::ScrollArea scroll(ui, "rows", area);
  const float step = ui.px(kRow);
  const int count = static_cast<int>(items.size());
  const Rows rows = seen_rows(scroll, step, count);
  for (int i = rows.first; i < rows.last; ++i) {
    const LibraryItem& item = items[static_cast<std::size_t>(i)];
    const bool is_current = item.media == context.scene.playback.media;
    if (draw_row(context, row_box(ui, scroll, step, i), item, i, is_current) && !is_current)
      context.requests.open = item;
  }
  scroll.set_height(static_cast<float>(count) * step);
  if (scroll.is_near_end() && count < context.scene.library.total && !context.scene.library.is_loading)
    context.link.load_more();
}

void LibraryPanel::draw_queue(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  const PlayQueue& queue = context.scene.queue;
  Box rest = area;
  const Box head = rest.cut_top(ui.px(32)).inset(ui.px(8), 0);
  ui.label(head, TextStyle::kBody, ui.palette().text_muted, queue.name());
  ui::ScrollArea scroll(ui, "queue", rest);
  const float step = ui.px(kRow);
  const int count = static_cast<int>(queue.size());
  const Rows rows = seen_rows(scroll, step, count);
  for (int i = rows.first; i < rows.last; ++i) {
    const Box box = row_box(ui, scroll, step, i);
    const LibraryItem& item = queue.items()[static_cast<std::size_t>(i)];
    ui.mark(fmt::format("queue.{}", i), box, item.title);
    const bool is_current = static_cast<std::size_t>(i) == queue.index();
    if (draw_row(context, box, item, i, is_current) && !is_current && item.is_available)
      context.requests.play =
          PlayOrder{.name = queue.name(), .items = queue.items(), .index = static_cast<std::size_t>(i)};
  }
  scroll.set_height(static_cast<float>(count) * step);
}

bool LibraryPanel::draw_row(const PanelContext& context, const Box& box, const LibraryItem& item, int index,
                            bool is_current) {
  Ui& ui = context.ui;
  ImGui::PushID(index);
  const ui::Press press = draw_row_ground(ui, "row", box, is_current);
  Box inner = box.inset(ui.px(8), ui.px(8));
  const Box thumb = inner.cut_left(std::round(inner.h * 16 / 9));
  draw_thumbnail(context, thumb, item, CardLook::kRow, press.is_hovered ? 1 : 0, is_current);
  ImGui::PopID();
  inner.cut_left(ui.px(12));
  std::string below = item.is_available ? details_text(item) : "Not in the library any more";
  if (item.duration_us > 0 && item.is_available)
    below = duration_text(item.duration_us) + (below.empty() ? "" : " \u00B7 " + below);
  const float height = ui.paragraph_height(inner.w, TextStyle::kStrong, item.title, 2);
  const float caption = ui.line_height(TextStyle::kCaption);
  const float top = inner.y + std::max(std::round((inner.h - height - caption - ui.px(2)) / 2), 0.0F);
  const ui::Color color = is_current          ? ui.palette().accent
                          : item.is_available ? ui.palette().text
                                              : ui.palette().text_faint;
  ui.paragraph({inner.x, top}, inner.w, TextStyle::kStrong, color, item.title, 2);
  ui.label({inner.x, top + height + ui.px(2), inner.w, caption}, TextStyle::kCaption, ui.palette().text_faint, below);
  return press.is_clicked;
}

}  // namespace zoe::player
