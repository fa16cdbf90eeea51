#include "player/panels/playlist_panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/ui/icons.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/brand.hpp"
#include "player/panels/format.hpp"
#include "player/panels/media_card.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::Enabled;
using ui::TextStyle;
using ui::Ui;

constexpr std::int64_t kTypingPauseNs = 250'000'000;
constexpr float kCardWidth = 232;  // at least
constexpr float kDrawerWidth = 372;

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

std::string_view role_text(Role role) {
  switch (role) {
    case Role::kAdmin:
      return "Admin";
    case Role::kMember:
      return "Member";
    case Role::kGuest:
      break;
  }
  return "Guest";
}

// An icon, a sentence and an explanation in the middle of an area that has nothing else to show.
// Returns where a button below may lie.
Box draw_notice(Ui& ui, const Box& area, std::string_view icon, std::string_view title, std::string_view text) {
  const float width = std::min(ui.px(420), area.w - 2 * ui.px(16));
  const float text_height = ui.paragraph_height(width, TextStyle::kBody, text, 5);
  const float title_height = ui.line_height(TextStyle::kTitle);
  const float circle = ui.px(64);
  Box box = area.centered(width, circle + ui.px(16) + title_height + ui.px(8) + text_height + ui.px(20 + 40));
  const Box disc = box.cut_top(circle);
  ui.list().AddCircleFilled(disc.center(), circle / 2, ui.color(ui.palette().raised), 48);
  ui.icon(disc, TextStyle::kIconLarge, ui.palette().text_muted, icon);
  box.cut_top(ui.px(16));
  ui.label(box.cut_top(title_height), TextStyle::kTitle, ui.palette().text, title, ui::Align::kCenter);
  box.cut_top(ui.px(8));
  ui.paragraph(box.cut_top(text_height).min(), width, TextStyle::kBody, ui.palette().text_muted, text, 5,
               ui::Align::kCenter);
  box.cut_top(ui.px(20));
  return box;
}

}  // namespace

void PlaylistPanel::send_query(const PanelContext& context) {
  typed_ns_ = 0;
  context.link.set_library_query(wanted_);
}

void PlaylistPanel::draw_page(const PanelContext& context, float alpha) {
  Ui& ui = context.ui;
  box_ = ui.screen();
  const ui::Panel panel(ui, "library", box_, {.ground = ui::Ground::kNone, .alpha = alpha});
  if (!panel.is_open()) return;
  const float side = ui.px(box_.w < ui.px(760) ? ui.theme().space.m : ui.theme().space.xl);
  Box rest = box_;
  draw_header(context, rest.cut_top(ui.px(72)).inset(side, 0));
  draw_summary(context, rest.cut_top(ui.px(44)).inset(side, 0));
  const Box area = rest.inset(side, 0);
  // The scroll bar lies in the margin.
  if (!draw_state(context, area)) draw_cards(context, {area.x, area.y, area.w + side - ui.px(4), area.h}, area.w);
}

void PlaylistPanel::draw_header(const PanelContext& context, Box header) {
  Ui& ui = context.ui;
  const float height = ui.px(ui.theme().control.height);
  const bool is_narrow = header.w < ui.px(700);
  const float brand = draw_brand(ui, header);
  header.cut_left(brand + ui.px(24));
  const std::string& name = context.scene.link.principal.name;
  const float name_width = is_narrow ? 0 : std::min(ui.text_width(TextStyle::kBody, name), ui.px(140)) + ui.px(8);
  const Box account = header.cut_right(height + name_width).centered(height + name_width, height);
  draw_account(context, account);
  if (context.scene.link.principal.role == Role::kAdmin) {
    const Box server = header.cut_right(height).centered(height, height);
    ui.mark("open-control-panel", server);
    if (ui::icon_button(ui, "server", server,
                        {.icon = ui::icon::kDashboard, .tip = "Control panel", .shortcut = context.keys.server}))
      context.requests.toggle_server = true;
  }
  header.cut_right(ui.px(12));
  const float search = std::min(ui.px(380), header.w);
  draw_search(context, is_narrow
                           ? header.centered(header.w, height)
                           : Box{std::clamp(ui.screen().center().x - search / 2, header.x, header.right() - search),
                                 header.centered(search, height).y, search, height});
}

