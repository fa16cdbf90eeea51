// What this process takes of the machine.
#pragma once

#include <cstdint>

namespace zoe::server {

struct ProcessFigures {
  double cpu_s = 0;             // of all its threads since it began
  std::uint64_t rss_bytes = 0;  // in memory now; 0 where the system does not say
};

ProcessFigures process_figures();

}  // namespace zoe::server
