#include "player/playback/vsync_tracker.hpp"

#include <algorithm>
#include <cstdlib>

namespace zoe::player {

void VsyncTracker::set_period_ns(std::int64_t period_ns) {
  if (period_ns == period_ns_) return;
  period_ns_ = std::max<std::int64_t>(0, period_ns);
  count_ = 0;
}

void VsyncTracker::on_swap(std::int64_t now_ns) { swaps_[count_++ % kSwaps] = now_ns; }

std::int64_t VsyncTracker::distance(std::int64_t time_ns, std::int64_t origin_ns) const {
  const std::int64_t rest = (time_ns - origin_ns) % period_ns_;
  const std::int64_t positive = rest < 0 ? rest + period_ns_ : rest;
  return positive >= (period_ns_ + 1) / 2 ? positive - period_ns_ : positive;
}

std::optional<std::int64_t> VsyncTracker::phase_ns() const {
  if (period_ns_ == 0 || count_ < kSwaps) return std::nullopt;
  const std::int64_t newest = swaps_[(count_ - 1) % kSwaps];
  std::int64_t sum = 0;
  for (const std::int64_t swap : swaps_) {
    const std::int64_t off = distance(swap, newest);
    if (std::abs(off) > period_ns_ / 8) return std::nullopt;
    sum += off;
  }
  return newest + sum / static_cast<std::int64_t>(kSwaps);
}

}  // namespace zoe::player