void PlaylistPanel::draw_account(const PanelContext& context, const Box& button) {
  Ui& ui = context.ui;
  const Principal& principal = context.scene.link.principal;
  const ui::Press press = ui::pressable(ui, "account", button);
  if (press.is_hovered) ui.fill(button, ui.palette().raised_hover, ui.px(ui.theme().radius.medium));
  Box inner = button.inset(ui.px(10), 0);
  ui.icon(inner.cut_left(ui.px(20)), TextStyle::kIcon, ui.palette().text_muted, ui::icon::kUser);
  inner.cut_left(ui.px(8));
  if (inner.w > ui.px(8)) ui.label(inner, TextStyle::kBody, ui.palette().text, principal.name);
  if (press.is_clicked) ui::open_menu("account-menu");
  const std::string title = std::string(role_text(principal.role)) + " on " + context.scene.link.server_name;
  ui::Menu menu(ui, "account-menu", button, ui.px(240), 2, title);
  if (!menu.is_open()) return;
  if (menu.item({.text = "Sign out", .icon = ui::icon::kSignOut})) context.link.sign_out();
  if (menu.item({.text = "Choose another server", .icon = ui::icon::kServer})) context.link.disconnect();
}

void PlaylistPanel::draw_search(const PanelContext& context, const Box& box) {
  Ui& ui = context.ui;
  const bool has_text = !wanted_.search.empty();
  Box field = box;
  const auto result = ui::text_field(
      ui, "search", field, wanted_.search,
      {.hint = "Search", .icon = ui::icon::kSearch, .wants_focus = std::exchange(wants_search_focus_, false)});
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

void PlaylistPanel::draw_sort(const PanelContext& context, const Box& button) {
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

void PlaylistPanel::draw_summary(const PanelContext& context, Box row) {
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
  std::string text = library.total == 1 ? "1 video" : fmt::format("{} videos", library.total);
  if (!library.query.search.empty()) text += " for \u201C" + library.query.search + "\u201D";
  if (library.is_scanning)
    text +=
        fmt::format(" \u00B7 the server looks through its folders, {} of {}", library.scan_done, library.scan_total);
  if (library.items.empty()) text.clear();
  ui.label(row, TextStyle::kBody, ui.palette().text_muted, text);
  if (library.is_loading && !library.items.empty())
    ui::spinner(ui, {row.x + std::min(ui.text_width(TextStyle::kBody, text), row.w) + ui.px(20), row.center().y},
                ui.px(7), ui.palette().text_muted);
}

void PlaylistPanel::draw_link_state(const PanelContext& context, Box row) {
  Ui& ui = context.ui;
  ui.icon(row.cut_left(ui.px(18)), TextStyle::kIcon, ui.palette().warning, ui::icon::kUnlink);
  row.cut_left(ui.px(8));
  ui.label(row, TextStyle::kBody, ui.palette().warning,
           fmt::format("The connection was lost; trying again ({})", std::max(context.scene.link.attempt, 1)));
}

bool PlaylistPanel::draw_state(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  const LibraryListing& library = context.scene.library;
  if (!library.items.empty()) return false;
  const auto button_below = [&](const Box& below, std::string_view text) {
    const float width = ui::button_width(ui, {.text = text});
    const Box box{std::round(below.center().x - width / 2), below.y, width, ui.px(ui.theme().control.height)};
    return ui::button(ui, "state-button", box, {.text = text});
  };
  if (!library.error.empty()) {
    const Box below = draw_notice(ui, area, ui::icon::kWarning, "The list could not be had", library.error);
    if (button_below(below, "Try again")) context.link.refresh_library();
    return true;
  }
  if (library.is_loading) {
    const ImVec2 middle{area.center().x, area.y + area.h * 0.38F};
    ui::spinner(ui, middle, ui.px(18), ui.palette().accent);
    ui.label({area.x, middle.y + ui.px(34), area.w, ui.line_height(TextStyle::kBody)}, TextStyle::kBody,
             ui.palette().text_muted, "Loading the list", ui::Align::kCenter);
    return true;
  }
  if (!library.query.search.empty()) {
    const Box below = draw_notice(ui, area, ui::icon::kSearch, "Nothing found",
                                  "No title or folder has \u201C" + library.query.search + "\u201D in it.");
    if (button_below(below, "Clear the search")) {
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
  draw_notice(ui, area, ui::icon::kFilm, "No videos yet",
              "Put video files into the server's folder; they appear here by themselves.");
  return true;
}

PlaylistPanel::Grid PlaylistPanel::grid_of(Ui& ui, float width) {
  Grid grid{.gap = ui.px(20)};
  grid.columns = std::max(1, static_cast<int>((width + grid.gap) / (ui.px(kCardWidth) + grid.gap)));
  const auto columns = static_cast<float>(grid.columns);
  grid.card_width = std::floor((width - grid.gap * (columns - 1)) / columns);
  grid.card_height = std::round(grid.card_width * 9 / 16) + ui.px(68);
  return grid;
}

float PlaylistPanel::draw_suggestions(const PanelContext& context, const Box& row, std::string_view name,
                                      std::string_view heading, const std::vector<HomeSuggestion>& suggestions) {
  if (suggestions.empty()) return 0;
  Ui& ui = context.ui;
  const Grid grid = grid_of(ui, row.w);
  Box rest = row;
  const Box head = rest.cut_top(ui.line_height(TextStyle::kTitle));
  ui.label(head, TextStyle::kTitle, ui.palette().text, heading);
  ui.mark(name, head, std::to_string(suggestions.size()));
  rest.cut_top(ui.px(12));
  const int count = std::min(grid.columns, static_cast<int>(suggestions.size()));
  for (int i = 0; i < count; ++i) {
    const HomeSuggestion& each = suggestions[static_cast<std::size_t>(i)];
    const std::string caption =
        !each.reason.empty()
            ? each.reason
            : fmt::format("{} left",
                          duration_text(std::max<std::int64_t>(each.item.duration_us - each.item.resume_us, 0)));
    draw_card(context,
              {row.x + static_cast<float>(i) * (grid.card_width + grid.gap), rest.y, grid.card_width, grid.card_height},
              each.item, fmt::format("{}.{}", name, i), caption);
  }
  return head.h + ui.px(12) + grid.card_height + ui.px(20);
}

void PlaylistPanel::draw_cards(const PanelContext& context, const Box& area, float width) {
  Ui& ui = context.ui;
  const auto& items = context.scene.library.items;
  const HomeSnapshot& home = context.scene.home;
  ui::ScrollArea scroll(ui, "cards", area);
  const Grid grid = grid_of(ui, width);
  Box rest{scroll.origin().x, scroll.origin().y, width, 1e6F};
  // Who searches looks for something of their own.
  const bool has_suggestions = context.scene.library.query.search.empty() && items.size() > 1 &&
                               (!home.begun.empty() || !home.recommended.empty());
  if (has_suggestions) {
    rest.cut_top(draw_suggestions(context, rest, "begun", "Continue watching", home.begun));
    rest.cut_top(draw_suggestions(context, rest, "recommended", "Recommended", home.recommended));
    ui.label(rest.cut_top(ui.line_height(TextStyle::kTitle)), TextStyle::kTitle, ui.palette().text, "All videos");
    rest.cut_top(ui.px(12));
  }
  const int count = static_cast<int>(items.size());
  const int rows = (count + grid.columns - 1) / grid.columns;
  const float step = grid.card_height + grid.gap;
  const float scrolled = std::max(scroll.view().y - rest.y, 0.0F);
  const int first = std::max(0, static_cast<int>(scrolled / step)) * grid.columns;
  const int last = std::min(count, (static_cast<int>((scroll.view().bottom() - rest.y) / step) + 1) * grid.columns);
  for (int i = first; i < last; ++i) {
    const auto column = static_cast<float>(i % grid.columns);
    const auto row = static_cast<float>(i / grid.columns);
    const LibraryItem& item = items[static_cast<std::size_t>(i)];
    draw_card(context,
              {rest.x + column * (grid.card_width + grid.gap), rest.y + row * step, grid.card_width, grid.card_height},
              item, fmt::format("card.{}", i), details_text(item));
  }
  scroll.set_height(rest.y - scroll.origin().y + static_cast<float>(rows) * step + ui.px(8));
  if (scroll.is_near_end() && count < context.scene.library.total && !context.scene.library.is_loading)
    context.link.load_more();
}

void PlaylistPanel::draw_card(const PanelContext& context, const Box& box, const LibraryItem& item,
                              const std::string& name, const std::string& caption) {
  Ui& ui = context.ui;
  ui.mark(name, box, item.title);
  ImGui::PushID(name.c_str());
  Box rest = box;
  const Box thumb = rest.cut_top(std::round(box.w * 9 / 16));
  // Above the card, so that a press on it is its own.
  const float side = ui.px(ui.theme().control.compact);
  const Box heart{thumb.right() - side - ui.px(6), thumb.y + ui.px(6), side, side};
  const bool may_keep = context.scene.link.principal.role != Role::kGuest;
  const bool is_over_heart = may_keep && ImGui::IsMouseHoveringRect(heart.min(), heart.max());
  const ui::Press press = ui::pressable(ui, "card", box);
  const float warm = ui.follow(ImGui::GetID("warm"), press.is_hovered ? 1.0F : 0.0F, ui.theme().duration_ms.fast);
  draw_thumbnail(ui, thumb, item, CardLook::kCard, is_over_heart ? 0 : warm, false);
  if (warm > 0) ui.outline(thumb, ui.palette().accent.with_alpha(warm), ui.px(ui.theme().radius.medium), 2);
  if (may_keep && (item.is_favourite || warm > 0)) {
    ui.fill(heart, ui::Color{0, 0, 0, 165}, side / 2);
    ui.icon(heart, TextStyle::kIcon, item.is_favourite ? ui.palette().accent : ui::Color{255, 255, 255, 255},
            item.is_favourite ? ui::icon::kHeart : ui::icon::kHeartEmpty);
    ui.mark(name + ".favourite", heart, item.is_favourite ? "yes" : "no");
    if (is_over_heart) ui.tip(heart, item.is_favourite ? "Not a favourite any more" : "Favourite");
  }
  ImGui::PopID();
  rest.cut_top(ui.px(10));
  const Box title = rest.cut_top(ui.line_height(TextStyle::kStrong));
  const bool is_cut = ui.label(title, TextStyle::kStrong, ui.palette().text, item.title);
  rest.cut_top(ui.px(4));
  const Box below = rest.cut_top(ui.line_height(TextStyle::kCaption));
  const bool is_caption_cut = ui.label(below, TextStyle::kCaption, ui.palette().text_faint, caption);
  if (press.is_hovered && !is_over_heart && (is_cut || is_caption_cut)) ui.tip(title, is_cut ? item.title : caption);
  if (!press.is_clicked) return;
  if (is_over_heart)
    context.requests.toggle_favourite = item;
  else
    context.requests.open = item;
}

float PlaylistPanel::wanted_width(Ui& ui) { return ui.px(kDrawerWidth) + ui.px(ui.theme().space.m); }

void PlaylistPanel::draw_drawer(const PanelContext& context, float top, float bottom, float openness) {
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
  ui.label(head, TextStyle::kTitle, ui.palette().text, "Library");
  rest.cut_top(ui.px(10));
  draw_search(context, rest.cut_top(ui.px(ui.theme().control.height)));
  rest.cut_top(ui.px(6));
  draw_summary(context, rest.cut_top(ui.px(40)));
  rest.cut_bottom(ui.px(10));
  const Box area{rest.x - ui.px(8), rest.y, rest.w + ui.px(16), rest.h};
  if (!draw_state(context, area)) draw_rows(context, area);
}

void PlaylistPanel::draw_rows(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  const auto& items = context.scene.library.items;
  ui::ScrollArea scroll(ui, "rows", area);
  const float step = ui.px(76);
  const float scrolled = scroll.view().y - scroll.origin().y;
  const int count = static_cast<int>(items.size());
  const int first = std::clamp(static_cast<int>(scrolled / step), 0, count);
  const int last = std::clamp(static_cast<int>((scrolled + scroll.view().h) / step) + 1, first, count);
  for (int i = first; i < last; ++i)
    draw_row(context,
             {scroll.origin().x, scroll.origin().y + static_cast<float>(i) * step, scroll.width() - ui.px(4), step},
             items[static_cast<std::size_t>(i)], i);
  scroll.set_height(static_cast<float>(count) * step);
  if (scroll.is_near_end() && count < context.scene.library.total && !context.scene.library.is_loading)
    context.link.load_more();
}

void PlaylistPanel::draw_row(const PanelContext& context, const Box& box, const LibraryItem& item, int index) {
  Ui& ui = context.ui;
  const bool is_current = item.media == context.scene.playback.media;
  ImGui::PushID(index);
  const ui::Press press = ui::pressable(ui, "row", box);
  const float warm = ui.follow(ImGui::GetID("warm"), press.is_hovered ? 1.0F : 0.0F, ui.theme().duration_ms.fast);
  ImGui::PopID();
  const float rounding = ui.px(ui.theme().radius.medium);
  if (is_current) ui.fill(box, ui.palette().accent.with_alpha(0.12F), rounding);
  if (warm > 0 && !is_current) ui.fill(box, ui.palette().raised_hover.with_alpha(warm), rounding);
  Box inner = box.inset(ui.px(8), ui.px(8));
  const Box thumb = inner.cut_left(std::round(inner.h * 16 / 9));
  draw_thumbnail(ui, thumb, item, CardLook::kRow, warm, is_current);
  inner.cut_left(ui.px(12));
  const float height = ui.paragraph_height(inner.w, TextStyle::kStrong, item.title, 2);
  const float caption = ui.line_height(TextStyle::kCaption);
  const float top = inner.y + std::max(std::round((inner.h - height - caption - ui.px(2)) / 2), 0.0F);
  ui.paragraph({inner.x, top}, inner.w, TextStyle::kStrong, is_current ? ui.palette().accent : ui.palette().text,
               item.title, 2);
  ui.label({inner.x, top + height + ui.px(2), inner.w, caption}, TextStyle::kCaption, ui.palette().text_faint,
           duration_text(item.duration_us) + " \u00B7 " + details_text(item));
  if (press.is_clicked && !is_current) context.requests.open = item;
}

}  // namespace zoe::player
