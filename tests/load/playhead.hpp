// A viewer's virtual playhead: which frame is due when, which came late, and how much media may be asked for.
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/core/clock.hpp"

namespace zoe::load {

// Pure arithmetic. Positions are microseconds since the media's first frame, unrolled over loops: in forward play each
// round adds the duration, in reverse it takes it away.
class Playhead {
 public:
  // `rate` is not 0. Playing begins `buffer_ns` after the first picture could be shown.
  void start(double rate, std::int64_t duration_us, std::int64_t buffer_ns) {
    rate_ = rate;
    duration_us_ = duration_us;
    buffer_ns_ = buffer_ns;
    rounds_ = 0;
    is_running_ = false;
  }

  void went_round() { ++rounds_; }
  bool is_running() const { return is_running_; }

  // The picture at `position_us` can be shown from now on; the first call starts the clock.
  void begin(std::int64_t position_us, std::int64_t now_ns) {
    origin_us_ = unrolled(position_us);
    origin_ns_ = now_ns + buffer_ns_;
    is_running_ = true;
  }

  // The picture at `position_us` is due at `due_ns`, whenever the first one comes.
  void anchor(std::int64_t position_us, std::int64_t due_ns) {
    origin_us_ = unrolled(position_us);
    origin_ns_ = due_ns;
    is_running_ = true;
  }

  std::int64_t unrolled(std::int64_t position_us) const {
    return position_us + (rate_ < 0 ? -1 : 1) * rounds_ * duration_us_;
  }

  // How far the picture lies beyond the first one, in the direction of play; microseconds of media.
  std::int64_t distance_us(std::int64_t position_us) const {
    return (rate_ < 0 ? -1 : 1) * (unrolled(position_us) - origin_us_);
  }

  // When the picture is due, as a time of the clock.
  std::int64_t deadline_ns(std::int64_t position_us) const {
    const auto distance_us = static_cast<double>(unrolled(position_us) - origin_us_);
    return origin_ns_ + static_cast<std::int64_t>(distance_us / rate_ * 1000.0);
  }

  // Media played until now, in microseconds; 0 before the clock runs.
  std::int64_t played_us(std::int64_t now_ns) const {
    if (!is_running_ || now_ns <= origin_ns_) return 0;
    return static_cast<std::int64_t>(static_cast<double>(now_ns - origin_ns_) / 1000.0 * (rate_ < 0 ? -rate_ : rate_));
  }

 private:
  double rate_ = 1;
  std::int64_t duration_us_ = 0;
  std::int64_t buffer_ns_ = 0;
  std::int64_t rounds_ = 0;
  std::int64_t origin_us_ = 0;
  std::int64_t origin_ns_ = 0;
  bool is_running_ = false;
};

}  // namespace zoe::load
