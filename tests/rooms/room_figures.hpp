// How far apart several screens are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/rooms/room_core.hpp"

namespace zoe::rooms {

struct Figures {
  std::size_t cores = 0;
  std::size_t frames = 0;  // of the first core that others showed too
  std::size_t pairs = 0;
  // Between any two, when they put the same frame up, in milliseconds.
  double p50_ms = 0;
  double p99_ms = 0;
  double worst_ms = 0;
  double over_two_frames = 0;  // share of them
  // Of all samples of any two while the room ran: those that showed the same frame.
  double same_frame = 0;
  std::size_t commands = 0;
  std::size_t pauses = 0;
  std::size_t pauses_on_one_frame = 0;
};

// `shown`: one list a core. `began_ns` to `ended_ns` counts.
void measure(const std::vector<std::vector<Shown>>& shown, std::int64_t began_ns, std::int64_t ended_ns, Figures& out);

std::string to_table(const Figures& figures);
std::string to_json(const Figures& figures);

}  // namespace zoe::rooms
