// The first moments of the command: its limits, its user, its program.
#pragma once

#include <string>

#include "engine/core/result.hpp"
#include "engine/plugin/launch/order.hpp"

namespace zoe::launch {

// Starts the command in a session of its own: its process. Its folder is given to its user. Words of what is no failure
// but should be known go to standard error.
Result<int> begin(const Order& order);

}  // namespace zoe::launch
