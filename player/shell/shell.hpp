// Puts the player together and runs it.
#pragma once

#include <cstdint>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/result.hpp"
#include "player/options.hpp"

namespace zoe::player {

// Runs until the viewer, the script or a signal ends it; returns the exit code. Errors are why it could not start.
// `start_ns`: when the process began, on `clock`. Main thread, with SignalWatcher::hold_signals called before.
Result<int> run_player(const PlayerOptions& options, std::int64_t start_ns, Clock& clock, Log& log);

}  // namespace zoe::player
