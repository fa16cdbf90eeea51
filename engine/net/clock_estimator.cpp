#include "engine/net/clock_estimator.hpp"

#include <algorithm>
#include <cstdlib>

namespace zoe::net {
namespace {

// Quartz is good to 50 ppm, bad quartz in the heat to 200; more is no drift but an error of measurement.
constexpr double kMostDrift = 300e-6;
constexpr std::size_t kMostSamples = 64;
constexpr std::int64_t kMostAgeNs = 120'000'000'000;
// With samples good to 100 us, a slope over 15 s is good to some ppm.
constexpr std::int64_t kDriftSpanNs = 15'000'000'000;
constexpr std::size_t kDriftSamples = 6;
// Beyond the shortest round trip: a quarter of it, and what two threads wait for being scheduled.
constexpr std::int64_t kSlackNs = 300'000;
constexpr std::int64_t kAnotherClockNs = 20'000'000;
constexpr int kStrangers = 3;
constexpr std::int64_t kMostClockNs = std::int64_t{1} << 60;  // 36 years

}  // namespace

void ClockEstimator::add(std::int64_t sent_ns, std::int64_t server_ns, std::int64_t received_ns) {
  server_ns = std::clamp(server_ns, -kMostClockNs, kMostClockNs);  // whatever the server says
  const std::int64_t round_trip = std::max<std::int64_t>(0, received_ns - sent_ns);
  const Sample newest{sent_ns + round_trip / 2, server_ns - (sent_ns + round_trip / 2), round_trip};
  ++count_;
  samples_.push_back(newest);
  forget_another_clock(newest);
  while (samples_.size() > kMostSamples || newest.at_ns - samples_.front().at_ns > kMostAgeNs) samples_.pop_front();
  estimate_ = fit();
}

// The machine slept, or it is another one now: its clock has nothing to do with what was measured before.
void ClockEstimator::forget_another_clock(const Sample& newest) {
  if (!estimate_) return;
  const std::int64_t off = std::abs(newest.offset_ns - estimate_->offset_at(newest.at_ns));
  strangers_ = off > newest.round_trip_ns / 2 + kAnotherClockNs ? strangers_ + 1 : 0;
  if (strangers_ < kStrangers) return;
  samples_.erase(samples_.begin(), samples_.end() - kStrangers);
  strangers_ = 0;
}

ClockEstimate ClockEstimator::fit() const {
  const auto shortest = std::min_element(samples_.begin(), samples_.end(), [](const Sample& a, const Sample& b) {
                          return a.round_trip_ns < b.round_trip_ns;
                        })->round_trip_ns;
  const Sample& newest = samples_.back();
  const Sample& first = samples_.front();
  // Times and offsets relative to the newest one: as large numbers they would leave no digits for what is fitted.
  double weights = 0;
  double mean_t = 0;
  double mean_o = 0;
  double spread_tt = 0;
  double spread_to = 0;
  std::size_t good = 0;
  std::int64_t earliest = newest.at_ns;
  for (const Sample& each : samples_) {
    const std::int64_t excess = each.round_trip_ns - shortest;
    if (excess > shortest / 4 + kSlackNs) continue;
    const double error = static_cast<double>(excess) / 2 + 20'000;
    const double weight = 1 / (error * error);
    const auto t = static_cast<double>(each.at_ns - newest.at_ns);
    const auto o = static_cast<double>(each.offset_ns - first.offset_ns);
    weights += weight;
    const double before_t = t - mean_t;
    mean_t += weight / weights * before_t;
    const double before_o = o - mean_o;
    mean_o += weight / weights * before_o;
    spread_tt += weight * before_t * (t - mean_t);
    spread_to += weight * before_t * (o - mean_o);
    earliest = std::min(earliest, each.at_ns);
    ++good;
  }
  ClockEstimate estimate{.at_ns = newest.at_ns, .round_trip_ns = shortest, .probes = count_};
  const bool is_drift_known = good >= kDriftSamples && newest.at_ns - earliest >= kDriftSpanNs && spread_tt > 0;
  if (is_drift_known) estimate.drift = std::clamp(spread_to / spread_tt, -kMostDrift, kMostDrift);
  estimate.offset_ns = first.offset_ns + static_cast<std::int64_t>(mean_o - estimate.drift * mean_t);
  return estimate;
}

}  // namespace zoe::net
