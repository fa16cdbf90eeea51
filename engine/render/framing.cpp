#include "engine/render/framing.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace zoe::render {
namespace {

struct Extent {
  double width = 0;
  double height = 0;
};

// On the screen, before it is moved.
Extent drawn_size(const TexturedFrame& frame, const Rect& area, const Framing& framing) {
  const Presentation& presentation = frame.presentation;
  const double sample_aspect =
      presentation.sample_aspect_ratio.num > 0 ? presentation.sample_aspect_ratio.to_double() : 1.0;
  Extent size{frame.width * sample_aspect, static_cast<double>(frame.height)};
  if (presentation.rotation_degrees % 180 != 0) std::swap(size.width, size.height);
  if (framing.aspect > 0) size.width = size.height * framing.aspect;
  const double across = area.width / size.width;
  const double down = area.height / size.height;
  const double factor = framing.zoom * (framing.fills ? std::max(across, down) : std::min(across, down));
  return {size.width * factor, size.height * factor};
}

bool is_empty(const TexturedFrame& frame, const Rect& area) {
  return frame.width <= 0 || frame.height <= 0 || area.width <= 0 || area.height <= 0;
}

}  // namespace

Rect place_picture(const TexturedFrame& frame, const Rect& area, const Framing& framing) {
  if (is_empty(frame, area)) return {area.x, area.y, 0, 0};
  const Extent size = drawn_size(frame, area, framing);
  const int width = std::max(static_cast<int>(std::lround(size.width)), 1);
  const int height = std::max(static_cast<int>(std::lround(size.height)), 1);
  return {area.x + (area.width - width) / 2 + static_cast<int>(std::lround(framing.pan_x * width)),
          area.y + (area.height - height) / 2 + static_cast<int>(std::lround(framing.pan_y * height)), width, height};
}

Rect fit_picture(const TexturedFrame& frame, const Rect& area) { return place_picture(frame, area, {}); }

Framing clamp_framing(const TexturedFrame& frame, const Rect& area, Framing framing) {
  framing.zoom = std::clamp(framing.zoom, kLeastZoom, kMostZoom);
  if (is_empty(frame, area)) return framing;
  const Extent size = drawn_size(frame, area, framing);
  // What is outside on one side; where all is inside it may go to the edge.
  const double most_x = std::abs(size.width - area.width) / 2 / size.width;
  const double most_y = std::abs(size.height - area.height) / 2 / size.height;
  framing.pan_x = std::clamp(framing.pan_x, -most_x, most_x);
  framing.pan_y = std::clamp(framing.pan_y, -most_y, most_y);
  return framing;
}

Size texture_size(const TexturedFrame& frame, const Rect& area, const Framing& framing) {
  const Size coded{frame.width, frame.height};
  const Rect place = place_picture(frame, area, framing);
  Size drawn{place.width, place.height};
  if (frame.presentation.rotation_degrees % 180 != 0) std::swap(drawn.width, drawn.height);
  const bool is_smaller =
      drawn.width > 0 && drawn.height > 0 && drawn.width < coded.width && drawn.height < coded.height;
  return is_smaller ? drawn : coded;
}

Rect intersection(const Rect& a, const Rect& b) {
  const int left = std::max(a.x, b.x);
  const int top = std::max(a.y, b.y);
  const int right = std::min(a.x + a.width, b.x + b.width);
  const int bottom = std::min(a.y + a.height, b.y + b.height);
  if (right <= left || bottom <= top) return {a.x, a.y, 0, 0};
  return {left, top, right - left, bottom - top};
}

}  // namespace zoe::render
