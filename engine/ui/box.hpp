// Rectangles that layouts cut up.
#pragma once

#include <imgui.h>

#include <algorithm>
#include <cmath>

namespace zoe::ui {

// In pixels. The cut_ functions take a strip off one side and return it; what is left stays.
struct Box {
  float x = 0;
  float y = 0;
  float w = 0;
  float h = 0;

  float right() const { return x + w; }
  float bottom() const { return y + h; }
  ImVec2 min() const { return {x, y}; }
  ImVec2 max() const { return {x + w, y + h}; }
  ImVec2 center() const { return {x + w / 2, y + h / 2}; }
  bool contains(ImVec2 p) const { return p.x >= x && p.x < right() && p.y >= y && p.y < bottom(); }
  bool is_inside(const Box& outer) const {
    return x >= outer.x && y >= outer.y && right() <= outer.right() && bottom() <= outer.bottom();
  }

  Box inset(float dx, float dy) const {
    return {x + dx, y + dy, std::max(w - 2 * dx, 0.0F), std::max(h - 2 * dy, 0.0F)};
  }
  Box inset(float d) const { return inset(d, d); }

  Box cut_left(float width) {
    const float taken = std::min(width, w);
    const Box strip{x, y, taken, h};
    x += taken;
    w -= taken;
    return strip;
  }
  Box cut_right(float width) {
    const float taken = std::min(width, w);
    w -= taken;
    return {x + w, y, taken, h};
  }
  Box cut_top(float height) {
    const float taken = std::min(height, h);
    const Box strip{x, y, w, taken};
    y += taken;
    h -= taken;
    return strip;
  }
  Box cut_bottom(float height) {
    const float taken = std::min(height, h);
    h -= taken;
    return {x, y + h, w, taken};
  }

  // A box of this size in the middle of this one.
  Box centered(float width, float height) const {
    return {std::floor(x + (w - width) / 2), std::floor(y + (h - height) / 2), width, height};
  }
};

}  // namespace zoe::ui
