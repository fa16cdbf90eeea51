// A file in memory, for what is made when it is asked for.
#pragma once

#include <string_view>

#include "engine/core/result.hpp"
#include "engine/core/unique_fd.hpp"

namespace zoe::server {

// Gone when its last descriptor is. kIo, kNoMemory.
Result<UniqueFd> memory_file(std::string_view bytes);

}  // namespace zoe::server
