// The difference of two clocks from answered probes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/net/connection.hpp"

namespace zoe::net {

// A probe's error is at most half its round trip, so of the last few the one with the shortest round trip is believed;
// older ones are forgotten, since clocks drift. One thread.
class ClockFilter {
 public:
  void add(std::int64_t sent_ns, std::int64_t server_ns, std::int64_t received_ns) {
    const std::int64_t round_trip = received_ns - sent_ns;
    samples_[count_ % samples_.size()] = {server_ns - (sent_ns + round_trip / 2), round_trip};
    ++count_;
  }

  std::optional<ClockEstimate> estimate() const {
    if (count_ == 0) return std::nullopt;
    Sample best = samples_[0];
    for (std::size_t i = 1; i < samples_.size() && i < count_; ++i) {
      if (samples_[i].round_trip_ns < best.round_trip_ns) best = samples_[i];
    }
    return ClockEstimate{best.offset_ns, best.round_trip_ns, count_};
  }

 private:
  struct Sample {
    std::int64_t offset_ns = 0;
    std::int64_t round_trip_ns = 0;
  };
  std::array<Sample, 8> samples_{};
  std::uint32_t count_ = 0;
};

}  // namespace zoe::net
