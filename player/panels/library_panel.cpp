#include "player/panels/library_panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/ui/icons.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/format.hpp"
#include "player/panels/media_card.hpp"
#include "player/panels/page_parts.hpp"
#include "player/panels/server_parts.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::Enabled;
using ui::TextStyle;
using ui::Ui;

constexpr std::int64_t kTypingPauseNs = 250'000'000;

struct SortChoice {
  LibrarySort sort;
  bool is_descending;
  std::string_view text;
};

constexpr std::array<SortChoice, 8> kSorts{{{LibrarySort::kTitle, false, "Title, A to Z"},
                                            {LibrarySort::kTitle, true, "Title, Z to A"},
                                            {LibrarySort::kAdded, true, "Newest first"},
                                            {LibrarySort::kAdded, false, "Oldest first"},
                                            {LibrarySort::kDuration, false, "Shortest first"},
                                            {LibrarySort::kDuration, true, "Longest first"},
                                            {LibrarySort::kSize, false, "Smallest first"},
                                            {LibrarySort::kSize, true, "Largest first"}}};

std::string_view sort_text(const LibraryQuery& query) {
  for (const SortChoice& choice : kSorts)
    if (choice.sort == query.sort && choice.is_descending == query.is_descending) return choice.text;
  return kSorts[0].text;
}

}  // namespace

void LibraryPanel::send_query(const PanelContext& context) {
  typed_ns_ = 0;
  context.link.set_library_query(wanted_);
}

// Each view lists what lies in its own place.
void LibraryPanel::follow_view(const PanelContext& context, LibraryView view) {
  const bool has_folder = view == LibraryView::kFolders;
  const std::string& root = has_folder ? root_ : std::string();
  const std::string& folder = has_folder ? folder_ : std::string();
  if (wanted_.root == root && wanted_.folder == folder) return;
  wanted_.root = root;
  wanted_.folder = folder;
  is_moved_ = true;
  send_query(context);
}

void LibraryPanel::draw_page(const PanelContext& context, const Box& area, LibraryView view) {
  Ui& ui = context.ui;
  follow_view(context, view);
  Box rest = area;
  draw_summary(context, rest.cut_top(ui.px(44)), view);
  const auto& folders = context.scene.folders;
  const bool has_folders = view == LibraryView::kFolders && folders.folders.value && !folders.folders.value->empty();
  if (!has_folders && draw_state(context, rest)) return;
  // The scroll bar lies in the margin.
  draw_cards(context, {rest.x, rest.y, rest.w + ui.px(16), rest.h}, rest.w, view);
}

void LibraryPanel::draw_search(const PanelContext& context, const Box& box) {
  Ui& ui = context.ui;
  const bool has_text = !wanted_.search.empty();
  Box field = box;
  ui.mark("search", box, wanted_.search);
  const auto result = ui::text_field(ui, "search", field, wanted_.search,
                                     {.hint = wanted_.folder.empty() ? "Search" : "Search in this folder",
                                      .icon = ui::icon::kSearch,
                                      .wants_focus = std::exchange(wants_search_focus_, false)});
  if (result.is_changed) typed_ns_ = ui.now_ns();
  if (has_text) {
    const Box clear = field.cut_right(box.h).centered(ui.px(28), ui.px(28));
    // The text runs under the button, so the button has the field's ground.
    ui.fill(clear, ui.palette().field, ui.px(ui.theme().radius.small));
    if (ui::icon_button(ui, "clear", clear, {.icon = ui::icon::kClose, .tip = "Clear the search"})) {
      wanted_.search.clear();
      send_query(context);
    }
  }
  if (result.is_submitted) send_query(context);
  if (typed_ns_ == 0) return;
  if (ui.now_ns() - typed_ns_ >= kTypingPauseNs)
    send_query(context);
  else
    ui.wake_at(typed_ns_ + kTypingPauseNs);
}

