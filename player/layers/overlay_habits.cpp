// The overlay layer's side of what the next video has from this one: how loud, in which languages, and where a file of
// this machine was left.
#include <algorithm>
#include <utility>

#include "engine/ui/icons.hpp"
#include "player/layers/overlay_layer.hpp"
#include "player/panels/format.hpp"

namespace zoe::player {
namespace {

constexpr std::int64_t kKeepEveryNs = 10 * kNsPerS;

std::string language_of(const PlaybackSnapshot::Sound& sound, std::optional<int> track) {
  for (const SoundTrack& each : sound.tracks)
    if (each.track == track) return each.language;
  return {};
}

}  // namespace

std::string OverlayLayer::sound_wish() const {
  const auto settings = personal_.settings().value;
  if (settings && !settings->audio_language.empty()) return settings->audio_language;
  return options_.viewing != nullptr ? options_.viewing->habits().sound_language : std::string();
}

std::string OverlayLayer::subtitle_wish() const {
  const auto settings = personal_.settings().value;
  if (settings && !settings->subtitle_language.empty()) return settings->subtitle_language;
  return options_.viewing != nullptr ? options_.viewing->habits().subtitle_language : std::string();
}

void OverlayLayer::tell_place(std::int64_t position_us) {
  if (position_us <= 0) return;
  toasts_.add(ui::ToastKind::kNote, "Goes on at " + time_text(position_us) + ". Home starts over.");
}

std::int64_t OverlayLayer::follow_habits(const PlaybackSnapshot& playback, std::int64_t now_ns) {
  if (options_.viewing == nullptr) return app::kNever;
  const bool is_open = playback.state != PlayState::kIdle && playback.state != PlayState::kFailed;
  if (!is_open || playback.media != watched_.media) keep_place(now_ns);
  if (!is_open) {
    watched_ = {};
    return app::kNever;
  }
  ViewingHabits habits = options_.viewing->habits();
  habits.volume = playback.sound.volume;
  habits.is_muted = playback.sound.is_muted;
  const bool is_same = watched_.media == playback.media;
  // Within one video only the viewer changes it.
  if (is_same && watched_.sound && playback.sound.track && watched_.sound != playback.sound.track)
    habits.sound_language = language_of(playback.sound, playback.sound.track);
  if (const auto words = subtitles_.choice()) habits.subtitle_language = *words;
  options_.viewing->set_habits(std::move(habits));

  const bool is_resting = playback.state == PlayState::kPaused || playback.state == PlayState::kEnded;
  const bool comes_to_rest = is_resting && !(is_same && watched_.is_resting);
  watched_.sound = playback.sound.track;
  if (!is_same) watched_ = {.media = playback.media, .sound = playback.sound.track};
  const bool is_settled = (is_resting || playback.state == PlayState::kPlaying) && !playback.is_seeking;
  if (is_settled) {
    watched_.position_us = playback.position_us;
    watched_.duration_us = playback.duration_us;
    watched_.is_resting = is_resting;
  }
  if (comes_to_rest || now_ns - kept_ns_ >= kKeepEveryNs) keep_place(now_ns);
  return playback.state == PlayState::kPlaying ? kept_ns_ + kKeepEveryNs : app::kNever;
}

// A server keeps its own media's.
void OverlayLayer::keep_place(std::int64_t now_ns) {
  if (options_.viewing == nullptr) return;
  kept_ns_ = now_ns;
  if (is_local_media(watched_.media) && watched_.duration_us > 0)
    options_.viewing->set_place(local_path_of(watched_.media), watched_.position_us, watched_.duration_us);
  options_.viewing->save();
}

void OverlayLayer::change_deinterlacing(const PlaybackSnapshot& playback) {
  if (options_.deinterlacing == nullptr) return;
  const auto next_of = [](Deinterlacing mode) {
    return mode == Deinterlacing::kAuto  ? std::pair(Deinterlacing::kOff, "Interlaced pictures as they are")
           : mode == Deinterlacing::kOff ? std::pair(Deinterlacing::kAlways, "Every picture deinterlaced")
                                         : std::pair(Deinterlacing::kAuto, "Interlaced pictures deinterlaced");
  };
  const auto [mode, text] = next_of(options_.deinterlacing->mode());
  options_.deinterlacing->set_mode(mode);
  toasts_.flash(ui::icon::kFilm, text);
  if (options_.viewing != nullptr) {
    ViewingHabits habits = options_.viewing->habits();
    habits.deinterlacing = to_string(mode);
    options_.viewing->set_habits(std::move(habits));
  }
  // What is on the screen was made before.
  if (playback.is_paused && !room_snapshot_.now) playback_.seek(playback.position_us);
}

}  // namespace zoe::player
