// Drawings on the picture, and where others point.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/render/framing.hpp"
#include "engine/ui/ui.hpp"
#include "player/client/note_types.hpp"

namespace zoe::player {

// Main thread. OverlayLayer draws it over the video and below everything else, in the same pass as the panels. What is
// drawn of one frame is bounded (kMostPoints), whatever a server tells; the newest come first.
class NoteLayer {
 public:
  static constexpr std::size_t kMostPoints = 4096;

  struct Model {
    std::span<const Note> notes;             // of the frame on the screen
    const std::optional<NoteShape>& sketch;  // that is being drawn
    std::span<const NotePointer> pointers;
    std::optional<NotePoint> own_pointer;
    std::uint32_t pointer_color = 0xFF4B4B;
    std::uint64_t aimed_note = 0;  // that a press would take away: is marked
    render::Rect picture;
  };
  void draw(ui::Ui& ui, const Model& model);

  // The topmost of the notes that a press at `at` means; its number, 0 for none.
  static std::uint64_t note_at(ui::Ui& ui, std::span<const Note> notes, const render::Rect& picture, float x, float y);

  // In pixels.
  static float text_width(ui::Ui& ui, const NoteShape& shape, const render::Rect& picture);
};

}  // namespace zoe::player
