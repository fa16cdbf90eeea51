#include "player/layers/note_geometry.hpp"

#include <algorithm>
#include <cmath>

namespace zoe::player {
namespace {

constexpr float kHeadLength = 5;  // of an arrow, over its width
constexpr float kHeadHalf = 2.5F;
constexpr int kEllipseSides = 48;
constexpr float kTau = 6.28318531F;
constexpr float kLeastBend = 0.0005F;  // of the picture's height: what nobody sees

float distance(ScreenPoint a, ScreenPoint b) { return std::hypot(a.x - b.x, a.y - b.y); }

// Of a point from the piece of a line between two others.
float distance_from_piece(ScreenPoint at, ScreenPoint from, ScreenPoint to) {
  const float dx = to.x - from.x;
  const float dy = to.y - from.y;
  const float length = dx * dx + dy * dy;
  if (length <= 0) return distance(at, from);
  const float part = std::clamp(((at.x - from.x) * dx + (at.y - from.y) * dy) / length, 0.0F, 1.0F);
  return distance(at, {from.x + part * dx, from.y + part * dy});
}

float distance_from_ellipse(ScreenPoint at, ScreenPoint a, ScreenPoint b) {
  const ScreenPoint middle{(a.x + b.x) / 2, (a.y + b.y) / 2};
  const float rx = std::abs(a.x - b.x) / 2;
  const float ry = std::abs(a.y - b.y) / 2;
  float least = distance(at, {middle.x + rx, middle.y});
  ScreenPoint before{middle.x + rx, middle.y};
  for (int i = 1; i <= kEllipseSides; ++i) {
    const float angle = kTau * static_cast<float>(i) / kEllipseSides;
    const ScreenPoint next{middle.x + rx * std::cos(angle), middle.y + ry * std::sin(angle)};
    least = std::min(least, distance_from_piece(at, before, next));
    before = next;
  }
  return least;
}

// Marks what is kept between the two ends, which are.
void keep_bends(const std::vector<ScreenPoint>& line, float least, std::vector<bool>& keeps) {
  std::vector<std::pair<std::size_t, std::size_t>> pieces{{0, line.size() - 1}};
  while (!pieces.empty()) {
    const auto [first, last] = pieces.back();
    pieces.pop_back();
    std::size_t farthest = first;
    float most = least;
    for (std::size_t i = first + 1; i < last; ++i) {
      const float off = distance_from_piece(line[i], line[first], line[last]);
      if (off <= most) continue;
      most = off;
      farthest = i;
    }
    if (farthest == first) continue;
    keeps[farthest] = true;
    pieces.emplace_back(first, farthest);
    pieces.emplace_back(farthest, last);
  }
}

}  // namespace

ScreenPoint on_screen(const render::Rect& picture, NotePoint place) {
  return {static_cast<float>(picture.x) + place.x * static_cast<float>(picture.width),
          static_cast<float>(picture.y) + place.y * static_cast<float>(picture.height)};
}

std::optional<NotePoint> place_at(const render::Rect& picture, ScreenPoint at) {
  if (picture.width <= 0 || picture.height <= 0) return {};
  const NotePoint place{(at.x - static_cast<float>(picture.x)) / static_cast<float>(picture.width),
                        (at.y - static_cast<float>(picture.y)) / static_cast<float>(picture.height)};
  const bool is_inside = place.x >= 0 && place.x <= 1 && place.y >= 0 && place.y <= 1;
  return is_inside ? std::optional(place) : std::nullopt;
}

NotePoint nearest_place(const render::Rect& picture, ScreenPoint at) {
  const auto left = static_cast<float>(picture.x);
  const auto top = static_cast<float>(picture.y);
  const auto width = static_cast<float>(std::max(picture.width, 1));
  const auto height = static_cast<float>(std::max(picture.height, 1));
  return {std::clamp((at.x - left) / width, 0.0F, 1.0F), std::clamp((at.y - top) / height, 0.0F, 1.0F)};
}

float line_width(const NoteShape& shape, const render::Rect& picture) {
  return std::max(shape.width * static_cast<float>(picture.height), 1.0F);
}

float letter_height(const NoteShape& shape, const render::Rect& picture) {
  return kNoteTextHeight * line_width(shape, picture);
}

std::optional<std::pair<ScreenPoint, ScreenPoint>> arrow_barbs(ScreenPoint from, ScreenPoint to, float width) {
  const float length = distance(from, to);
  if (length < 1) return {};
  const ScreenPoint along{(to.x - from.x) / length, (to.y - from.y) / length};
  // A short arrow has a small head.
  const float head = std::min(kHeadLength * width, 0.6F * length);
  const float half = head * kHeadHalf / kHeadLength;
  const ScreenPoint base{to.x - along.x * head, to.y - along.y * head};
  return std::pair(ScreenPoint{base.x - along.y * half, base.y + along.x * half},
                   ScreenPoint{base.x + along.y * half, base.y - along.x * half});
}

bool is_hit(const NoteShape& shape, const render::Rect& picture, ScreenPoint at, float slack, float text_width) {
  if (shape.points.empty()) return false;
  const float reach = slack + line_width(shape, picture) / 2;
  const ScreenPoint first = on_screen(picture, shape.points.front());
  if (shape.kind == NoteKind::kText) {
    const float height = letter_height(shape, picture);
    return at.x >= first.x - slack && at.x <= first.x + text_width + slack && at.y >= first.y - slack &&
           at.y <= first.y + height + slack;
  }
  if (shape.kind == NoteKind::kEllipse && shape.points.size() == 2)
    return distance_from_ellipse(at, first, on_screen(picture, shape.points[1])) <= reach;
  ScreenPoint before = first;
  for (const NotePoint& each : shape.points) {
    const ScreenPoint next = on_screen(picture, each);
    if (distance_from_piece(at, before, next) <= reach) return true;
    before = next;
  }
  return false;
}

std::pair<std::size_t, std::size_t> notes_on(const std::vector<Note>& notes, std::int64_t frame_us,
                                             std::int64_t length_us) {
  const auto is_before = [](const Note& note, std::int64_t time_us) { return note.time_us < time_us; };
  const auto first = std::lower_bound(notes.begin(), notes.end(), frame_us, is_before);
  const auto end = std::lower_bound(first, notes.end(), frame_us + std::max<std::int64_t>(length_us, 1), is_before);
  return {static_cast<std::size_t>(first - notes.begin()), static_cast<std::size_t>(end - notes.begin())};
}

std::vector<NotePoint> thinned(const std::vector<NotePoint>& line, std::size_t most, float aspect) {
  if (line.size() <= 2) return line;
  most = std::max<std::size_t>(most, 2);
  std::vector<ScreenPoint> seen;
  seen.reserve(line.size());
  for (const NotePoint& each : line) seen.push_back({each.x * aspect, each.y});
  for (float least = kLeastBend;; least *= 1.5F) {
    std::vector<bool> keeps(line.size(), false);
    keeps.front() = keeps.back() = true;
    keep_bends(seen, least, keeps);
    if (static_cast<std::size_t>(std::count(keeps.begin(), keeps.end(), true)) > most) continue;
    std::vector<NotePoint> kept;
    for (std::size_t i = 0; i < line.size(); ++i)
      if (keeps[i]) kept.push_back(line[i]);
    return kept;
  }
}

}  // namespace zoe::player
