// How another machine's clock runs beside ours, from answered probes: pure logic on times it is given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace zoe::net {

// Server clock minus client clock (Clock::now_ns of each).
struct ClockEstimate {
  std::int64_t offset_ns = 0;      // at `at_ns`
  std::int64_t at_ns = 0;          // on the client's clock
  double drift = 0;                // by how much the server's clock runs faster: 1e-6 gains a microsecond a second
  std::int64_t round_trip_ns = 0;  // the shortest of the last ones
  std::uint32_t probes = 0;        // answered until now

  std::int64_t offset_at(std::int64_t client_ns) const {
    return offset_ns + static_cast<std::int64_t>(drift * static_cast<double>(client_ns - at_ns));
  }
  std::int64_t server_ns(std::int64_t client_ns) const { return client_ns + offset_at(client_ns); }
};

// A probe's error is at most half of what its round trip has beyond the line's own, so only those with (nearly) the
// shortest round trip count; through them goes a line, whose slope is the drift, once they span long enough to tell it
// (the minimum filter of NTP, RFC 5905, section 10, with a fit instead of a choice). What the line itself delays more
// in one direction than in the other nobody can see. Not thread-safe.
class ClockEstimator {
 public:
  void add(std::int64_t sent_ns, std::int64_t server_ns, std::int64_t received_ns);
  // Nothing before the first probe.
  const std::optional<ClockEstimate>& estimate() const { return estimate_; }

 private:
  struct Sample {
    std::int64_t at_ns = 0;  // in the middle, on the client's clock
    std::int64_t offset_ns = 0;
    std::int64_t round_trip_ns = 0;
  };
  void forget_another_clock(const Sample& newest);
  ClockEstimate fit() const;

  std::deque<Sample> samples_;
  std::optional<ClockEstimate> estimate_;
  std::uint32_t count_ = 0;
  int strangers_ = 0;  // in a row that no drift explains
};

}  // namespace zoe::net
