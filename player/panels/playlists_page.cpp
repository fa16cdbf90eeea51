#include "player/panels/playlists_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/dialog.hpp"
#include "player/panels/media_card.hpp"
#include "player/panels/page_parts.hpp"
#include "player/panels/server_parts.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr std::size_t kMostName = 200;

std::string_view sharing_text(Sharing sharing) {
  switch (sharing) {
    case Sharing::kPrivate:
      return "Only you";
    case Sharing::kNamed:
      return "Shared with some";
    case Sharing::kEveryone:
      return "Shared with everyone";
  }
  return "";
}

std::string_view sharing_icon(Sharing sharing) {
  switch (sharing) {
    case Sharing::kPrivate:
      return ui::icon::kLock;
    case Sharing::kNamed:
      return ui::icon::kUsers;
    case Sharing::kEveryone:
      return ui::icon::kGlobe;
  }
  return "";
}

std::string summary_of(const PlaylistInfo& info) {
  std::string text = counted(info.entries, "video", "videos");
  text += info.is_own ? fmt::format(" \u00B7 {}", sharing_text(info.sharing)) : " \u00B7 by " + info.owner;
  if (!info.is_own && info.may_edit) text += " \u00B7 you may change it";
  return text;
}

void ask_rename(const PanelContext& context, const PlaylistInfo& info) {
  context.dialogs.ask(
      {.title = "Rename the playlist",
       .confirm = "Rename",
       .fields = {{.hint = "Name", .icon = ui::icon::kPencil, .value = info.name, .most_bytes = kMostName}},
       .done = [playlist = info.playlist](PanelRequests& requests, const Dialog::Answers& answers) {
         requests.commands.push_back(
             {.verb = PersonalVerb::kRenamePlaylist, .playlist = playlist, .name = answers.values.front()});
       }});
}

void ask_delete(const PanelContext& context, const PlaylistInfo& info) {
  std::string text = "The list is gone then; its videos stay in the library.";
  if (info.sharing != Sharing::kPrivate) text += " Those that it is shared with lose it too.";
  context.dialogs.ask({.title = "Delete \u201C" + info.name + "\u201D?",
                       .text = std::move(text),
                       .confirm = "Delete",
                       .is_dangerous = true,
                       .done = [playlist = info.playlist](PanelRequests& requests, const Dialog::Answers&) {
                         requests.commands.push_back({.verb = PersonalVerb::kDeletePlaylist, .playlist = playlist});
                       }});
}

}  // namespace

void ask_new_playlist(const PanelContext& context) {
  context.dialogs.ask({.title = "A new playlist",
                       .confirm = "Create",
                       .fields = {{.hint = "Name", .icon = ui::icon::kListOl, .value = {}, .most_bytes = kMostName}},
                       .done = [](PanelRequests& requests, const Dialog::Answers& answers) {
                         requests.commands.push_back(
                             {.verb = PersonalVerb::kCreatePlaylist, .name = answers.values.front()});
                       }});
}

bool PlaylistsPage::leave() {
  if (std::exchange(is_sharing_open_, false)) return true;
  return std::exchange(playlist_, 0) != 0;
}

void PlaylistsPage::draw(const PanelContext& context, const Box& area) {
  if (playlist_ != 0)
    draw_details(context, area);
  else
    draw_list(context, area);
}

