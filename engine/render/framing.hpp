// Where a picture is drawn: whole and in its proportions, unless the viewer wants it nearer, moved, cut or stretched.
#pragma once

#include "engine/render/frame_uploader.hpp"

namespace zoe::render {

// In pixels of the drawable, (0, 0) at the top left.
struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  friend bool operator==(const Rect&, const Rect&) = default;
};

inline constexpr double kLeastZoom = 0.25;
inline constexpr double kMostZoom = 16;

struct Framing {
  double zoom = 1;     // of the size that fits; kLeastZoom to kMostZoom
  double pan_x = 0;    // how far the picture is moved to the right, in parts of its drawn width
  double pan_y = 0;    // down, of its height
  double aspect = 0;   // width over height on the screen; 0: its own
  bool fills = false;  // the area is covered and what does not fit is cut, rather than shown whole

  friend bool operator==(const Framing&, const Framing&) = default;
};

// Where the picture lies: partly outside of `area` where it is larger. Empty for an empty picture or area.
Rect place_picture(const TexturedFrame& frame, const Rect& area, const Framing& framing);

// Whole, centred, in its proportions: place_picture without any framing.
Rect fit_picture(const TexturedFrame& frame, const Rect& area);

// With values in their bounds, moved no farther than that the picture's edge reaches the area's.
Framing clamp_framing(const TexturedFrame& frame, const Rect& area, Framing framing);

struct Size {
  int width = 0;
  int height = 0;

  friend bool operator==(const Size&, const Size&) = default;
};

// How large its texture has to be to lose nothing: as drawn, before it is turned, where that is smaller than the coded
// picture both ways; else as coded.
Size texture_size(const TexturedFrame& frame, const Rect& area, const Framing& framing);

// What both have of each other; empty (of no size, at a's place) where they are apart.
Rect intersection(const Rect& a, const Rect& b);

}  // namespace zoe::render
