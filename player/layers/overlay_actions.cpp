// The overlay layer's side of the keyboard and the pointer.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/ui/icons.hpp"
#include "player/layers/overlay_layer.hpp"
#include "player/panels/format.hpp"

namespace zoe::player {

bool OverlayLayer::on_event(const app::Event& event) {
  frames_wanted_ = kFramesAfterEvent;
  if (const auto* key = std::get_if<app::KeyEvent>(&event)) {
    if (on_modal_key(*key) || telestration_.on_key(*key) || on_server_key(*key) || on_browser_key(*key)) return true;
    const bool is_typed = host_->is_keyboard_taken();
    if (is_typed || key->action == app::KeyAction::kUp) host_->handle(event);
    return is_typed || on_key(*key);
  }
  if (const auto* dropped = std::get_if<app::FilesDropped>(&event)) {
    open_files(dropped->paths);
    return true;
  }
  host_->handle(event);
  if (const auto* move = std::get_if<app::PointerMove>(&event)) on_pointer(move->x, move->y);
  if (const auto* press = std::get_if<app::PointerPress>(&event)) {
    on_pointer(press->x, press->y);
    return on_press(*press);
  }
  const auto* release = std::get_if<app::PointerRelease>(&event);
  if (release != nullptr && release->button == app::PointerButton::kLeft) telestration_.on_release();
  if (std::holds_alternative<app::PointerLeave>(event)) telestration_.on_leave();
  return false;
}

void OverlayLayer::on_pointer(float x, float y) {
  if (x == pointer_x_ && y == pointer_y_) return;
  pointer_x_ = x;
  pointer_y_ = y;
  moved_ns_ = application_.clock().now_ns();
  if (is_hidden_ || page_of(playback_.snapshot()) != Page::kVideo) return;
  if (host_->is_pointer_taken(x, y))
    telestration_.on_leave();
  else
    telestration_.on_move(x, y);
}

// A press on the picture: once is pause or play, twice is full screen. The second press of two takes the first one
// back, so that two leave it playing as it was.
bool OverlayLayer::on_press(const app::PointerPress& press) {
  moved_ns_ = application_.clock().now_ns();
  const PlaybackSnapshot& playback = playback_.snapshot();
  if (!is_hidden_ && host_->is_pointer_taken(press.x, press.y)) return true;
  if (press.button != app::PointerButton::kLeft || page_of(playback) != Page::kVideo) return false;
  if (!is_hidden_ && telestration_.on_press(host_->focus(), press.x, press.y, toasts_)) return true;
  toggle_pause(playback);
  if (press.clicks % 2 == 0) toggle_fullscreen();
  return true;
}

bool OverlayLayer::on_key(const app::KeyEvent& event) {
  const auto action = keys_.action_of(event);
  if (!action) return false;
  act(static_cast<Action>(*action));
  return true;
}

void OverlayLayer::act(Action action) {
  frames_wanted_ = kFramesAfterEvent;
  const PlaybackSnapshot& playback = playback_.snapshot();
  const Page page = page_of(playback);
  switch (action) {
    case Action::kToggleFullscreen:
      return toggle_fullscreen();
    case Action::kLeave:
      return leave();
    case Action::kToggleServer:
      return toggle_server();
    case Action::kToggleKeys:
      are_keys_shown_ = !are_keys_shown_;
      return;
    case Action::kSearch:
      if (page == Page::kLibrary || is_playlist_open_) browser_.library().focus_search();
      return;
    default:
      break;
  }
  if (page != Page::kVideo) return;
  switch (action) {
    case Action::kTogglePause:
      return toggle_pause(playback);
    case Action::kBackwards:
      return change_rate(shuttle_rate(playback.is_paused ? Rational{1, 1} : playback.rate, -1));
    case Action::kForwards:
      return change_rate(playback.is_paused ? Rational{1, 1} : shuttle_rate(playback.rate, 1));
    case Action::kSeekBack:
      return seek_by(-5'000'000);
    case Action::kSeekForward:
      return seek_by(5'000'000);
    case Action::kSeekBackFine:
      return seek_by(-1'000'000);
    case Action::kSeekForwardFine:
      return seek_by(1'000'000);
    case Action::kSeekStart:
      return playback_.seek(0);
    case Action::kSeekEnd:
      return playback_.seek(playback.duration_us);
    case Action::kSlower:
    case Action::kFaster: {
      const Rational rate = next_rate(playback.rate, action == Action::kFaster ? 1 : -1);
      playback_.set_rate(rate);
      return toasts_.flash(rate.is_negative() ? ui::icon::kRewind : ui::icon::kForward, speed_text(rate));
    }
    case Action::kNext:
      return go_in_queue(1);
    case Action::kPrevious:
      return go_in_queue(-1);
    case Action::kDownload:
      return download_playing();
    case Action::kStepBack:
      return playback_.step(-1);
    case Action::kStepForward:
      return playback_.step(1);
    case Action::kToggleLoop:
      playback_.set_looping(!playback.is_looping);
      return toasts_.flash(ui::icon::kRepeat, playback.is_looping ? "Repeat off" : "Repeat on");
    case Action::kSubtitles:
    case Action::kSecondSubtitles:
    case Action::kSubtitlesEarlier:
    case Action::kSubtitlesLater:
    case Action::kSubtitlesSmaller:
    case Action::kSubtitlesLarger:
      return act_on_subtitles(action);
    case Action::kSaveTrace:
      return save_trace();
    case Action::kZoomIn:
    case Action::kZoomOut:
    case Action::kPanLeft:
    case Action::kPanRight:
    case Action::kPanUp:
    case Action::kPanDown:
    case Action::kToggleFill:
    case Action::kAspect:
    case Action::kFramingReset:
      return act_on_framing(action);
    case Action::kDeinterlacing:
      return change_deinterlacing(playback);
    case Action::kPause:
    case Action::kScreenshot:
    case Action::kSectionFrom:
    case Action::kSectionTo:
    case Action::kSectionClear:
    case Action::kNextChapter:
    case Action::kPreviousChapter:
      return act_on_viewing(action, playback);
    case Action::kMute:
      playback_.set_muted(!playback.sound.is_muted);
      return toasts_.flash(playback.sound.is_muted ? ui::icon::kVolume : ui::icon::kMuted,
                           playback.sound.is_muted ? "Sound on" : "Muted");
    case Action::kQuieter:
      return change_volume(-1);
    case Action::kLouder:
      return change_volume(1);
    case Action::kToggleOverlays:
      is_hidden_ = !is_hidden_;
      moved_ns_ = application_.clock().now_ns();
      return;
    case Action::kTogglePlaylist:
      return toggle_playlist();
    case Action::kToggleBuffers:
      return toggle_buffers();
    case Action::kToggleRoom:
      return toggle_room();
    case Action::kGoLive:
      return channel_.go_live();
    case Action::kToggleAnalysis:
      return toggle_analysis();
    case Action::kToggleGlass:
      return toggle_glass();
    case Action::kToggleNotes:
      return toggle_notes();
    default:
      telestration_.act(action, toasts_);
  }
}

void OverlayLayer::toggle_pause(const PlaybackSnapshot& playback) {
  const bool is_stopped = playback.is_paused || playback.state == PlayState::kEnded;
  if (playback.state == PlayState::kEnded)
    playback_.play();
  else
    playback_.toggle_pause();
  toasts_.flash(is_stopped ? ui::icon::kPlay : ui::icon::kPause, "");
}

void OverlayLayer::seek_by(std::int64_t delta_us) {
  playback_.seek_by(delta_us);
  const std::string seconds = std::to_string(std::abs(delta_us) / 1'000'000) + " s";
  toasts_.flash(delta_us < 0 ? ui::icon::kRewind : ui::icon::kForward, (delta_us < 0 ? "\u2212" : "+") + seconds);
}

void OverlayLayer::change_rate(Rational rate) {
  playback_.set_rate(rate);
  playback_.play();
  toasts_.flash(rate.is_negative() ? ui::icon::kRewind : ui::icon::kForward, speed_text(rate));
}

// One thing at a time, from the topmost.
void OverlayLayer::leave() {
  if (std::exchange(are_keys_shown_, false)) return;
  if (is_server_open() && server_.close_dialog()) return;
  if (application_.window().is_fullscreen()) return toggle_fullscreen();
  if (is_server_open_) return toggle_server();
  if (is_right_open() || is_playlist_open_) {
    is_buffers_open_ = is_playlist_open_ = is_analysis_open_ = is_notes_open_ = false;
    return;
  }
  if (page_of(playback_.snapshot()) == Page::kLibrary && browser_.leave()) {
    frames_wanted_ = kFramesAfterEvent;
    return;
  }
  queue_.clear();
  playback_.close();
}

// In steps of a twentieth.
void OverlayLayer::change_volume(int steps) {
  constexpr float kSteps = 20;
  const float now = std::round(playback_.snapshot().sound.volume * kSteps) + static_cast<float>(steps);
  const float volume = std::clamp(now / kSteps, 0.0F, 1.0F);
  playback_.set_volume(volume);
  toasts_.flash(volume > 0 ? ui::icon::kVolume : ui::icon::kMuted, fmt::format("Volume {:.0f} %", volume * 100));
}

void OverlayLayer::toggle_fullscreen() {
  app::Window& window = application_.window();
  window.set_fullscreen(!window.is_fullscreen());
}

void OverlayLayer::toggle_playlist() {
  is_playlist_open_ = !is_playlist_open_;
  is_right_newer_ = false;
}

void OverlayLayer::toggle_buffers() {
  is_buffers_open_ = !is_buffers_open_;
  is_analysis_open_ = is_analysis_open_ && !is_buffers_open_;
  is_notes_open_ = is_notes_open_ && !is_buffers_open_;
  is_right_newer_ = true;
}

void OverlayLayer::toggle_room() { is_room_open_ = !is_room_open_; }

void OverlayLayer::open(const LibraryItem& item) {
  history_.clear();
  const auto settings = personal_.settings().value;
  const Rational speed = settings ? settings->default_speed : Rational{1, 1};
  const std::int64_t resume_us = is_local_media(item.media) && options_.viewing != nullptr
                                     ? options_.viewing->place_of(local_path_of(item.media))
                                     : item.resume_us;
  playback_.open({.media = item.media,
                  .title = item.title,
                  .rendition = is_local_media(item.media) ? "copy" : options_.rendition,
                  .position_us = resume_us,
                  .rate = speed,
                  .is_looping = options_.is_looping,
                  .sound_language = sound_wish()});
  tell_place(resume_us);
  application_.window().set_title(item.title + " \u2013 Zoetrope");
  moved_ns_ = application_.clock().now_ns();
}

void OverlayLayer::toggle_favourite(const LibraryItem& item) {
  nlohmann::json params;
  params["media"] = item.media;
  // The listing that follows shows what came of it.
  link_.request(item.is_favourite ? "favourites.remove" : "favourites.add", params.dump(),
                [&link = link_](Result<nlohmann::json>&) { link.refresh_library(); });
}

std::int64_t OverlayLayer::follow_progress(const PlaybackSnapshot& playback, std::int64_t now_ns) {
  const bool is_open =
      playback.state != PlayState::kIdle && playback.state != PlayState::kFailed && !is_local_media(playback.media);
  const bool is_moving = playback.state == PlayState::kPlaying;
  const bool is_resting = playback.state == PlayState::kPaused || playback.state == PlayState::kEnded;
  const std::int64_t at_ns =
      progress_.update({.media = is_open ? playback.media : std::string(),
                        .position_us = playback.position_us,
                        .is_settled = (is_moving || is_resting) && !playback.is_seeking,
                        .is_resting = is_resting,
                        .is_ended = playback.state == PlayState::kEnded && !playback.rate.is_negative()},
                       link_snapshot_, now_ns);
  if (page_of(playback) != Page::kLibrary || link_snapshot_.state != LinkState::kSignedIn) {
    was_library_ = false;
    return at_ns;
  }
  // Back from a video: its place has changed, and what is suggested with it.
  if (!std::exchange(was_library_, true)) link_.refresh_library();
  return std::min(at_ns, home_.update(now_ns));
}

}  // namespace zoe::player