void PlaylistsPage::draw_list(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  const auto& playlists = context.scene.personal.playlists;
  const PageState state =
      draw_page_state(ui, area, playlists.value != nullptr, playlists.error, "Asking for your playlists");
  if (state == PageState::kRetryWanted) context.requests.refresh_personal = true;
  if (state != PageState::kReady) return;
  if (playlists.value->empty()) {
    const Box below = draw_notice(ui, area, ui::icon::kListOl, "No playlists yet",
                                  "A playlist plays one video after another, and can be shared with others.");
    if (notice_button(ui, below, "New playlist", ui::icon::kPlus)) ask_new_playlist(context);
    return;
  }
  Box rest = area;
  Box row = rest.cut_top(ui.px(44));
  if (cut_button(ui, row, "playlists.new",
                 {.text = "New playlist", .kind = ui::ButtonKind::kPrimary, .icon = ui::icon::kPlus}))
    ask_new_playlist(context);
  ui.label(row, TextStyle::kBody, ui.palette().text_muted,
           counted(static_cast<std::int64_t>(playlists.value->size()), "playlist", "playlists"));
  rest.cut_top(ui.px(8));
  ui::ScrollArea scroll(ui, "playlists", {rest.x, rest.y, rest.w + ui.px(16), rest.h});
  Box content{scroll.origin().x, scroll.origin().y, rest.w, 1e6F};
  content.cut_top(draw_group(context, content, "Yours", true));
  content.cut_top(draw_group(context, content, "Shared with you", false));
  scroll.set_height(content.y - scroll.origin().y);
}

float PlaylistsPage::draw_group(const PanelContext& context, const Box& row, std::string_view heading, bool is_own) {
  Ui& ui = context.ui;
  const auto& playlists = *context.scene.personal.playlists.value;
  const auto count = std::count_if(playlists.begin(), playlists.end(),
                                   [is_own](const PlaylistInfo& info) { return info.is_own == is_own; });
  if (count == 0) return 0;
  Box rest = row;
  draw_heading(ui, rest, heading);
  CardGrid grid = CardGrid::of(ui, row.w);
  grid.columns = std::max(grid.columns * 3 / 4, 1);
  grid.gap = ui.px(12);
  grid.card_width =
      std::floor((row.w - grid.gap * static_cast<float>(grid.columns - 1)) / static_cast<float>(grid.columns));
  grid.card_height = ui.px(72);
  int at = 0;
  for (std::size_t i = 0; i < playlists.size(); ++i)
    if (playlists[i].is_own == is_own)
      draw_playlist_card(context, grid.box(rest.min(), at++), playlists[i], static_cast<int>(i));
  const int rows = (at + grid.columns - 1) / grid.columns;
  return rest.y - row.y + static_cast<float>(rows) * grid.step() + ui.px(16);
}

void PlaylistsPage::draw_playlist_card(const PanelContext& context, const Box& box, const PlaylistInfo& info,
                                       int index) {
  Ui& ui = context.ui;
  ui.mark(fmt::format("playlist.{}", index), box, info.name);
  ImGui::PushID(index);
  const float rounding = ui.px(ui.theme().radius.medium);
  ui.fill(box, ui::blend(ui.palette().surface, ui.palette().ground), rounding);
  const ui::Press press = draw_row_ground(ui, "playlist", box);
  ImGui::PopID();
  ui.outline(box, ui.palette().line, rounding);
  Box inner = box.inset(ui.px(16), 0);
  const float side = ui.px(40);
  const Box disc = inner.cut_left(side).centered(side, side);
  ui.fill(disc, ui.palette().accent.with_alpha(0.16F), ui.px(ui.theme().radius.medium));
  ui.icon(disc, TextStyle::kIcon, ui.palette().accent, ui::icon::kListOl);
  inner.cut_left(ui.px(12));
  if (info.sharing != Sharing::kPrivate) {
    ui.icon(inner.cut_right(ui.px(20)), TextStyle::kIcon, ui.palette().text_faint, sharing_icon(info.sharing));
    inner.cut_right(ui.px(8));
  }
  Box text =
      inner.centered(inner.w, ui.line_height(TextStyle::kStrong) + ui.px(4) + ui.line_height(TextStyle::kCaption));
  const bool is_cut =
      ui.label(text.cut_top(ui.line_height(TextStyle::kStrong)), TextStyle::kStrong, ui.palette().text, info.name);
  text.cut_top(ui.px(4));
  const std::string summary = summary_of(info);
  const bool is_summary_cut = ui.label(text, TextStyle::kCaption, ui.palette().text_faint, summary);
  if ((is_cut || is_summary_cut) && press.is_hovered) ui.tip(box, is_cut ? info.name : summary);
  if (press.is_clicked) playlist_ = info.playlist;
}

