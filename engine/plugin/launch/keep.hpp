// Keeps a command until it has ended, and lets nothing of it outlive it.
#pragma once

#include <cstdint>
#include <string>

namespace zoe::launch {

// Until `child`, a process that this one has started, has ended, the other end of `line` has closed its side, or all
// that came from `child` take more than `memory_bytes` (0: never). Then everything that came from it is killed,
// wherever it has gone: this process must be a subreaper (prctl(2)), so that what loses its parent becomes its child.
// Returns the line that tells how it ended: "exited 0 2", "signalled 11 0", "killed 0 1", "memory 0 1"; the last number
// is how many still ran when the command itself had ended.
std::string keep(int child, int line, std::uint64_t memory_bytes);

}  // namespace zoe::launch
