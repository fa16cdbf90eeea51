#include "player/panels/pipeline_history.hpp"

namespace zoe::player {

bool PipelineHistory::update(const PlaybackSnapshot& snapshot, std::int64_t now_ns) {
  if (now_ns < next_ns() && count_ > 0) return false;
  const bool is_moving = snapshot.state == PlayState::kPlaying || snapshot.state == PlayState::kBuffering ||
                         snapshot.state == PlayState::kOpening;
  if (!is_moving && snapshot.revision == revision_) return false;
  revision_ = snapshot.revision;
  const std::uint64_t received = snapshot.network.received_bytes;
  const bool is_stalled = snapshot.state == PlayState::kBuffering || snapshot.state == PlayState::kOpening;
  samples_[count_++ % kSamples] = {
      .at_ns = now_ns,
      .bytes = count_ > 0 && received >= received_bytes_ ? static_cast<float>(received - received_bytes_) : 0.0F,
      .packets_ahead_s = static_cast<float>(snapshot.packets.ahead_us) / 1e6F,
      .frames_ahead = static_cast<float>(snapshot.ring.ahead),
      .is_stalled = is_stalled && !snapshot.is_paused};
  received_bytes_ = received;
  newest_ns_ = now_ns;
  return true;
}

void PipelineHistory::add_shown(std::int64_t now_ns, bool is_late) {
  shown_[shown_count_++ % kShown] = {.at_ns = now_ns, .is_late = is_late};
}

void PipelineHistory::clear() { *this = {}; }

}  // namespace zoe::player
