// The overlay layer's side of what a viewer does with a video besides playing it: chapters, a section that repeats,
// pictures saved, the sheet of keys.
#include <algorithm>
#include <utility>

#include "engine/render/screenshot.hpp"
#include "engine/ui/icons.hpp"
#include "player/layers/overlay_layer.hpp"
#include "player/layers/saved_files.hpp"
#include "player/panels/chapters.hpp"
#include "player/panels/format.hpp"

namespace zoe::player {
void OverlayLayer::act_on_viewing(Action action, const PlaybackSnapshot& playback) {
  switch (action) {
    case Action::kPause:
      return playback_.pause();
    case Action::kScreenshot:
      is_shot_wanted_ = true;
      application_.request_redraw();
      return;
    case Action::kSectionFrom:
    case Action::kSectionTo:
      return set_section(action, playback.position_us);
    case Action::kSectionClear:
      if (!section_) return;
      section_.reset();
      return toasts_.flash(ui::icon::kRepeat, "Section off");
    case Action::kNextChapter:
    case Action::kPreviousChapter:
      return go_to_chapter(action == Action::kNextChapter ? 1 : -1, playback);
    default:
      return;
  }
}

void OverlayLayer::set_section(Action edge, std::int64_t position_us) {
  const bool is_from = edge == Action::kSectionFrom;
  if (!section_) section_ = TimeSpan{position_us, position_us};
  (is_from ? section_->from_us : section_->to_us) = position_us;
  if (section_->to_us < section_->from_us) (is_from ? section_->to_us : section_->from_us) = position_us;
  toasts_.flash(ui::icon::kRepeat, (is_from ? "From " : "Up to ") + time_text(position_us, TimeStyle::kMilliseconds));
}

// Where its end (in reverse its beginning) has been shown, the other end follows.
void OverlayLayer::follow_section(const PlaybackSnapshot& playback) {
  if (playback.media != section_media_) {
    section_media_ = playback.media;
    section_.reset();
  }
  if (!section_ || section_->to_us <= section_->from_us || playback.is_seeking || playback.is_paused) return;
  const bool is_moving = playback.state == PlayState::kPlaying || playback.state == PlayState::kEnded;
  if (!is_moving) return;
  const bool is_backwards = playback.rate.is_negative();
  if (!is_backwards && playback.position_us >= section_->to_us) playback_.seek(section_->from_us);
  if (is_backwards && playback.position_us <= section_->from_us) playback_.seek(section_->to_us);
}

void OverlayLayer::go_to_chapter(int direction, const PlaybackSnapshot& playback) {
  const auto details = details_of(playback);
  const auto chapters =
      details ? std::span<const media::Chapter>(details->chapters) : std::span<const media::Chapter>();
  const std::int64_t from_us = playback.is_seeking ? playback.seek_target_us : playback.position_us;
  const std::int64_t target_us = chapter_from(chapters, from_us, direction);
  if (target_us < 0)
    return toasts_.flash(ui::icon::kListOl, chapters.empty() ? "No chapters here" : "No more chapters");
  playback_.seek(target_us);
  const media::Chapter* chapter = chapter_at(chapters, target_us);
  toasts_.flash(ui::icon::kListOl, chapter->title.empty() ? time_text(target_us) : cut_letters(chapter->title, 60));
}

// Before the interface is drawn over it.
void OverlayLayer::take_shot(const app::RenderContext& context) {
  if (!std::exchange(is_shot_wanted_, false) || video_.frame() == nullptr) return;
  const PlaybackSnapshot& playback = playback_.snapshot();
  std::string when = time_text(playback.position_us, TimeStyle::kMilliseconds);
  std::replace(when.begin(), when.end(), ':', '-');
  const std::string path = free_path(downloads_scene().folder, file_name_of(playback.title + " " + when), ".png");
  const auto tell = [this, path, &application = application_](Status saved) {
    application.post_task([this, path, saved = std::move(saved)] {
      frames_wanted_ = kFramesAfterEvent;
      toasts_.add(saved ? ui::ToastKind::kGood : ui::ToastKind::kError,
                  saved ? "Saved as " + path : "The picture could not be saved: " + saved.error().message);
    });
  };
  if (Status taken = shots_.save(render::read_framebuffer(context.width, context.height), path, tell); !taken)
    tell(std::move(taken));
}

}  // namespace zoe::player
