// The overlay layer's side of drawings: what is on the screen, the list, the file.
#include <algorithm>
#include <string>
#include <utility>

#include "player/layers/overlay_layer.hpp"
#include "player/layers/saved_files.hpp"

namespace zoe::player {
std::int64_t OverlayLayer::follow_drawings(const PlaybackSnapshot& playback, std::int64_t now_ns) {
  const bool is_signed_in =
      link_snapshot_.state == LinkState::kSignedIn || link_snapshot_.state == LinkState::kReconnecting;
  if (!is_signed_in) return now_ns + kNsPerS;
  const render::TexturedFrame* frame = video_.frame();
  const bool is_video = page_of(playback) == Page::kVideo && !is_local_media(playback.media) && frame != nullptr;
  const bool is_at_rest = playback.state == PlayState::kPaused || playback.state == PlayState::kEnded;
  bool is_dirty = false;
  const std::int64_t at_ns = telestration_.update({.media = is_video ? playback.media : std::string(),
                                                   .may_delete_own = link_snapshot_.principal.role != Role::kGuest,
                                                   .stands = is_video && is_at_rest && !playback.is_seeking,
                                                   .frame_us = frame != nullptr ? frame->tag.pts_us : 0,
                                                   .frame_length_us = playback.frame_us,
                                                   .duration_us = playback.duration_us,
                                                   .picture = video_.picture()},
                                                  now_ns, is_dirty);
  for (NoteFeed::Outcome& each : telestration_.take_outcomes()) {
    toasts_.add(each.is_done ? ui::ToastKind::kGood : ui::ToastKind::kWarning, std::move(each.message));
    is_dirty = true;
  }
  if (is_dirty) frames_wanted_ = std::max(frames_wanted_, kFramesAfterEvent);
  return at_ns;
}

void OverlayLayer::toggle_notes() {
  is_notes_open_ = !is_notes_open_;
  is_buffers_open_ = is_buffers_open_ && !is_notes_open_;
  is_analysis_open_ = is_analysis_open_ && !is_notes_open_;
  is_right_newer_ = true;
}

void OverlayLayer::carry_out_drawings(const DrawingRequests& requests) {
  telestration_.carry_out(requests);
  if (requests.toggle_list) toggle_notes();
  if (requests.save) {
    const std::string name = file_name_of(playback_.snapshot().title + " drawings");
    telestration_.save(free_path(downloads_scene().folder, name, ".json"));
  }
  if (requests.tools || requests.toggle_list || requests.toggle_shown) frames_wanted_ = kFramesAfterEvent;
}

}  // namespace zoe::player
