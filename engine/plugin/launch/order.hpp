// What zoetrope-launch is told on its command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace zoe::launch {

struct Order {
  std::string folder;                 // where the command runs
  std::string user;                   // its user, where this process is root; empty: this one's
  std::vector<std::string> readable;  // without which it does not run as that user
  std::uint64_t memory_bytes = 0;     // of all its processes together; 0: no limit
  std::uint64_t file_bytes = 0;       // of each file that it writes; 0: no limit
  std::uint64_t cpu_seconds = 0;      // of each of its processes; 0: no limit
  std::uint64_t processes = 0;        // and threads, beside what the user has already; 0: no limit
  int nice = 0;
  std::vector<std::string> command;  // [0] is a path
};

// Nothing where the words are none.
std::optional<Order> parse_order(const std::vector<std::string>& words);

}  // namespace zoe::launch
