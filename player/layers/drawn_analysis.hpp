// What of an analysis lies on the picture. Plain values.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/ui/ui.hpp"
#include "player/client/analysis_types.hpp"

namespace zoe::player {

struct DrawnObject {
  std::int32_t id = 0;
  TrackClass kind = TrackClass::kOther;
  Team team = Team::kNone;
  ui::Box box;  // pixels of the window
};

struct DrawnAnalysis {
  std::int64_t time_us = 0;  // of the frame that they lie on
  std::vector<DrawnObject> objects;
};

}  // namespace zoe::player
