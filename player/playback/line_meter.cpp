#include "player/playback/line_meter.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/clock.hpp"

namespace zoe::player {
namespace {

constexpr double kFastHalfLifeS = 3;
constexpr double kSlowHalfLifeS = 9;
// What is less says more about round trips and wake-ups than about the line.
constexpr std::size_t kLeastSampleBytes = 64U << 10;
// A slow line is heard of before so much has come.
constexpr std::int64_t kMostSampleNs = kNsPerS / 4;
// A line that is busy for a moment only, since it carries more than is asked of it, is to be believed soon, too.
constexpr double kLeastWeightS = 1;

}  // namespace

void LineMeter::Average::add(double sample, double seconds, double half_life_s) {
  const double kept = std::exp2(-seconds / half_life_s);
  bits_per_s = bits_per_s * kept + sample * (1 - kept);
  weight = weight * kept + (1 - kept);
}

void LineMeter::on_received(std::size_t bytes, std::int64_t ns) {
  gathered_bytes_ += bytes;
  gathered_ns_ += std::max<std::int64_t>(ns, 0);
  if (gathered_bytes_ < kLeastSampleBytes && gathered_ns_ < kMostSampleNs) return;
  const double seconds =
      static_cast<double>(std::max<std::int64_t>(gathered_ns_, kNsPerMs)) / static_cast<double>(kNsPerS);
  const double sample = static_cast<double>(gathered_bytes_) * 8 / seconds;
  const double weight_s = gathered_bytes_ >= kLeastSampleBytes ? std::max(seconds, kLeastWeightS) : seconds;
  fast_.add(sample, weight_s, kFastHalfLifeS);
  slow_.add(sample, weight_s, kSlowHalfLifeS);
  measured_bytes_ = std::min(measured_bytes_ + gathered_bytes_, kLeastSampleBytes);
  gathered_bytes_ = 0;
  gathered_ns_ = 0;
}

std::int64_t LineMeter::bits_per_s() const {
  if (measured_bytes_ < kLeastSampleBytes) return 0;
  return std::llround(std::min(fast_.value(), slow_.value()));
}

}  // namespace zoe::player
