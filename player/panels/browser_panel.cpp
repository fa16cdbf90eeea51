#include "player/panels/browser_panel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/channels_page.hpp"
#include "player/panels/downloads_page.hpp"
#include "player/panels/favourites_page.hpp"
#include "player/panels/format.hpp"
#include "player/panels/history_page.hpp"
#include "player/panels/page_parts.hpp"
#include "player/panels/profile_page.hpp"
#include "player/panels/rail.hpp"
#include "player/panels/server_parts.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

struct Tab {
  BrowserPage page;
  std::string_view text;
  std::string_view mark;
  std::string_view icon;
  bool is_personal = false;  // for who has an account
};
constexpr std::array<Tab, 9> kTabs{{{BrowserPage::kHome, "Home", "page.home", ui::icon::kHome},
                                    {BrowserPage::kLibrary, "Library", "page.library", ui::icon::kFilm},
                                    {BrowserPage::kRooms, "Rooms", "page.rooms", ui::icon::kUsers},
                                    {BrowserPage::kChannels, "Channels", "page.channels", ui::icon::kSignal},
                                    {BrowserPage::kFavourites, "Favourites", "page.favourites", ui::icon::kHeart, true},
                                    {BrowserPage::kPlaylists, "Playlists", "page.playlists", ui::icon::kListOl, true},
                                    {BrowserPage::kHistory, "History", "page.history", ui::icon::kHistory, true},
                                    {BrowserPage::kDownloads, "Downloads", "page.downloads", ui::icon::kDownload},
                                    {BrowserPage::kProfile, "Profile", "page.profile", ui::icon::kUser, true}}};

// How many downloads are not over yet.
std::string under_way_text(const DownloadsScene& downloads) {
  const auto count = std::count_if(downloads.list->begin(), downloads.list->end(), [](const DownloadInfo& each) {
    return is_under_way(each.stage) || each.stage == DownloadStage::kQueued;
  });
  return count == 0 ? std::string() : std::to_string(count);
}

}  // namespace

bool BrowserPanel::leave() {
  if (page_ == BrowserPage::kLibrary && library_.go_up()) return true;
  if (page_ == BrowserPage::kPlaylists && playlists_.leave()) return true;
  return std::exchange(page_, BrowserPage::kHome) != BrowserPage::kHome;
}

void BrowserPanel::draw(const PanelContext& context, float alpha) {
  Ui& ui = context.ui;
  Box rest = ui.screen();
  const ui::Panel panel(ui, "library", rest, {.ground = ui::Ground::kNone, .alpha = alpha});
  if (!panel.is_open()) return;
  ui.set_focus_scope(true);
  // Who has no account has none of the pages of those who have.
  const bool is_for_all = page_ == BrowserPage::kLibrary || page_ == BrowserPage::kRooms ||
                          page_ == BrowserPage::kChannels || page_ == BrowserPage::kDownloads;
  if (context.scene.link.principal.role == Role::kGuest && !is_for_all) page_ = BrowserPage::kHome;
  bool is_narrow = false;
  const Box rail = cut_rail(ui, rest, is_narrow);
  draw_rail(context, rail, is_narrow);
  rest = rest.inset(ui.px(is_narrow ? ui.theme().space.m : ui.theme().space.l), 0);
  draw_header(context, rest.cut_top(ui.px(72)));
  draw_body(context, rest);
  ui.set_focus_scope(false);
}

void BrowserPanel::draw_rail(const PanelContext& context, Box rail, bool is_narrow) {
  Ui& ui = context.ui;
  const Principal& principal = context.scene.link.principal;
  for (const Tab& each : kTabs) {
    if (each.is_personal && principal.role == Role::kGuest) continue;
    if (each.page == BrowserPage::kDownloads && !context.scene.downloads.is_possible) continue;
    const std::string badge = each.page == BrowserPage::kDownloads ? under_way_text(context.scene.downloads) : "";
    const RailItem item{
        .mark = each.mark, .text = each.text, .icon = each.icon, .is_chosen = each.page == page_, .badge = badge};
    if (!rail_item(ui, rail, item, is_narrow)) continue;
    if (page_ == each.page) playlists_.show(0);
    page_ = each.page;
  }
  rail.cut_bottom(ui.px(12));
  if (principal.role == Role::kAdmin &&
      rail_foot(ui, rail, {.mark = "open-control-panel", .text = "Control panel", .icon = ui::icon::kDashboard},
                is_narrow))
    context.requests.toggle_server = true;
}

