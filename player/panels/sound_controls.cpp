#include "player/panels/sound_controls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr float kSliderWidth = 84;

std::string track_text(const SoundTrack& track, std::size_t number) {
  if (!track.title.empty() && !track.language.empty()) return track.language + " \u00b7 " + track.title;
  if (!track.title.empty()) return track.title;
  return track.language.empty() ? fmt::format("Track {}", number) : track.language;
}

std::string channels_text(int channels) {
  switch (channels) {
    case 1:
      return "mono";
    case 2:
      return "stereo";
    case 6:
      return "5.1";
    case 8:
      return "7.1";
    default:
      return channels > 0 ? fmt::format("{} channels", channels) : std::string();
  }
}

bool has_choice(const PlaybackSnapshot::Sound& sound) { return sound.tracks.size() > 1; }

}  // namespace

float SoundControls::least_width(const PanelContext& context) {
  const Ui& ui = context.ui;
  const PlaybackSnapshot::Sound& sound = context.scene.playback.sound;
  if (sound.tracks.empty()) return 0;
  const float button = ui.px(ui.theme().control.height) + ui.px(4);
  return button + (has_choice(sound) ? button : 0);
}

float SoundControls::width(const PanelContext& context, float room) {
  const float least = least_width(context);
  const float slider = context.ui.px(kSliderWidth + 8);
  return least > 0 && room >= least + slider ? least + slider : least;
}

void SoundControls::draw(const PanelContext& context, Box box, const Box& menu_above) {
  Ui& ui = context.ui;
  const PlaybackSnapshot::Sound& sound = context.scene.playback.sound;
  is_dragging_ = false;
  if (sound.tracks.empty()) return;
  const float side = ui.px(ui.theme().control.height);
  const Box mute = box.cut_left(side).centered(side, side);
  box.cut_left(ui.px(4));
  const bool is_silent = sound.is_muted || sound.volume <= 0 || sound.is_off;
  ui.mark("mute", mute, is_silent ? "muted" : fmt::format("{:.0f} %", sound.volume * 100));
  if (ui::icon_button(ui, "mute", mute,
                      {.icon = is_silent ? ui::icon::kMuted : ui::icon::kVolume,
                       .tip = sound.is_muted ? "Sound on" : "Mute",
                       .shortcut = context.keys.mute}))
    context.playback.set_muted(!sound.is_muted);
  if (has_choice(sound)) {
    const Box tracks = box.cut_right(side).centered(side, side);
    box.cut_right(ui.px(4));
    draw_tracks(context, tracks, menu_above);
  }
  if (box.w >= ui.px(kSliderWidth)) draw_slider(context, box.cut_left(ui.px(kSliderWidth)));
}

void SoundControls::draw_slider(const PanelContext& context, const Box& box) {
  Ui& ui = context.ui;
  const PlaybackSnapshot::Sound& sound = context.scene.playback.sound;
  const ui::Press press = ui::pressable(ui, "volume", box);
  ui.mark("volume", box, fmt::format("{:.0f} %", sound.volume * 100));
  const float warm = ui.follow(ImGui::GetID("volume-warm"), press.is_hovered || press.is_held ? 1.0F : 0.0F,
                               ui.theme().duration_ms.fast);
  const float radius = ui.px(6);
  const float height = ui.px(4);
  const Box track = box.inset(radius, 0).centered(box.w - 2 * radius, height);
  float volume = sound.is_muted ? 0 : sound.volume;
  is_dragging_ = press.is_held;
  if (press.is_held) {
    volume = std::clamp((ImGui::GetIO().MousePos.x - track.x) / std::max(track.w, 1.0F), 0.0F, 1.0F);
    if (volume != sound.volume || sound.is_muted) context.playback.set_volume(volume);
  }
  ui.fill(track, ui.palette().track, height / 2);
  ui.fill({track.x, track.y, std::round(track.w * volume), track.h}, ui.palette().accent, height / 2);
  const ImVec2 handle{track.x + track.w * volume, track.center().y};
  ui.list().AddCircleFilled(handle, std::round(radius * (0.8F + 0.2F * warm)), ui.color(ui.palette().accent), 24);
  if (press.is_hovered && !press.is_held) ui.tip(box, "Volume");
}

void SoundControls::draw_tracks(const PanelContext& context, const Box& button, const Box& menu_above) {
  Ui& ui = context.ui;
  const PlaybackSnapshot::Sound& sound = context.scene.playback.sound;
  ui.mark("sound-tracks", button);
  if (ui::icon_button(ui, "sound-tracks", button, {.icon = ui::icon::kLanguage, .tip = "Spoken language"}))
    ui::open_menu("sound-menu");
  const Box above{button.x, menu_above.y, button.w, menu_above.h};
  ui::Menu menu(ui, "sound-menu", above, ui.px(264), static_cast<int>(sound.tracks.size()) + 1, "Sound");
  if (!menu.is_open()) return;
  std::size_t number = 0;
  for (const SoundTrack& track : sound.tracks) {
    const std::string text = track_text(track, ++number);
    const std::string detail = channels_text(track.channels);
    const bool is_chosen = !sound.is_off && sound.track == track.track;
    if (menu.item({.text = text, .detail = detail, .is_chosen = is_chosen}) && !is_chosen)
      context.playback.choose_sound(track.track);
  }
  if (menu.item({.text = "None", .is_chosen = sound.is_off})) context.playback.choose_sound(std::nullopt);
}

}  // namespace zoe::player
