#include "player/panels/playlist_picker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/dialog.hpp"
#include "player/panels/page_parts.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr float kWidth = 460;
constexpr float kRow = 48;
constexpr std::size_t kMostName = 200;

}  // namespace

void PlaylistPicker::ask(LibraryItem item) {
  item_ = std::move(item);
  name_.clear();
  is_fresh_ = true;
}

bool PlaylistPicker::close() { return std::exchange(item_, std::nullopt).has_value(); }

void PlaylistPicker::draw(const PanelContext& context) {
  if (!item_) return;
  Ui& ui = context.ui;
  const float control = ui.px(ui.theme().control.height);
  const float list = std::clamp(ui.screen().h - ui.px(340), ui.px(120), ui.px(6 * kRow));
  Modal modal(ui, "picker", kWidth, ui.px(28 + 4) + ui.line_height(TextStyle::kBody) + ui.px(16 + 16) + control + list,
              is_fresh_);
  Box& rest = modal.inner();
  ui.mark("picker", rest, item_->title);
  Box head = rest.cut_top(ui.px(28));
  const Box cross = head.cut_right(ui.px(32)).centered(ui.px(32), ui.px(32));
  const bool is_left = ui::icon_button(ui, "close", cross, {.icon = ui::icon::kClose, .tip = "Close"});
  ui.label(head, TextStyle::kTitle, ui.palette().text, "Add to a playlist");
  rest.cut_top(ui.px(4));
  ui.label(rest.cut_top(ui.line_height(TextStyle::kBody)), TextStyle::kBody, ui.palette().text_muted, item_->title);
  rest.cut_top(ui.px(16));
  Box row = rest.cut_top(control);
  const ui::Button create{.text = "Create",
                          .kind = ui::ButtonKind::kPrimary,
                          .enabled = name_.empty() ? ui::Enabled::kNo : ui::Enabled::kYes};
  const Box create_box = row.cut_right(ui::button_width(ui, create));
  row.cut_right(ui.px(8));
  ui.mark("picker.name", row, name_);
  ui.mark("picker.create", create_box);
  const auto field = ui::text_field(ui, "name", row, name_, {.hint = "A new playlist", .icon = ui::icon::kPlus});
  if (name_.size() > kMostName) name_.resize(kMostName);
  const bool is_created = ui::button(ui, "create", create_box, create) || (field.is_submitted && !name_.empty());
  rest.cut_top(ui.px(16));
  draw_list(context, rest);
  is_fresh_ = false;
  if (is_created && item_)
    context.requests.commands.push_back({.verb = PersonalVerb::kCreatePlaylist, .name = name_, .media = item_->media});
  if (is_created || is_left || modal.is_left()) close();
}

void PlaylistPicker::draw_list(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  const auto& playlists = context.scene.personal.playlists;
  const PageState state =
      draw_page_state(ui, area, playlists.value != nullptr, playlists.error, "Asking for your playlists");
  if (state == PageState::kRetryWanted) context.requests.refresh_personal = true;
  if (state != PageState::kReady) return;
  const auto may_edit = [](const PlaylistInfo& info) { return info.may_edit; };
  const auto count = std::count_if(playlists.value->begin(), playlists.value->end(), may_edit);
  if (count == 0) {
    ui.paragraph({area.x, area.y + ui.px(24)}, area.w, TextStyle::kBody, ui.palette().text_faint,
                 "You have no playlists yet: name one above.", 3, ui::Align::kCenter);
    return;
  }
  ui::ScrollArea scroll(ui, "playlists", {area.x - ui.px(8), area.y, area.w + ui.px(16), area.h});
  float y = scroll.origin().y;
  int index = 0;
  for (const PlaylistInfo& info : *playlists.value) {
    if (!info.may_edit) continue;
    const Box box{scroll.origin().x, y, area.w + ui.px(8), ui.px(kRow)};
    y += box.h;
    ui.mark(fmt::format("picker.{}", index), box, info.name);
    ImGui::PushID(index++);
    const ui::Press press = draw_row_ground(ui, "playlist", box);
    ImGui::PopID();
    Box inner = box.inset(ui.px(8), 0);
    ui.icon(inner.cut_left(ui.px(24)), TextStyle::kIcon, ui.palette().text_muted, ui::icon::kListOl);
    inner.cut_left(ui.px(8));
    const std::string videos = counted(info.entries, "video", "videos");
    ui.label(inner.cut_right(ui.text_width(TextStyle::kCaption, videos)), TextStyle::kCaption, ui.palette().text_faint,
             videos);
    inner.cut_right(ui.px(12));
    ui.label(inner, TextStyle::kBody, ui.palette().text, info.name);
    if (!press.is_clicked || !item_) continue;
    context.requests.commands.push_back(
        {.verb = PersonalVerb::kAddToPlaylist, .playlist = info.playlist, .name = info.name, .media = item_->media});
    item_.reset();
  }
  scroll.set_height(y - scroll.origin().y);
}

}  // namespace zoe::player
