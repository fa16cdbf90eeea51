// The processes that come from a process, as the kernel lists them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace zoe {

struct ProcessFacts {
  int pid = 0;
  int parent = 0;
  std::uint64_t memory_bytes = 0;  // of it in physical memory
};

// All that descend from `pid`, parents before their children, those that have ended but were not reaped among them.
// One that was adopted by somebody outside is none of them any more. Empty where the kernel says nothing.
std::vector<ProcessFacts> descendants_of(int pid);

// True where `pid` was started with this "NAME=value" in its environment, and this process may look at it.
bool has_in_environment(int pid, const std::string& variable);

// Processes and threads of the user.
std::uint64_t count_tasks_of(unsigned user);

}  // namespace zoe
