#include "player/panels/pipeline_history.hpp"

#include <algorithm>

namespace zoe::player {
namespace {

std::uint16_t more(std::uint64_t now, std::uint64_t before) {
  return static_cast<std::uint16_t>(std::min<std::uint64_t>(now > before ? now - before : 0, UINT16_MAX));
}

}  // namespace

bool PipelineHistory::update(const PlaybackSnapshot& snapshot, const std::array<render::SlotState, 3>& slots,
                             std::int64_t now_ns) {
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
      .is_stalled = is_stalled && !snapshot.is_paused,
      .credit_s =
          static_cast<float>(std::max<std::int64_t>(snapshot.network.granted_us - snapshot.network.received_us, 0)) /
          1e6F,
      .sound_ms = static_cast<float>(snapshot.sound.buffered_us) / 1e3F,
      .clock_error_ms = static_cast<float>(snapshot.sound.lateness_us) / 1e3F,
      .is_sound_heard = snapshot.sound.is_heard,
      .serial = snapshot.network.serial,
      .slots = slots,
      .late = more(snapshot.counters.late, counters_.late),
      .dropped = more(snapshot.counters.dropped, counters_.dropped),
      .skipped = more(snapshot.counters.skipped, counters_.skipped)};
  counters_ = snapshot.counters;
  received_bytes_ = received;
  newest_ns_ = now_ns;
  return true;
}

void PipelineHistory::add_shown(std::int64_t now_ns, bool is_late) {
  shown_[shown_count_++ % kShown] = {.at_ns = now_ns, .is_late = is_late};
}

void PipelineHistory::clear() { *this = {}; }

}  // namespace zoe::player
