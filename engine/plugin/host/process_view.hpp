// What the kernel says of this process: what it maps, and where its threads are.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace zoe::plugin {

// True when a line of this process's map names `path`.
bool is_in_map(const std::string& path);

// How many threads this process has.
std::size_t count_threads();

// The names of the threads that began in the code of the library that was loaded from `path`: judged by the outermost
// return address on their stack that lies in the program itself or in a library beside `path`. A thread that is on a
// processor at that moment, or that a sanitizer started, is not seen.
std::vector<std::string> threads_of_library(const std::string& path);

}  // namespace zoe::plugin
