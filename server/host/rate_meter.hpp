// A rate out of a count that only grows, over the last few samples.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/core/clock.hpp"

namespace zoe::server {

// One thread at a time. With a sample a second it shows the mean over about three seconds.
class RateMeter {
 public:
  void sample(std::int64_t now_ns, std::uint64_t total) {
    samples_[count_ % samples_.size()] = {now_ns, total};
    ++count_;
  }

  // 0 before there are two samples.
  std::uint64_t per_second() const {
    if (count_ < 2) return 0;
    const Sample& newest = samples_[(count_ - 1) % samples_.size()];
    const Sample& oldest = samples_[count_ <= samples_.size() ? 0 : count_ % samples_.size()];
    const std::int64_t span_ns = newest.at_ns - oldest.at_ns;
    if (span_ns <= 0 || newest.total <= oldest.total) return 0;
    const double seconds = static_cast<double>(span_ns) / static_cast<double>(kNsPerS);
    return static_cast<std::uint64_t>(static_cast<double>(newest.total - oldest.total) / seconds);
  }

 private:
  struct Sample {
    std::int64_t at_ns = 0;
    std::uint64_t total = 0;
  };
  std::array<Sample, 4> samples_{};
  std::size_t count_ = 0;
};

}  // namespace zoe::server