void LibraryPanel::draw_sort(const PanelContext& context, const Box& button) {
  Ui& ui = context.ui;
  if (ui::button(ui, "sort", button,
                 {.text = sort_text(wanted_),
                  .kind = ui::ButtonKind::kGhost,
                  .icon = ui::icon::kSortUp,
                  .style = TextStyle::kBody}))
    ui::open_menu("sort-menu");
  ui::Menu menu(ui, "sort-menu", button, ui.px(200), static_cast<int>(kSorts.size()), "Order");
  if (!menu.is_open()) return;
  for (const SortChoice& choice : kSorts) {
    const bool is_chosen = choice.sort == wanted_.sort && choice.is_descending == wanted_.is_descending;
    if (!menu.item({.text = choice.text, .is_chosen = is_chosen})) continue;
    wanted_.sort = choice.sort;
    wanted_.is_descending = choice.is_descending;
    send_query(context);
  }
}

void LibraryPanel::draw_summary(const PanelContext& context, Box row, LibraryView view) {
  Ui& ui = context.ui;
  const LibraryListing& library = context.scene.library;
  const float height = ui.px(ui.theme().control.compact);
  const float sort_width =
      ui::button_width(ui, {.text = sort_text(wanted_), .icon = ui::icon::kSortUp, .style = TextStyle::kBody});
  row.w += ui.px(ui.theme().space.m);  // the text, not the button's ground, ends with the row
  draw_sort(context, row.cut_right(sort_width).centered(sort_width, height));
  const Box refresh = row.cut_right(height).centered(height, height);
  if (ui::icon_button(ui, "refresh", refresh, {.icon = ui::icon::kRefresh, .tip = "Ask the server again"}))
    context.link.refresh_library();
  if (context.scene.link.is_away()) {
    draw_link_state(context, row);
    return;
  }
  std::string text = counted(library.total, "video", "videos");
  if (!library.query.search.empty()) text += " for \u201C" + library.query.search + "\u201D";
  if (library.is_scanning)
    text +=
        fmt::format(" \u00B7 the server looks through its folders, {} of {}", library.scan_done, library.scan_total);
  if (library.items.empty()) text.clear();
  if (view == LibraryView::kFolders) {
    const float width = std::min(ui.text_width(TextStyle::kBody, text), row.w / 2);
    row.cut_right(ui.px(8));
    ui.label(row.cut_right(width), TextStyle::kBody, ui.palette().text_muted, text, ui::Align::kRight);
    row.cut_right(ui.px(32));
    draw_crumbs(context, row);
    return;
  }
  ui.label(row, TextStyle::kBody, ui.palette().text_muted, text);
  if (library.is_loading && !library.items.empty())
    ui::spinner(ui, {row.x + std::min(ui.text_width(TextStyle::kBody, text), row.w) + ui.px(20), row.center().y},
                ui.px(7), ui.palette().text_muted);
}

void LibraryPanel::draw_link_state(const PanelContext& context, Box row) {
  Ui& ui = context.ui;
  ui.icon(row.cut_left(ui.px(18)), TextStyle::kIcon, ui.palette().warning, ui::icon::kUnlink);
  row.cut_left(ui.px(8));
  ui.label(row, TextStyle::kBody, ui.palette().warning,
           fmt::format("The connection was lost; trying again ({})", std::max(context.scene.link.attempt, 1)));
}

bool LibraryPanel::draw_state(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  const LibraryListing& library = context.scene.library;
  if (!library.items.empty()) return false;
  if (!library.error.empty()) {
    const Box below = draw_notice(ui, area, ui::icon::kWarning, "The list could not be had", library.error);
    if (notice_button(ui, below, "Try again")) context.link.refresh_library();
    return true;
  }
  if (library.is_loading) {
    draw_loading(ui, area, "Loading the list");
    return true;
  }
  if (!library.query.search.empty()) {
    const Box below = draw_notice(ui, area, ui::icon::kSearch, "Nothing found",
                                  "No title or folder has \u201C" + library.query.search + "\u201D in it.");
    if (notice_button(ui, below, "Clear the search")) {
      wanted_.search.clear();
      send_query(context);
    }
    return true;
  }
  if (library.is_scanning) {
    draw_notice(ui, area, ui::icon::kFolderOpen, "Looking for videos",
                fmt::format("The server looks through its folders: {} of {} files so far.", library.scan_done,
                            library.scan_total));
    return true;
  }
  if (!library.query.root.empty()) {
    const Box below = draw_notice(ui, area, ui::icon::kFolderOpen, "Nothing in this folder",
                                  "Its videos were moved or removed, or they may not be seen any more.");
    if (notice_button(ui, below, "The folder above", ui::icon::kArrowUp)) go_up();
    return true;
  }
  draw_notice(ui, area, ui::icon::kFilm, "No videos yet",
              "Put video files into the server's folder; they appear here by themselves.");
  return true;
}

