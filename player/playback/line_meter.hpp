// How much the line carries, from what came while something was on its way.
#pragma once

#include <cstddef>
#include <cstdint>

namespace zoe::player {

// Two averages that forget at different speeds, weighted by time; the lower one counts, so that a drop is believed at
// once and a rise only when it lasts. Not thread-safe.
class LineMeter {
 public:
  // `bytes` came within `ns`, all of it with more under way. What is idle between is nobody's measure: not told.
  void on_received(std::size_t bytes, std::int64_t ns);

  // 0 until enough has come to say.
  std::int64_t bits_per_s() const;

  void clear() { *this = {}; }

 private:
  struct Average {
    double bits_per_s = 0;
    double weight = 0;  // 0 to 1: how much of it is measured
    void add(double sample, double seconds, double half_life_s);
    double value() const { return weight > 0 ? bits_per_s / weight : 0; }
  };
  Average fast_;
  Average slow_;
  std::size_t gathered_bytes_ = 0;
  std::int64_t gathered_ns_ = 0;
  std::size_t measured_bytes_ = 0;
};

}  // namespace zoe::player
