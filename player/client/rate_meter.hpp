// Bytes a second over the last few seconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "engine/core/clock.hpp"

namespace zoe::player {

// One thread. Sums by quarters of a second, so that it is as small for a fast line as for a slow one.
class RateMeter {
 public:
  static constexpr std::int64_t kSpanNs = 4 * kNsPerS;
  static constexpr std::int64_t kStepNs = kNsPerS / 4;

  void clear() { steps_.clear(); }

  void add(std::uint64_t bytes, std::int64_t now_ns) {
    if (steps_.empty() || now_ns - steps_.back().since_ns >= kStepNs) steps_.push_back({now_ns, 0});
    steps_.back().bytes += bytes;
    while (now_ns - steps_.front().since_ns > kSpanNs) steps_.pop_front();
  }

  // 0 where too little is known.
  double bytes_per_s(std::int64_t now_ns) const {
    std::uint64_t bytes = 0;
    std::int64_t since_ns = now_ns;
    for (const Step& step : steps_) {
      if (now_ns - step.since_ns > kSpanNs) continue;
      bytes += step.bytes;
      since_ns = since_ns < step.since_ns ? since_ns : step.since_ns;
    }
    const std::int64_t span_ns = now_ns - since_ns;
    return span_ns < kStepNs ? 0 : static_cast<double>(bytes) * 1e9 / static_cast<double>(span_ns);
  }

 private:
  struct Step {
    std::int64_t since_ns = 0;
    std::uint64_t bytes = 0;
  };
  std::deque<Step> steps_;
};

}  // namespace zoe::player