float LibraryPanel::draw_suggestions(const PanelContext& context, const Box& row, std::string_view name,
                                     std::string_view heading, const std::vector<HomeSuggestion>& suggestions) {
  if (suggestions.empty()) return 0;
  Ui& ui = context.ui;
  const CardGrid grid = CardGrid::of(ui, row.w);
  Box rest = row;
  ui.mark(name, {row.x, row.y, row.w, ui.line_height(TextStyle::kTitle)}, std::to_string(suggestions.size()));
  draw_heading(ui, rest, heading);
  const int count = std::min(grid.columns, static_cast<int>(suggestions.size()));
  for (int i = 0; i < count; ++i) {
    const HomeSuggestion& each = suggestions[static_cast<std::size_t>(i)];
    const std::string caption =
        !each.reason.empty()
            ? each.reason
            : fmt::format("{} left",
                          duration_text(std::max<std::int64_t>(each.item.duration_us - each.item.resume_us, 0)));
    draw_media_card(context, grid.box(rest.min(), i), each.item, {fmt::format("{}.{}", name, i), caption});
  }
  return rest.y - row.y + grid.card_height + ui.px(20);
}

void LibraryPanel::draw_cards(const PanelContext& context, const Box& area, float width, LibraryView view) {
  Ui& ui = context.ui;
  const auto& items = context.scene.library.items;
  const HomeSnapshot& home = context.scene.home;
  ui::ScrollArea scroll(ui, "cards", area);
  if (std::exchange(is_moved_, false)) scroll.scroll_to(0);
  const CardGrid grid = CardGrid::of(ui, width);
  Box rest{scroll.origin().x, scroll.origin().y, width, 1e6F};
  // Who searches looks for something of their own.
  const bool is_searching = !context.scene.library.query.search.empty();
  const bool has_suggestions = view == LibraryView::kHome && !is_searching && items.size() > 1 &&
                               (!home.begun.empty() || !home.recommended.empty());
  if (has_suggestions) {
    rest.cut_top(draw_suggestions(context, rest, "begun", "Continue watching", home.begun));
    rest.cut_top(draw_suggestions(context, rest, "recommended", "Recommended", home.recommended));
    draw_heading(ui, rest, "All videos");
  }
  if (view == LibraryView::kFolders && !is_searching) {
    const float height = draw_folders(context, rest, scroll.view());
    rest.cut_top(height);
    if (height > 0 && !items.empty()) {
      rest.cut_top(ui.px(8));
      draw_heading(ui, rest, folder_.empty() ? "Videos" : "In this folder and below");
    }
  }
  const float above = rest.y - scroll.origin().y;
  if (items.empty()) {
    draw_state(context, {rest.x, rest.y, width, std::max(area.h - above, ui.px(240))});
    return scroll.set_height(std::max(area.h, above + ui.px(240)));
  }
  const int count = static_cast<int>(items.size());
  const CardGrid::Range range = grid.seen(count, rest.y, scroll.view());
  for (int i = range.first; i < range.last; ++i) {
    const LibraryItem& item = items[static_cast<std::size_t>(i)];
    draw_media_card(context, grid.box(rest.min(), i), item, {fmt::format("card.{}", i), details_text(item)});
  }
  scroll.set_height(above + range.height + ui.px(8));
  if (scroll.is_near_end() && count < context.scene.library.total && !context.scene.library.is_loading)
    context.link.load_more();
}

}  // namespace zoe::player
