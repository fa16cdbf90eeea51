// zoetrope-fetch: signs in, finds the video, and downloads it.
#pragma once

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "player/fetch/fetch_options.hpp"

namespace zoe::player {

// To its end, or until SIGINT or SIGTERM, which must be held before (SignalWatcher). One of the kFetch codes; what went
// wrong has been said on standard error.
int run_fetch(const FetchOptions& options, const Clock& clock, Log& log);

}  // namespace zoe::player
