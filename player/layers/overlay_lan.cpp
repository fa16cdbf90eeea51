// The overlay layer's side of looking for servers on this network.
#include <algorithm>

#include "player/layers/overlay_layer.hpp"

namespace zoe::player {

bool OverlayLayer::looks_for_servers() const {
  if (!lan_.is_possible()) return false;
  return options_.viewing != nullptr ? options_.viewing->habits().looks_for_servers : !is_lan_off_;
}

void OverlayLayer::look_for_servers(bool is_on) {
  is_lan_off_ = !is_on;
  frames_wanted_ = kFramesAfterEvent;
  if (options_.viewing == nullptr) return;
  ViewingHabits habits = options_.viewing->habits();
  habits.looks_for_servers = is_on;
  options_.viewing->set_habits(std::move(habits));
  options_.viewing->save();
}

// Only while the login card is seen: who is signed in asks nobody.
std::int64_t OverlayLayer::follow_lan(const PlaybackSnapshot& playback, std::int64_t now_ns) {
  const std::int64_t at_ns = lan_.update(page_of(playback) == Page::kLogin && looks_for_servers(), now_ns);
  if (lan_.has_news()) frames_wanted_ = std::max(frames_wanted_, kFramesAfterEvent);
  return at_ns;
}

}  // namespace zoe::player
