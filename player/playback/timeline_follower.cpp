#include "player/playback/timeline_follower.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace zoe::player {

void TimelineFollower::set_clock(const net::ClockEstimate& clock, std::int64_t now_ns) {
  const std::int64_t wanted = clock.offset_at(now_ns);
  const std::int64_t believed = has_clock_ ? offset_ns(now_ns) : wanted;
  const bool is_far = std::abs(wanted - believed) > kFarNs;
  offset_ns_ = is_far ? wanted : believed;
  rest_ns_ = wanted - offset_ns_;
  drift_ = clock.drift;
  from_ns_ = now_ns;
  has_clock_ = true;
}

void TimelineFollower::set_timelines(std::vector<Timeline> timelines) {
  timelines_ = std::move(timelines);
  std::stable_sort(timelines_.begin(), timelines_.end(),
                   [](const Timeline& a, const Timeline& b) { return a.from_ns < b.from_ns; });
  if (timelines_.size() > kMost) timelines_.erase(timelines_.begin(), timelines_.end() - kMost);
}

std::int64_t TimelineFollower::offset_ns(std::int64_t now_ns) const {
  const auto passed = static_cast<double>(now_ns - from_ns_);
  const double made_up = std::clamp(std::copysign(kMostTrim * std::max(0.0, passed), static_cast<double>(rest_ns_)),
                                    -std::abs(static_cast<double>(rest_ns_)), std::abs(static_cast<double>(rest_ns_)));
  return offset_ns_ + static_cast<std::int64_t>(made_up + drift_ * passed);
}

double TimelineFollower::trim(std::int64_t now_ns) const {
  const double passed = static_cast<double>(now_ns - from_ns_);
  const bool is_done = kMostTrim * passed >= std::abs(static_cast<double>(rest_ns_));
  return drift_ + (is_done ? 0.0 : std::copysign(kMostTrim, static_cast<double>(rest_ns_)));
}

std::int64_t TimelineFollower::server_ns(std::int64_t now_ns) const { return now_ns + offset_ns(now_ns); }

// The offset changes by less than a hundredth of the time: a few rounds reach the nanosecond.
std::int64_t TimelineFollower::local_ns(std::int64_t server_ns) const {
  std::int64_t local = server_ns - offset_ns_;
  for (int i = 0; i < 4; ++i) local = server_ns - offset_ns(local);
  return local;
}

const Timeline& TimelineFollower::current(std::int64_t now_ns) const {
  const std::int64_t server = server_ns(now_ns);
  std::size_t at = 0;
  while (at + 1 < timelines_.size() && timelines_[at + 1].from_ns <= server) ++at;
  return timelines_[at];
}

std::optional<TimelineFollower::Next> TimelineFollower::next(std::int64_t now_ns) const {
  const std::int64_t server = server_ns(now_ns);
  for (std::size_t i = 1; i < timelines_.size(); ++i)
    if (timelines_[i].from_ns > server) return Next{timelines_[i], local_ns(timelines_[i].from_ns)};
  return std::nullopt;
}

std::int64_t TimelineFollower::due_ns(const Timeline& timeline, std::int64_t media_us) const {
  const std::int64_t server = timeline.from_ns + scale((media_us - timeline.media_us) * 1000,
                                                       Rational::make(timeline.rate.den, timeline.rate.num));
  return local_ns(server);
}

}  // namespace zoe::player
