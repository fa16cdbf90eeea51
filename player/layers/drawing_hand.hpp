// What is being drawn on the picture: from the tool, the press, the way of the pointer and the release to a shape.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "player/client/note_types.hpp"
#include "player/panels/draw_tools.hpp"

namespace zoe::player {

class DrawingHand {
 public:
  // A press with a tool that draws by dragging (pen, line, arrow, ellipse) begins at `at`. `aspect`: the picture's
  // width over its height.
  void begin(const DrawTools& tools, NotePoint at, float aspect);
  void move(NotePoint at);
  // What was drawn; nothing where it is too small to be meant.
  std::optional<NoteShape> end();
  void cancel() { shape_.reset(); }

  bool is_drawing() const { return shape_.has_value(); }
  // As it is by now.
  const std::optional<NoteShape>& shape() const { return shape_; }

 private:
  float distance(NotePoint a, NotePoint b) const;

  std::optional<NoteShape> shape_;
  bool is_free_ = false;  // every place on the way counts, not only the last one
  float aspect_ = 1;
};

}  // namespace zoe::player
