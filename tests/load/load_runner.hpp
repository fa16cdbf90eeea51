// Runs all clients on one thread and measures.
#pragma once

#include "engine/core/result.hpp"
#include "tests/load/load_figures.hpp"
#include "tests/load/load_options.hpp"

namespace zoe::load {

// Blocks for ramp, warm-up and measurement. Fails when the server cannot be reached, refuses the sign-in, or has no
// such video; clients that fail later are counted. Stops early on SIGINT, with what was measured until then.
Result<Figures> run_load(const Options& options);

}  // namespace zoe::load
