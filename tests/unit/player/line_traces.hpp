// Lines of changing bandwidth, and what a viewer behind one of them would see.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "player/playback/ladder_rule.hpp"

namespace zoe::test {

// Bits per second in each tenth of a second, for two minutes.
struct LineTrace {
  std::string name;
  std::vector<double> bits_per_s;
};

// Twenty of them, the same every time: steady, falling, rising, in waves, in steps, with gaps, and as mobile networks
// are measured to be (a Markov chain over states of bandwidth, dwelling some seconds in each).
std::vector<LineTrace> line_traces();

struct Viewing {
  double stalled_s = 0;        // after the first picture
  double start_s = 0;          // until the first picture
  double mean_bits_per_s = 0;  // of what was shown
  int switches = 0;
  int abandoned = 0;
};

// A viewer of an endless film in segments of two seconds whose player buffers ten, by the player's own rule and meter.
Viewing view_by_rule(const LineTrace& trace, const std::vector<player::Rung>& rungs);
Viewing view_fixed(const LineTrace& trace, const std::vector<player::Rung>& rungs, std::size_t rung);

}  // namespace zoe::test
