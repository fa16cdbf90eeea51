// The overlay layer's side of channels.
#include <algorithm>
#include <utility>

#include "player/layers/overlay_layer.hpp"

namespace zoe::player {

std::int64_t OverlayLayer::follow_channel(const PlaybackSnapshot& playback, std::int64_t now_ns) {
  for (std::string& each : channel_.take_messages()) {
    toasts_.add(ui::ToastKind::kWarning, std::move(each));
    frames_wanted_ = kFramesAfterEvent;
  }
  const bool is_signed_in =
      link_snapshot_.state == LinkState::kSignedIn || link_snapshot_.state == LinkState::kReconnecting;
  if (!is_signed_in) return now_ns + kNsPerS;
  // One is in a room or on a channel.
  if (room_.is_in_room()) channel_.leave();
  const bool is_list_seen = page_of(playback) == Page::kLibrary && browser_.page() == BrowserPage::kChannels;
  std::int64_t at_ns = channel_.update(is_list_seen, now_ns);
  const bool is_tuned = channel_.is_tuned();
  if (std::exchange(was_tuned_, is_tuned) != is_tuned && is_tuned) queue_.clear();
  const bool is_seen = is_list_seen || (is_tuned && wants_controls_);
  if (!is_seen) return at_ns;
  if (channel_.has_news()) frames_wanted_ = std::max(frames_wanted_, 1);
  // How far behind one is grows while nothing else changes.
  if (channel_snapshot_.is_tuned && !channel_snapshot_.is_live) {
    if (now_ns - drawn_ns_ >= kNsPerS) frames_wanted_ = std::max(frames_wanted_, 1);
    at_ns = std::min(at_ns, std::max(drawn_ns_ + kNsPerS, now_ns + kNsPerMs));
  }
  return at_ns;
}

void OverlayLayer::tune_in(std::uint64_t channel) {
  room_.leave();
  queue_.clear();
  channel_.tune_in(channel);
}

}  // namespace zoe::player
