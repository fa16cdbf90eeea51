// The overlay layer's side of rooms.
#include <algorithm>
#include <utility>

#include <imgui_internal.h>

#include "player/layers/overlay_layer.hpp"

namespace zoe::player {

std::int64_t OverlayLayer::follow_room(const PlaybackSnapshot& playback, std::int64_t now_ns) {
  for (std::string& each : room_.take_messages()) {
    toasts_.add(ui::ToastKind::kWarning, std::move(each));
    frames_wanted_ = kFramesAfterEvent;
  }
  const bool is_signed_in =
      link_snapshot_.state == LinkState::kSignedIn || link_snapshot_.state == LinkState::kReconnecting;
  if (!is_signed_in) return now_ns + kNsPerS;
  const bool is_list_seen = page_of(playback) == Page::kLibrary && browser_.page() == BrowserPage::kRooms;
  const std::int64_t at_ns = room_.update(is_list_seen, now_ns);
  const bool is_in_room = room_.is_in_room();
  if (std::exchange(was_in_room_, is_in_room) != is_in_room) {
    is_room_open_ = true;
    queue_.clear();
    frames_wanted_ = kFramesAfterEvent;
  }
  if ((is_in_room && is_room_open_) || is_list_seen)
    frames_wanted_ = std::max(frames_wanted_, room_.has_news() ? 1 : 0);
  return at_ns;
}

void OverlayLayer::draw_room(const PanelContext& context, float right, float top, float bottom) {
  ui::Ui& ui = context.ui;
  // Beside the buffers only where both fit.
  const bool fits = right - RoomPanel::wanted_width(ui) >= ui.screen().x;
  const bool is_shown = is_room_shown() && !is_hidden_ && fits;
  const float open = ui.follow(ImHashStr("room-open"), is_shown ? 1.0F : 0.0F, ui.theme().duration_ms.slow, 0);
  room_panel_.draw(context, right, top, bottom, open);
}

}  // namespace zoe::player
