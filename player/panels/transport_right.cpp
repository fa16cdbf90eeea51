// The transport bar's right end: how it is shown, sent, kept and heard.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/local/local_media.hpp"
#include "player/panels/downloads_page.hpp"
#include "player/panels/format.hpp"
#include "player/panels/room_panel.hpp"
#include "player/panels/subtitle_menu.hpp"
#include "player/panels/transport_bar.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

struct RenditionChoice {
  std::string_view name;
  std::string_view text;
  std::string_view detail;
};
constexpr std::array<RenditionChoice, 9> kRenditions{{{"copy", "Original", "as it is in the file"},
                                                      {"h264@auto", "Automatic", "what the line carries"},
                                                      {"h264@720p", "720p", "H.264, smaller"},
                                                      {"h264@480p", "480p", "H.264, small"},
                                                      {"h264@240p", "240p", "H.264, least data"},
                                                      {"jpeg@auto", "JPEG, automatic", "what the line carries"},
                                                      {"jpeg@q90", "JPEG 90", "every frame whole"},
                                                      {"jpeg@q80", "JPEG 80", "less data"},
                                                      {"jpeg@q60", "JPEG 60", "least data"}}};

// What an adaptive rendition is at this moment: "Auto 720p".
std::string current_text(const PlaybackSnapshot& playback) {
  if (playback.rendition.empty()) return "Original";
  if (playback.adaptive.rendition.empty()) return rendition_text(playback.rendition);
  return fmt::format("Auto {}p", std::min(playback.track.width, playback.track.height));
}

bool can_download(const Scene& scene) { return scene.downloads.is_possible && !scene.playback.media.empty(); }

}  // namespace

void TransportBar::draw_right(const PanelContext& context, Box row) {
  Ui& ui = context.ui;
  const float side = ui.px(ui.theme().control.height);
  const auto next = [&](float width) {
    const Box box = row.cut_right(width).centered(width, side);
    row.cut_right(ui.px(4));
    return box;
  };
  row.cut_left(std::ceil((row.w + middle_width(context)) / 2 + ui.px(8)));
  row.w += ui.px(8);
  const bool is_fullscreen = context.scene.is_fullscreen;
  if (ui::icon_button(ui, "fullscreen", next(side),
                      {.icon = is_fullscreen ? ui::icon::kCompress : ui::icon::kExpand,
                       .tip = is_fullscreen ? "Leave full screen" : "Full screen",
                       .shortcut = context.keys.fullscreen}))
    context.requests.toggle_fullscreen = true;
  if (context.scene.link.principal.role == Role::kAdmin) {
    const Box server = next(side);
    ui.mark("open-control-panel", server);
    if (ui::icon_button(ui, "server", server,
                        {.icon = ui::icon::kDashboard, .tip = "Control panel", .shortcut = context.keys.server}))
      context.requests.toggle_server = true;
  }
  // What has no other way is always there; of what is left of the room those have the rest that are missed most.
  const float step = side + ui.px(4);
  const bool is_local = is_local_media(context.scene.playback.media);
  const bool has_words = !context.subtitles.list().empty() && box_.w >= ui.px(600);
  const int fixed = 1 + (is_local ? 0 : 1) + (has_words ? 1 : 0);  // analysis, rendition, subtitles
  float room = row.w - SoundControls::least_width(context) - static_cast<float>(fixed) * step;
  const auto has_room = [&] { return std::exchange(room, room >= step ? room - step : room) >= step; };
  const DrawingsScene& drawings = context.scene.drawings;
  const bool are_drawings_wanted = drawings.may_draw || !drawings.known.notes->empty() || drawings.is_list_open;
  const bool has_drawings = !is_local && are_drawings_wanted && has_room();
  if (has_room() && ui::icon_button(ui, "buffers", next(side),
                                    {.icon = ui::icon::kBars,
                                     .tip = "Buffers",
                                     .shortcut = context.keys.buffers,
                                     .is_on = context.scene.is_buffers_open}))
    context.requests.toggle_buffers = true;
  draw_analysis_button(context, next(side));
  // A file of this machine is played as it is, and nobody else has it.
  if (!is_local) {
    if (box_.w >= ui.px(860) && has_room()) draw_room(context, next(side));
    if (has_drawings) draw_notes_button(context, next(side));
    draw_rendition(context, next(side));
    if (can_download(context.scene) && has_room()) draw_download(context, next(side));
  }
  if (has_words) {
    const Box words = next(side);
    draw_subtitle_menu(context, words, above_bar(words));
  }
  if (const float width = SoundControls::width(context, row.w); width > 0) sound_.draw(context, next(width), box_);
}

