// Whole pictures out of interlaced ones: two fields, taken one after the other, lie woven line by line in a frame, and
// what moved between them shows as a comb.
#pragma once

#include "engine/core/result.hpp"
#include "engine/media/frame.hpp"

namespace zoe::media {

// What the decoder says of the picture.
bool is_interlaced(const Frame& frame);

// The picture at the time of its first field, which is the upper one where the decoder says nothing. The other field's
// lines stay where they fit, so that what stands still keeps all its lines, and are made anew where they show a comb,
// along the edges of the picture.
//
// Each frame is looked at alone: so the result is the same forwards, backwards, after a seek and in every chunk. The
// price against filters that look at neighbouring frames is half the lines where something moves. kNoMemory.
Result<FramePtr> deinterlace(const Frame& frame);

}  // namespace zoe::media