void BrowserPanel::draw_header(const PanelContext& context, Box header) {
  Ui& ui = context.ui;
  const float height = ui.px(ui.theme().control.height);
  const bool is_narrow = header.w < ui.px(700);
  const std::string& name = context.scene.link.principal.name;
  const float name_width = is_narrow ? 0 : std::min(ui.text_width(TextStyle::kBody, name), ui.px(140)) + ui.px(8);
  const Box account = header.cut_right(height + name_width).centered(height + name_width, height);
  draw_account(context, account);
  header.cut_right(ui.px(12));
  const bool has_search = page_ == BrowserPage::kHome || page_ == BrowserPage::kLibrary;
  if (has_search) {
    const float search = is_narrow ? header.w : std::min(ui.px(340), header.w / 2);
    library_.draw_search(context, header.cut_right(search).centered(search, height));
    header.cut_right(ui.px(16));
  }
  for (const Tab& each : kTabs)
    if (each.page == page_ && header.w > ui.px(40))
      ui.label(header, TextStyle::kHeadline, ui.palette().text, each.text);
}

void BrowserPanel::draw_account(const PanelContext& context, const Box& button) {
  Ui& ui = context.ui;
  const Principal& principal = context.scene.link.principal;
  ui.mark("account", button, principal.name);
  const ui::Press press = ui::pressable(ui, "account", button);
  if (press.is_hovered) ui.fill(button, ui.palette().raised_hover, ui.px(ui.theme().radius.medium));
  Box inner = button.inset(ui.px(10), 0);
  ui.icon(inner.cut_left(ui.px(20)), TextStyle::kIcon, ui.palette().text_muted, ui::icon::kUser);
  inner.cut_left(ui.px(8));
  if (inner.w > ui.px(8)) ui.label(inner, TextStyle::kBody, ui.palette().text, principal.name);
  if (press.is_clicked) ui::open_menu("account-menu");
  const std::string title = role_text(principal.role) + " on " + context.scene.link.server_name;
  const bool has_profile = principal.role != Role::kGuest;
  ui::Menu menu(ui, "account-menu", button, ui.px(240), has_profile ? 3 : 2, title);
  if (!menu.is_open()) return;
  if (has_profile && menu.item({.text = "Profile", .icon = ui::icon::kUser})) page_ = BrowserPage::kProfile;
  if (menu.item({.text = "Sign out", .icon = ui::icon::kSignOut})) context.link.sign_out();
  if (menu.item({.text = "Choose another server", .icon = ui::icon::kServer})) context.link.disconnect();
}

void BrowserPanel::draw_body(const PanelContext& context, const Box& body) {
  switch (page_) {
    case BrowserPage::kHome:
      return library_.draw_page(context, body, LibraryView::kHome);
    case BrowserPage::kLibrary:
      return library_.draw_page(context, body, LibraryView::kFolders);
    case BrowserPage::kRooms:
      return rooms_.draw(context, body);
    case BrowserPage::kChannels:
      return draw_channels_page(context, body);
    case BrowserPage::kFavourites:
      return draw_favourites_page(context, body);
    case BrowserPage::kPlaylists:
      return playlists_.draw(context, body);
    case BrowserPage::kHistory:
      return draw_history_page(context, body);
    case BrowserPage::kDownloads:
      return draw_downloads_page(context, body);
    case BrowserPage::kProfile:
      return draw_profile_page(context, body);
  }
}

}  // namespace zoe::player
