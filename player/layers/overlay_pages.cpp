// What the overlay layer draws beside the picture: its pages, panels and cards.
#include <imgui_internal.h>

#include <algorithm>
#include <utility>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/layers/overlay_layer.hpp"

namespace zoe::player {

void OverlayLayer::draw(ui::Ui& ui) {
  artwork_.begin_frame();
  const PlaybackSnapshot& playback = playback_.snapshot();
  const auto slots = video_.uploader().slots();
  const auto home = home_.snapshot();
  const LibrarySnapshot folders = folders_.snapshot();
  const PersonalSnapshot personal = personal_.snapshot();
  room_snapshot_ = room_.snapshot(ui.now_ns());
  channel_snapshot_ = channel_.snapshot(ui.now_ns());
  const std::shared_ptr<const MediaDetails> details = details_of(playback);
  const SubtitlePicturePtr words = words_.shown();
  const Scene scene{
      .link = link_snapshot_,
      .library = *library_,
      .home = *home,
      .folders = folders,
      .personal = personal,
      .queue = queue_,
      .analysis = analysis_.snapshot(),
      .overlays = overlays_,
      .playback = playback,
      .room = room_snapshot_,
      .channel = channel_snapshot_,
      .slots = slots,
      .history = history_,
      .utc_ns = application_.clock().utc_ns(),
      .is_fullscreen = application_.window().is_fullscreen(),
      .is_playlist_open = is_playlist_open_,
      .is_buffers_open = is_buffers_open_,
      .is_room_open = is_room_open_,
      .is_analysis_open = is_analysis_open_,
      .chapters = details ? std::span<const media::Chapter>(details->chapters) : std::span<const media::Chapter>(),
      .section = section_,
      .are_words_shown = words && !words->regions.empty(),
      .downloads = downloads_scene(),
      .drawings = telestration_.scene(is_notes_open_),
      .lan = {.found = lan_.found(), .is_on = looks_for_servers(), .has_looked = lan_.has_looked()}};
  PanelRequests requests;
  const PanelContext context{.ui = ui,
                             .scene = scene,
                             .artwork = artwork_,
                             .dialogs = dialogs_,
                             .link = link_,
                             .playback = playback_,
                             .room = room_,
                             .channel = channel_,
                             .toasts = toasts_,
                             .requests = requests,
                             .keys = labels_,
                             .subtitles = subtitles_};
  const Page page = page_of(playback);
  const int slow = ui.theme().duration_ms.slow;
  const float login = ui.follow(ImHashStr("login-alpha"), page == Page::kLogin ? 1.0F : 0.0F, slow, 0);
  const float library = ui.follow(ImHashStr("library-alpha"), page == Page::kLibrary ? 1.0F : 0.0F, slow, 0);
  if (page != Page::kVideo) backdrop_.draw(ui, 1);
  const float server = ui.follow(ImHashStr("server-alpha"), page == Page::kServer ? 1.0F : 0.0F, slow, 0);
  if (page == Page::kLibrary || library > 0) browser_.draw(context, library);
  if (page == Page::kLibrary)
    draw_room(context, ui.screen().right(), ui.screen().y + ui.px(80),
              ui.screen().bottom() - ui.px(ui.theme().space.m));
  if (page == Page::kVideo) draw_video_page(context);
  login_.set_lan(lan_.is_possible());
  if (page == Page::kLogin) login_.draw(context, login);
  if (page == Page::kServer) draw_server(ui, server);
  picker_.draw(context);
  dialogs_.draw(ui, requests);
  const float keys = ui.follow(ImHashStr("keys-alpha"), are_keys_shown_ ? 1.0F : 0.0F, slow, 0);
  if (keys > 0 && draw_key_sheet(ui, key_helps_, keys)) are_keys_shown_ = false;
  toasts_.draw(ui, ui.px(page == Page::kVideo ? 72 : 80));
  artwork_.end_frame(ui.now_ns());
  if (artwork_.has_more()) ui.keep_moving();
  carry_out(requests);
}

void OverlayLayer::draw_video_page(const PanelContext& context) {
  ui::Ui& ui = context.ui;
  const int slow = ui.theme().duration_ms.slow;
  controls_alpha_ = ui.follow(ImHashStr("controls"), wants_controls_ ? 1.0F : 0.0F, slow, 0);
  const float drawer_width = LibraryPanel::wanted_width(ui);
  const float right_width = is_analysis_open_ ? AnalysisPanel::wanted_width(ui)
                            : is_notes_open_  ? NotesPanel::wanted_width(ui)
                                              : BuffersPanel::wanted_width(ui);
  const bool is_room_for_both = drawer_width + right_width + ui.px(ui.theme().space.m) <= ui.screen().w;
  const bool is_drawer_shown =
      is_playlist_open_ && !is_hidden_ && (is_room_for_both || !is_right_open() || !is_right_newer_);
  const bool is_right_shown = is_right_open() && !is_hidden_ && (is_room_for_both || !is_drawer_shown);
  const float drawer = ui.follow(ImHashStr("drawer-open"), is_drawer_shown ? 1.0F : 0.0F, slow, 0);
  const float buffers = ui.follow(ImHashStr("buffers-open"), is_right_shown && is_buffers_open_ ? 1.0F : 0.0F, slow, 0);
  const float analysis =
      ui.follow(ImHashStr("analysis-open"), is_right_shown && is_analysis_open_ ? 1.0F : 0.0F, slow, 0);
  const float notes = ui.follow(ImHashStr("notes-open"), is_right_shown && is_notes_open_ ? 1.0F : 0.0F, slow, 0);
  const float margin = ui.px(ui.theme().space.m);
  const float foot = ui.screen().bottom() - TransportBar::strip_height(ui);
  if (context.scene.playback.state == PlayState::kFailed)
    draw_failure(context);
  else
    draw_waiting(context);
  browser_.library().draw_drawer(context, ui.screen().y + margin + TransportBar::title_height(ui), foot, drawer);
  // Beside the title, or below it where there is no room beside it.
  const bool is_beside_title = ui.screen().w - right_width >= ui.px(280);
  const float right_top = ui.screen().y + margin + (is_beside_title ? 0 : TransportBar::title_height(ui));
  buffers_.draw(context, right_top, foot, buffers);
  analysis_panel_.draw(context, right_top, foot, analysis);
  notes_panel_.draw(context, right_top, foot, notes);
  float right_panel = ui.screen().right();
  if (buffers > 0) right_panel = std::min(right_panel, buffers_.box().x);
  if (analysis > 0) right_panel = std::min(right_panel, analysis_panel_.box().x);
  if (notes > 0) right_panel = std::min(right_panel, notes_panel_.box().x);
  float right_end = is_beside_title ? right_panel : ui.screen().right();
  draw_room(context, right_panel,
            ui.screen().y + margin + (ui.screen().w < ui.px(700) ? TransportBar::title_height(ui) : 0), foot);
  if (is_room_shown() && !is_hidden_) right_end = std::min(right_end, room_panel_.box().x);
  const float bar_left = drawer > 0 ? browser_.library().box().right() : ui.screen().x;
  const float bar_right = is_room_shown() && !is_hidden_ ? std::min(right_panel, room_panel_.box().x) : right_panel;
  if (!is_hidden_) telestration_.draw_panels(context, bar_left + margin, bar_right - margin, foot);
  transport_.draw_title(context, controls_alpha_, right_end - ui.screen().x);
  transport_.draw(context, controls_alpha_);
}

void OverlayLayer::draw_waiting(const PanelContext& context) {
  ui::Ui& ui = context.ui;
  const bool is_shown =
      waiting_ns_ != 0 && ui.now_ns() - waiting_ns_ >= kWaitShownNs && !context.scene.playback.is_paused;
  const float alpha = ui.follow(ImHashStr("waiting"), is_shown ? 1.0F : 0.0F, ui.theme().duration_ms.slow, 0);
  const float side = ui.px(72);
  const ui::Panel panel(ui, "waiting", ui.screen().centered(side, side), {.alpha = alpha, .takes_mouse = false});
  if (panel.is_open()) ui::spinner(ui, panel.box().center(), ui.px(20), ui.palette().accent);
}

void OverlayLayer::draw_failure(const PanelContext& context) {
  ui::Ui& ui = context.ui;
  const PlaybackSnapshot& playback = context.scene.playback;
  const float width = std::min(ui.px(440), ui.screen().w - 2 * ui.px(16));
  const float padding = ui.px(24);
  const float inner = width - 2 * padding;
  const float text = ui.paragraph_height(inner, ui::TextStyle::kBody, playback.error, 6);
  const float button = ui.px(ui.theme().control.height);
  const float title = ui.px(32);
  const ui::Box box = ui.screen().centered(width, padding * 2 + title + ui.px(8) + text + ui.px(20) + button);
  const ui::Panel panel(ui, "failure", box, {.ground = ui::Ground::kSolid});
  if (!panel.is_open()) return;
  ui::Box rest = box.inset(padding);
  ui::Box head = rest.cut_top(title);
  ui.icon(head.cut_left(ui.px(24)), ui::TextStyle::kIconLarge, ui.palette().error, ui::icon::kWarning);
  head.cut_left(ui.px(12));
  ui.label(head, ui::TextStyle::kTitle, ui.palette().text, "This video does not play");
  rest.cut_top(ui.px(8));
  ui.paragraph(rest.cut_top(text).min(), inner, ui::TextStyle::kBody, ui.palette().text_muted, playback.error, 6);
  rest.cut_top(ui.px(20));
  ui::Box row = rest.cut_top(button);
  const ui::Box left = row.cut_left((row.w - ui.px(8)) / 2);
  row.cut_left(ui.px(8));
  if (ui::button(ui, "back", left, {.text = "Back to the library", .kind = ui::ButtonKind::kPrimary}))
    context.requests.leave_media = true;
  if (ui::button(ui, "again", row, {.text = "Try again"}))
    playback_.open({.media = playback.media,
                    .title = playback.title,
                    .rendition = playback.rendition.empty() ? options_.rendition : playback.rendition,
                    .position_us = playback.position_us,
                    .is_looping = playback.is_looping});
}

}  // namespace zoe::player