void PlaylistsPage::draw_details(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  const auto& answer = context.scene.personal.playlist;
  const bool is_there = answer.value && answer.value->info.playlist == playlist_;
  Box rest = area;
  Box head = rest.cut_top(ui.px(56));
  if (!is_there) {
    const float side = ui.px(ui.theme().control.height);
    head.x -= ui.px(8);
    const Box back = head.cut_left(side).centered(side, side);
    ui.mark("playlist.back", back);
    if (ui::icon_button(ui, "back", back, {.icon = ui::icon::kArrowLeft, .tip = "All playlists"})) playlist_ = 0;
    const PageState state = draw_page_state(ui, rest, false, answer.error, "Asking for the playlist");
    if (state == PageState::kRetryWanted) context.requests.refresh_personal = true;
    return;
  }
  const PlaylistDetails& details = *answer.value;
  draw_head(context, head, details);
  rest.cut_top(ui.px(8));
  if (details.entries.empty()) {
    const Box below = draw_notice(ui, rest, ui::icon::kListOl, "Nothing in this playlist yet",
                                  "The menu of a video in the library adds it here.");
    if (notice_button(ui, below, "To the library", ui::icon::kFilm)) context.requests.page = BrowserPage::kLibrary;
  } else {
    draw_entries(context, rest, details);
  }
  if (is_sharing_open_) draw_sharing(context, details);
}

void PlaylistsPage::draw_head(const PanelContext& context, Box head, const PlaylistDetails& details) {
  Ui& ui = context.ui;
  const PlaylistInfo& info = details.info;
  const float side = ui.px(ui.theme().control.height);
  head.x -= ui.px(8);  // the arrow, not its ground, begins with the page
  const Box back = head.cut_left(side).centered(side, side);
  ui.mark("playlist.back", back);
  if (ui::icon_button(ui, "back", back, {.icon = ui::icon::kArrowLeft, .tip = "All playlists"})) playlist_ = 0;
  head.w += ui.px(8);
  head.cut_left(ui.px(12));
  const bool has_entries = !details.entries.empty();
  if (cut_button(ui, head, "playlist.play",
                 {.text = "Play",
                  .kind = ui::ButtonKind::kPrimary,
                  .icon = ui::icon::kPlay,
                  .enabled = has_entries ? ui::Enabled::kYes : ui::Enabled::kNo}))
    context.requests.play = PlayOrder::of(details, 0);
  head.cut_right(ui.px(4));
  if (info.is_own) {
    if (cut_icon_button(ui, head, "playlist.delete", {.icon = ui::icon::kTrash, .tip = "Delete"}))
      ask_delete(context, info);
    if (cut_icon_button(ui, head, "playlist.share",
                        {.icon = ui::icon::kShare, .tip = "Who sees it", .is_on = info.sharing != Sharing::kPrivate})) {
      is_sharing_open_ = is_sharing_fresh_ = true;
      share_name_.clear();
    }
    if (cut_icon_button(ui, head, "playlist.rename", {.icon = ui::icon::kPencil, .tip = "Rename"}))
      ask_rename(context, info);
  }
  head.cut_right(ui.px(8));
  Box text = head.centered(head.w, ui.line_height(TextStyle::kTitle) + ui.px(4) + ui.line_height(TextStyle::kCaption));
  const Box title = text.cut_top(ui.line_height(TextStyle::kTitle));
  ui.mark("playlist.name", title, info.name);
  if (ui.label(title, TextStyle::kTitle, ui.palette().text, info.name) &&
      ImGui::IsMouseHoveringRect(title.min(), title.max()))
    ui.tip(title, info.name);
  text.cut_top(ui.px(4));
  ui.label(text, TextStyle::kCaption, ui.palette().text_faint, summary_of(info));
}

}  // namespace zoe::player
