#include "player/client/clock_keeper.hpp"

#include <utility>

namespace zoe::player {
namespace {

constexpr std::uint32_t kFirstProbes = 8;
constexpr std::int64_t kFirstProbeNs = 150 * kNsPerMs;
constexpr std::int64_t kProbeEveryNs = kNsPerS;

}  // namespace

std::optional<net::ClockEstimate> ClockKeeper::update(std::int64_t now_ns) {
  const std::uint64_t epoch = link_.epoch();
  if (std::exchange(epoch_, epoch) != epoch) {
    sent_ = told_ = 0;
    probe_at_ns_ = 0;
  }
  if (now_ns >= probe_at_ns_) {
    link_.probe();
    ++sent_;
    probe_at_ns_ = now_ns + (sent_ < kFirstProbes ? kFirstProbeNs : kProbeEveryNs);
  }
  auto estimate = link_.clock();
  if (!estimate || estimate->probes == told_) return {};
  told_ = estimate->probes;
  return estimate;
}

}  // namespace zoe::player
