// One playlist's entries: played, taken out, moved by buttons or by dragging; and who sees it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/dialog.hpp"
#include "player/panels/format.hpp"
#include "player/panels/media_card.hpp"
#include "player/panels/page_parts.hpp"
#include "player/panels/playlists_page.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr float kRow = 64;
constexpr float kShareWidth = 460;

PersonalCommand move_of(const PlaylistDetails& details, int from, int to) {
  return {.verb = PersonalVerb::kMoveEntry,
          .playlist = details.info.playlist,
          .number = details.entries[static_cast<std::size_t>(from)].entry,
          .to = to};
}

}  // namespace

PlayOrder PlayOrder::of(const PlaylistDetails& details, std::size_t index) {
  PlayOrder order{.name = details.info.name, .items = {}, .index = index};
  for (const PlaylistEntry& each : details.entries) order.items.push_back(each.item);
  return order;
}

void PlaylistsPage::draw_entries(const PanelContext& context, const Box& area, const PlaylistDetails& details) {
  Ui& ui = context.ui;
  ui::ScrollArea scroll(ui, "entries", {area.x - ui.px(8), area.y, area.w + ui.px(8 + 16), area.h});
  const float step = ui.px(kRow);
  const int count = static_cast<int>(details.entries.size());
  const float scrolled = scroll.view().y - scroll.origin().y;
  const int first = std::clamp(static_cast<int>(scrolled / step) - 1, 0, count);
  const int last = std::clamp(static_cast<int>((scrolled + scroll.view().h) / step) + 2, first, count);
  for (int i = first; i < last; ++i)
    draw_entry(context, {scroll.origin().x, scroll.origin().y + static_cast<float>(i) * step, area.w + ui.px(8), step},
               details, i);
  if (dragged_ != 0) {
    // Towards an edge the list goes on by itself.
    const float edge = ui.px(32);
    if (drag_y_ < scroll.view().y + edge) ImGui::SetScrollY(std::max(scrolled - ui.px(8), 0.0F));
    if (drag_y_ > scroll.view().bottom() - edge) ImGui::SetScrollY(scrolled + ui.px(8));
    follow_drag(context, details, scroll.origin().y);
    ui.keep_moving();
  }
  scroll.set_height(static_cast<float>(count) * step + ui.px(8));
}

void PlaylistsPage::draw_entry(const PanelContext& context, const Box& box, const PlaylistDetails& details, int index) {
  Ui& ui = context.ui;
  const PlaylistEntry& entry = details.entries[static_cast<std::size_t>(index)];
  const int count = static_cast<int>(details.entries.size());
  const bool may_edit = details.info.may_edit;
  const std::string name = fmt::format("entry.{}", index);
  ui.mark(name, box, entry.item.title);
  ImGui::PushID(name.c_str());
  Box row = box;
  if (may_edit) {
    const float side = ui.px(ui.theme().control.compact);
    row.cut_right(ui.px(8));
    const auto small = [&](const char* id, std::string_view icon, std::string_view tip, bool is_enabled) {
      const Box place = row.cut_right(side).centered(side, side);
      ui.mark(name + "." + id, place);
      return ui::icon_button(ui, id, place,
                             {.icon = icon, .tip = tip, .enabled = is_enabled ? ui::Enabled::kYes : ui::Enabled::kNo});
    };
    if (small("remove", ui::icon::kClose, "Take out of the playlist", true))
      context.requests.commands.push_back(
          {.verb = PersonalVerb::kRemoveEntry, .playlist = details.info.playlist, .number = entry.entry});
    if (small("down", ui::icon::kArrowDown, "Later", index + 1 < count))
      context.requests.commands.push_back(move_of(details, index, index + 1));
    if (small("up", ui::icon::kArrowUp, "Earlier", index > 0))
      context.requests.commands.push_back(move_of(details, index, index - 1));
    row.cut_right(ui.px(8));
    const Box grip = row.cut_left(ui.px(32));
    ui.mark(name + ".grip", grip);
    const ui::Press hold = ui::pressable(ui, "grip", grip, ui::Enabled::kYes, ui::Focus::kNo);
    ui.icon(grip, TextStyle::kIcon, hold.is_hovered || hold.is_held ? ui.palette().text : ui.palette().text_faint,
            ui::icon::kGrip);
    if (hold.is_held && dragged_ == 0 && ImGui::IsMouseDragging(ImGuiMouseButton_Left)) dragged_ = entry.entry;
  }
  const bool is_current = entry.item.media == context.scene.playback.media;
  const ui::Press press = draw_row_ground(ui, "row", row, is_current || dragged_ == entry.entry);
  Box inner = row.inset(ui.px(8), ui.px(8));
  ui.label(inner.cut_left(ui.px(32)), TextStyle::kBody, ui.palette().text_faint, std::to_string(index + 1),
           ui::Align::kCenter);
  inner.cut_left(ui.px(8));
  const Box thumb = inner.cut_left(std::round(inner.h * 16 / 9));
  draw_thumbnail(context, thumb, entry.item, CardLook::kRow, press.is_hovered ? 1 : 0, is_current);
  ImGui::PopID();
  inner.cut_left(ui.px(16));
  std::string below;
  if (!entry.item.is_available)
    below = "Not in the library any more";
  else if (entry.item.duration_us > 0)
    below = duration_text(entry.item.duration_us);
  const float title_height = ui.line_height(TextStyle::kStrong);
  Box text = below.empty() ? inner.centered(inner.w, title_height)
                           : inner.centered(inner.w, title_height + ui.px(2) + ui.line_height(TextStyle::kCaption));
  const ui::Color color = !entry.item.is_available ? ui.palette().text_faint
                          : is_current             ? ui.palette().accent
                                                   : ui.palette().text;
  const bool is_cut = ui.label(text.cut_top(title_height), TextStyle::kStrong, color, entry.item.title);
  if (!below.empty()) {
    text.cut_top(ui.px(2));
    ui.label(text, TextStyle::kCaption, ui.palette().text_faint, below);
  }
  if (is_cut && press.is_hovered) ui.tip(row, entry.item.title);
  if (press.is_clicked && entry.item.is_available)
    context.requests.play = PlayOrder::of(details, static_cast<std::size_t>(index));
}