void TransportBar::draw_room(const PanelContext& context, const Box& button) {
  Ui& ui = context.ui;
  const RoomSnapshot& room = context.scene.room;
  const bool may_make = context.scene.link.principal.role != Role::kGuest;
  ui.mark("watch-together", button, room.now ? room.now->name : "");
  const bool is_pressed = ui::icon_button(ui, "room", button,
                                          {.icon = ui::icon::kUsers,
                                           .tip = room.now ? "The room" : "Watch together",
                                           .shortcut = context.keys.room,
                                           .is_on = context.scene.is_room_open && room.now,
                                           .enabled = room.now || may_make ? ui::Enabled::kYes : ui::Enabled::kNo});
  if (!is_pressed) return;
  if (room.now)
    context.requests.toggle_room = true;
  else
    ask_for_room(context, context.scene.playback.media);
}

// Who may draw draws; who may not looks at what was drawn.
void TransportBar::draw_notes_button(const PanelContext& context, const Box& button) {
  const DrawingsScene& scene = context.scene.drawings;
  context.ui.mark("draw", button, scene.may_draw ? "draw" : "list");
  const bool is_on = scene.may_draw ? scene.tools.is_open : scene.is_list_open;
  if (!ui::icon_button(context.ui, "draw", button,
                       {.icon = ui::icon::kBrush,
                        .tip = scene.may_draw ? "Draw on the picture" : "Drawings",
                        .shortcut = scene.may_draw ? context.keys.draw : context.keys.drawings,
                        .is_on = is_on}))
    return;
  if (!scene.may_draw) {
    context.requests.drawing.toggle_list = true;
    return;
  }
  context.requests.drawing.tools = scene.tools;
  context.requests.drawing.tools->is_open = !is_on;
}

// Says how far an analysis has come while one goes on.
void TransportBar::draw_analysis_button(const PanelContext& context, const Box& box) {
  Ui& ui = context.ui;
  const AnalysisJob* job = context.scene.analysis.shown();
  const bool is_going_on = job != nullptr && job->is_going_on();
  ui.mark("ai", box, is_going_on ? "running" : "");
  const ui::Press press = ui::pressable(ui, "ai", box);
  const bool is_on = context.scene.is_analysis_open;
  const float rounding = ui.px(ui.theme().radius.medium);
  if (is_on) ui.fill(box, ui.palette().accent.with_alpha(0.16F), rounding);
  if (press.is_hovered) ui.fill(box, ui.palette().raised_hover, rounding);
  ui.label(box, TextStyle::kStrong, is_on || is_going_on ? ui.palette().accent : ui.palette().text, "AI",
           ui::Align::kCenter);
  if (is_going_on) {
    const Box line{box.x + ui.px(8), box.bottom() - ui.px(7), box.w - 2 * ui.px(8), ui.px(2)};
    ui.fill(line, ui.palette().track, ui.px(1));
    ui.fill({line.x, line.y, std::max(line.w * job->fraction, ui.px(2)), line.h}, ui.palette().accent, ui.px(1));
  }
  if (press.is_hovered) ui.tip(box, "Analysis", context.keys.analysis);
  if (press.is_clicked) context.requests.toggle_analysis = true;
}

void TransportBar::draw_download(const PanelContext& context, const Box& button) {
  const PlaybackSnapshot& playback = context.scene.playback;
  const DownloadInfo* download = find_download(context.scene.downloads.list, playback.media);
  const std::string tip = download_tip(download);
  context.ui.mark("download", button, tip);
  const bool is_on = download != nullptr && download->stage != DownloadStage::kDone;
  if (ui::icon_button(context.ui, "download", button,
                      {.icon = ui::icon::kDownload, .tip = tip, .shortcut = context.keys.download, .is_on = is_on}))
    context.requests.download_playing = true;
}

void TransportBar::draw_rendition(const PanelContext& context, const Box& button) {
  Ui& ui = context.ui;
  const std::string& current = context.scene.playback.rendition;
  if (button.w < ui.px(60)) {
    if (ui::icon_button(ui, "rendition", button, {.icon = ui::icon::kSliders, .tip = "How the video is sent"}))
      ui::open_menu("rendition-menu");
  } else {
    const std::string text = current_text(context.scene.playback);
    if (ui::button(ui, "rendition", button, {.text = text, .kind = ui::ButtonKind::kGhost, .style = TextStyle::kBody}))
      ui::open_menu("rendition-menu");
    if (ImGui::IsItemHovered()) ui.tip(button, "How the video is sent");
  }
  ui::Menu menu(ui, "rendition-menu", above_bar(button), ui.px(264), static_cast<int>(kRenditions.size()),
                "How the video is sent");
  if (!menu.is_open()) return;
  for (const RenditionChoice& choice : kRenditions) {
    const bool is_chosen = choice.name == current;
    if (menu.item({.text = choice.text, .detail = choice.detail, .is_chosen = is_chosen}) && !is_chosen)
      context.playback.set_rendition(std::string(choice.name));
  }
}

}  // namespace zoe::player
