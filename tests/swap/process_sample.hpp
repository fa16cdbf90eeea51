// What a process holds, as the kernel tells it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace zoe::test {

struct ProcessSample {
  std::int64_t descriptors = 0;
  std::int64_t mappings = 0;
  std::vector<std::string> plugin_names;  // of those libraries, sorted
  std::int64_t plugin_libraries = 0;      // distinct files below the run folder that are mapped, deleted ones included
  std::int64_t threads = 0;
  std::int64_t resident_kib = 0;
};

// Throws std::runtime_error where the process is gone.
ProcessSample sample_process(pid_t pid, const std::string& run_folder);

}  // namespace zoe::test