// The line between two rows where the dragged entry would go; let go, it goes there.
void PlaylistsPage::follow_drag(const PanelContext& context, const PlaylistDetails& details, float top) {
  Ui& ui = context.ui;
  const auto found = std::find_if(details.entries.begin(), details.entries.end(),
                                  [this](const PlaylistEntry& each) { return each.entry == dragged_; });
  if (found == details.entries.end()) {
    dragged_ = 0;
    return;
  }
  drag_y_ = ImGui::GetIO().MousePos.y;
  const float step = ui.px(kRow);
  const int count = static_cast<int>(details.entries.size());
  const int from = static_cast<int>(found - details.entries.begin());
  const int gap = std::clamp(static_cast<int>(std::round((drag_y_ - top) / step)), 0, count);
  const Box view{ui.list().GetClipRectMin().x, 0, ui.list().GetClipRectMax().x - ui.list().GetClipRectMin().x, 0};
  ui.fill({view.x + ui.px(8), top + static_cast<float>(gap) * step - ui.px(1), view.w - ui.px(32), ui.px(2)},
          ui.palette().accent, ui.px(1));
  if (ImGui::IsMouseDown(ImGuiMouseButton_Left)) return;
  dragged_ = 0;
  const int to = gap > from ? gap - 1 : gap;
  if (to != from) context.requests.commands.push_back(move_of(details, from, to));
}

