// The pipeline's last seconds in the Chrome trace format, for chrome://tracing, Perfetto or Speedscope.
#pragma once

#include <string>

#include "player/panels/pipeline_history.hpp"
#include "player/playback/playback.hpp"

namespace zoe::player {

// JSON: a lane for each station that a frame goes through (decoding, the ring, the texture slot, the screen), with what
// was late or left out as moments, and counters for the network, credit, buffers, sound and the clocks' distance. Times
// are microseconds of the program's clock. A few hundred kilobytes.
std::string chrome_trace(const PipelineHistory& history, const PlaybackSnapshot& playback);

}  // namespace zoe::player
