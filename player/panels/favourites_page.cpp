#include "player/panels/favourites_page.hpp"

#include <fmt/format.h>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "player/panels/format.hpp"
#include "player/panels/media_card.hpp"
#include "player/panels/page_parts.hpp"
#include "player/panels/server_parts.hpp"

namespace zoe::player {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

void draw_favourites_page(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  const auto& favourites = context.scene.personal.favourites;
  const PageState state =
      draw_page_state(ui, area, favourites.value != nullptr, favourites.error, "Asking for your favourites");
  if (state == PageState::kRetryWanted) context.requests.refresh_personal = true;
  if (state != PageState::kReady) return;
  const std::vector<LibraryItem>& items = *favourites.value;
  if (items.empty()) {
    const Box below = draw_notice(ui, area, ui::icon::kHeartEmpty, "No favourites yet",
                                  "The heart on a video keeps it here, on every device that you sign in on.");
    if (notice_button(ui, below, "To the library", ui::icon::kFilm)) context.requests.page = BrowserPage::kLibrary;
    return;
  }
  Box rest = area;
  Box row = rest.cut_top(ui.px(44));
  const int count = static_cast<int>(items.size());
  if (cut_button(ui, row, "favourites.play", {.text = "Play all", .icon = ui::icon::kPlay}))
    context.requests.play = PlayOrder{.name = "Favourites", .items = items, .index = 0};
  ui.label(row, TextStyle::kBody, ui.palette().text_muted, counted(count, "video", "videos"));
  rest.cut_top(ui.px(8));
  ui::ScrollArea scroll(ui, "favourites", {rest.x, rest.y, rest.w + ui.px(16), rest.h});
  const CardGrid grid = CardGrid::of(ui, rest.w);
  const CardGrid::Range range = grid.seen(count, scroll.origin().y, scroll.view());
  for (int i = range.first; i < range.last; ++i) {
    const LibraryItem& item = items[static_cast<std::size_t>(i)];
    draw_media_card(context, grid.box(scroll.origin(), i), item,
                    {fmt::format("favourite.{}", i), item.is_available ? details_text(item) : ""});
  }
  scroll.set_height(range.height + ui.px(8));
}

}  // namespace zoe::player