void PlaylistsPage::draw_sharing(const PanelContext& context, const PlaylistDetails& details) {
  Ui& ui = context.ui;
  const PlaylistInfo& info = details.info;
  const bool is_named = info.sharing == Sharing::kNamed;
  const float control = ui.px(ui.theme().control.height);
  const float row_height = ui.px(44);
  const float inner_width = Modal::inner_width(ui, kShareWidth);
  static constexpr std::array<std::string_view, 3> kTexts{
      "Nobody but you sees it.", "Those that you name see it.",
      "Everybody with an account on this server sees it; those named below may change it, where you said so."};
  const std::string_view text = kTexts[static_cast<std::size_t>(info.sharing)];
  const float text_height = ui.paragraph_height(inner_width, TextStyle::kBody, text, 3);
  const bool has_people = info.sharing != Sharing::kPrivate;
  const float people = std::min(static_cast<float>(details.shares.size()) * row_height, 4 * row_height);
  const float height = ui.px(28 + 16) + control + ui.px(12) + text_height +
                       (has_people ? ui.px(16) + control + ui.px(12 + 20 + 12) + people : 0);
  Modal modal(ui, "sharing", kShareWidth, height, is_sharing_fresh_);
  Box& rest = modal.inner();
  ui.mark("sharing", rest, info.name);
  Box head = rest.cut_top(ui.px(28));
  const Box cross = head.cut_right(ui.px(32)).centered(ui.px(32), ui.px(32));
  ui.mark("sharing.close", cross);
  const bool is_closed = ui::icon_button(ui, "close", cross, {.icon = ui::icon::kClose, .tip = "Close"});
  ui.label(head, TextStyle::kTitle, ui.palette().text, "Who sees \u201C" + info.name + "\u201D");
  rest.cut_top(ui.px(16));
  static constexpr std::array<std::string_view, 3> kChoices{"Private", "Named", "Everyone"};
  const int now = static_cast<int>(info.sharing);
  const Box choice = rest.cut_top(control);
  ui.mark("sharing.choice", choice, kChoices[static_cast<std::size_t>(now)]);
  const int chosen = ui::segmented(ui, "sharing-choice", choice, kChoices, now);
  if (chosen != now)
    context.requests.commands.push_back(
        {.verb = PersonalVerb::kShare, .playlist = info.playlist, .sharing = static_cast<Sharing>(chosen)});
  rest.cut_top(ui.px(12));
  ui.paragraph(rest.cut_top(text_height).min(), inner_width, TextStyle::kBody, ui.palette().text_muted, text, 3);
  if (has_people) {
    rest.cut_top(ui.px(16));
    Box row = rest.cut_top(control);
    const ui::Button add{.text = "Add",
                         .kind = is_named ? ui::ButtonKind::kPrimary : ui::ButtonKind::kSecondary,
                         .enabled = share_name_.empty() ? ui::Enabled::kNo : ui::Enabled::kYes};
    const Box add_box = row.cut_right(ui::button_width(ui, add));
    row.cut_right(ui.px(8));
    ui.mark("sharing.name", row, share_name_);
    ui.mark("sharing.add", add_box);
    const auto field =
        ui::text_field(ui, "share-name", row, share_name_, {.hint = "Name of somebody here", .icon = ui::icon::kUser});
    const bool is_added = ui::button(ui, "share-add", add_box, add) || (field.is_submitted && !share_name_.empty());
    rest.cut_top(ui.px(12));
    const Box check = rest.cut_top(ui.px(20));
    ui::checkbox(ui, "share-edit", check, "They may change it too", may_share_edit_);
    rest.cut_top(ui.px(12));
    if (is_added)
      context.requests.commands.push_back({.verb = PersonalVerb::kShareWith,
                                           .playlist = info.playlist,
                                           .name = std::exchange(share_name_, {}),
                                           .is_on = may_share_edit_});
    ui::ScrollArea scroll(ui, "shares", rest);
    float y = scroll.origin().y;
    for (std::size_t i = 0; i < details.shares.size(); ++i, y += row_height) {
      const PlaylistShare& share = details.shares[i];
      Box line{scroll.origin().x, y, std::min(scroll.width(), inner_width), row_height};
      ui.mark(fmt::format("share.{}", i), line, share.user);
      ImGui::PushID(static_cast<int>(i));
      const Box remove = line.cut_right(ui.px(32)).centered(ui.px(32), ui.px(32));
      ui.mark(fmt::format("share.{}.remove", i), remove);
      if (ui::icon_button(ui, "unshare", remove, {.icon = ui::icon::kClose, .tip = "Not with them any more"}))
        context.requests.commands.push_back(
            {.verb = PersonalVerb::kUnshareWith, .playlist = info.playlist, .name = share.user});
      ImGui::PopID();
      ui.icon(line.cut_left(ui.px(20)), TextStyle::kIcon, ui.palette().text_muted, ui::icon::kUser);
      line.cut_left(ui.px(12));
      const std::string_view may = share.may_edit ? "may change it" : "may watch it";
      ui.label(line.cut_right(ui.text_width(TextStyle::kCaption, may) + ui.px(12)), TextStyle::kCaption,
               ui.palette().text_faint, may);
      ui.label(line, TextStyle::kBody, ui.palette().text, share.user);
    }
    scroll.set_height(y - scroll.origin().y);
  }
  is_sharing_fresh_ = false;
  if (is_closed || modal.is_left()) is_sharing_open_ = false;
}

}  // namespace zoe::player
