// Drawings between the picture's places and the window's, and what a press on one hits. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "engine/render/framing.hpp"
#include "player/client/note_types.hpp"

namespace zoe::player {

// Pixels of the window.
struct ScreenPoint {
  float x = 0;
  float y = 0;
};

// Where a place of the picture lies, and what place lies there: nothing beside the picture.
ScreenPoint on_screen(const render::Rect& picture, NotePoint place);
std::optional<NotePoint> place_at(const render::Rect& picture, ScreenPoint at);
// The same, with the nearest place of the picture for what lies beside it.
NotePoint nearest_place(const render::Rect& picture, ScreenPoint at);

// Of its lines, at least one pixel.
float line_width(const NoteShape& shape, const render::Rect& picture);
// Of its letters.
float letter_height(const NoteShape& shape, const render::Rect& picture);

// The three corners of an arrow's head: its point, then the two others. None where it is too short to have one.
std::optional<std::pair<ScreenPoint, ScreenPoint>> arrow_barbs(ScreenPoint from, ScreenPoint to, float width);

// Whether a press at `at` means the shape: on its line or within `slack` pixels of it, anywhere in a text, which is
// `text_width` pixels wide.
bool is_hit(const NoteShape& shape, const render::Rect& picture, ScreenPoint at, float slack, float text_width);

// The notes on the frame that begins at `frame_us` and lasts `length_us`: [first, end) of a list by time.
std::pair<std::size_t, std::size_t> notes_on(const std::vector<Note>& notes, std::int64_t frame_us,
                                             std::int64_t length_us);

// The same line with at most `most` points, the ends among them: those go that bend it least (Ramer, Douglas, Peucker),
// seen in a picture of that width over height.
std::vector<NotePoint> thinned(const std::vector<NotePoint>& line, std::size_t most, float aspect);

}  // namespace zoe::player
