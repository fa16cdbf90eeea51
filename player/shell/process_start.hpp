// When this process began, for the figure of the cold start.
#pragma once

#include <cstdint>

#include "engine/core/clock.hpp"

namespace zoe::player {

// On `clock`, which must be the system's; to a hundredth of a second. Now, where the system does not tell.
std::int64_t process_start_ns(const Clock& clock);

}  // namespace zoe::player
