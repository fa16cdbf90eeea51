#include "player/layers/drawing_hand.hpp"

#include <cmath>
#include <utility>

#include "player/layers/note_geometry.hpp"

namespace zoe::player {
namespace {

constexpr float kLeastStep = 0.002F;    // between two points of a line drawn by hand, in parts of the picture's height
constexpr float kLeastSize = 0.008F;    // of what was meant
constexpr std::size_t kMostWay = 2048;  // points, before they are thinned
static_assert(kMostWay > 2 * kMostNotePoints);

NoteKind kind_of(DrawTool tool) {
  switch (tool) {
    case DrawTool::kArrow:
      return NoteKind::kArrow;
    case DrawTool::kEllipse:
      return NoteKind::kEllipse;
    default:
      return NoteKind::kLine;
  }
}

}  // namespace

float DrawingHand::distance(NotePoint a, NotePoint b) const { return std::hypot((a.x - b.x) * aspect_, a.y - b.y); }

void DrawingHand::begin(const DrawTools& tools, NotePoint at, float aspect) {
  aspect_ = aspect > 0 ? aspect : 1;
  is_free_ = tools.tool == DrawTool::kPen;
  shape_ = NoteShape{
      .kind = kind_of(tools.tool), .color = color_of(tools), .width = width_of(tools), .points = {at, at}, .text = {}};
}

void DrawingHand::move(NotePoint at) {
  if (!shape_) return;
  std::vector<NotePoint>& points = shape_->points;
  points.back() = at;
  if (!is_free_ || distance(points[points.size() - 2], at) < kLeastStep) return;
  points.push_back(at);
  if (points.size() > kMostWay) points = thinned(points, kMostNotePoints, aspect_);
}

std::optional<NoteShape> DrawingHand::end() {
  if (!shape_) return {};
  NoteShape shape = *std::exchange(shape_, std::nullopt);
  float size = 0;
  for (const NotePoint& each : shape.points) size = std::max(size, distance(shape.points.front(), each));
  if (size < kLeastSize) return {};
  shape.points = thinned(shape.points, kMostNotePoints, aspect_);
  return shape;
}

}  // namespace zoe::player
