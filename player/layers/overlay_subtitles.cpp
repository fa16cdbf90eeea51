// The overlay layer's side of subtitles.
#include <fmt/format.h>

#include "engine/ui/icons.hpp"
#include "player/layers/overlay_layer.hpp"

namespace zoe::player {
namespace {

constexpr double kSizeStep = 1.1;

std::string language_heard(const PlaybackSnapshot::Sound& sound) {
  if (sound.is_off) return {};
  for (const SoundTrack& track : sound.tracks)
    if (track.track == sound.track) return track.language;
  return {};
}

}  // namespace

void OverlayLayer::follow_subtitles(const PlaybackSnapshot& playback) {
  const std::shared_ptr<const MediaDetails> details = details_of(playback);
  const bool is_known = details != nullptr;
  const Answer<ViewerSettings> settings = personal_.settings();
  // A wish that is still on its way is waited for.
  const bool is_wish_known = is_local_media(playback.media) || link_snapshot_.principal.role == Role::kGuest ||
                             settings.value || !settings.error.empty();
  const std::string failure = subtitles_.follow(playback.state == PlayState::kIdle ? std::string() : playback.media,
                                                is_known && is_wish_known ? &details->subtitles : nullptr,
                                                subtitle_wish(), language_heard(playback.sound));
  if (!failure.empty()) {
    toasts_.add(ui::ToastKind::kWarning, failure);
    frames_wanted_ = kFramesAfterEvent;
  }
  const bool is_bar_shown = wants_controls_ && page_of(playback) == Page::kVideo && transport_.box().h > 0;
  words_.set_covered_from(is_bar_shown ? static_cast<int>(transport_.box().y) : -1);
}

void OverlayLayer::act_on_subtitles(Action action) {
  const auto say = [this](std::string text) { toasts_.flash(ui::icon::kWords, std::move(text)); };
  const auto shift = [&](std::int64_t by_us) {
    subtitles_.set_delay(subtitles_.delay_us() + by_us);
    say(fmt::format("Subtitles {:+.1f} s", static_cast<double>(subtitles_.delay_us()) / 1e6));
  };
  const auto resize = [&](double factor) {
    subtitles_.set_size(subtitles_.size() * factor);
    say(fmt::format("Subtitles {:.0f} %", subtitles_.size() * 100));
  };
  switch (action) {
    case Action::kSubtitles:
      subtitles_.choose_next(SubtitleSlot::kMain);
      return say(subtitles_.text(SubtitleSlot::kMain));
    case Action::kSecondSubtitles:
      subtitles_.choose_next(SubtitleSlot::kSecond);
      return say(subtitles_.text(SubtitleSlot::kSecond));
    case Action::kSubtitlesEarlier:
      return shift(-SubtitleDeck::kDelayStepUs);
    case Action::kSubtitlesLater:
      return shift(SubtitleDeck::kDelayStepUs);
    case Action::kSubtitlesSmaller:
      return resize(1 / kSizeStep);
    case Action::kSubtitlesLarger:
      return resize(kSizeStep);
    default:
      return;
  }
}

}  // namespace zoe::player
