// Drawing on the frame at which a room stands, and what was drawn on the frame that is shown.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/app/events.hpp"
#include "engine/render/framing.hpp"
#include "engine/ui/toasts.hpp"
#include "engine/ui/ui.hpp"
#include "player/client/note_feed.hpp"
#include "player/layers/actions.hpp"
#include "player/layers/drawing_hand.hpp"
#include "player/layers/note_geometry.hpp"
#include "player/layers/note_layer.hpp"
#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Main thread. OverlayLayer tells it what is on the screen and what the viewer does there.
//
// Drawings are shown where playback stands, on the frame whose time they have: a frame that passes by in a moment shows
// none. One draws where the room stands and playback with it; a press while it plays pauses, as everywhere.
class Telestration {
 public:
  // All of it outlives this. `wake` (any thread) must only wake.
  Telestration(ServerLink& link, RoomFeed& room, const Clock& clock, const std::function<void()>& wake)
      : notes_(link, room, clock, wake), room_(room) {}

  // What is on the screen.
  struct View {
    std::string media;  // empty: none of the server's
    bool may_delete_own = false;
    bool stands = false;        // playback does, and the frame on the screen is that of its place
    std::int64_t frame_us = 0;  // of the frame on the screen
    std::int64_t frame_length_us = 0;
    std::int64_t duration_us = 0;
    render::Rect picture;
  };
  // Returns when to be called again. `is_dirty` is set where what is seen has changed.
  std::int64_t update(const View& view, std::int64_t now_ns, bool& is_dirty);
  std::vector<NoteFeed::Outcome> take_outcomes() { return notes_.take_outcomes(); }
  void save(const std::string& path) { notes_.save(path); }

  // Whether a press on the picture was for drawing. `ui` is that of the last frame.
  bool on_press(ui::Ui& ui, float x, float y, ui::Toasts& toasts);
  void on_move(float x, float y);
  void on_release();
  void on_leave() { put_pointer_away(); }
  // Esc ends what is being done. True when the key was for that.
  bool on_key(const app::KeyEvent& event);
  // Those from kToggleDrawing on. True when it was one of them and meant something here.
  bool act(Action action, ui::Toasts& toasts);
  void carry_out(const DrawingRequests& requests);

  // There is something to be drawn on the picture.
  bool needs_glass() const;
  void draw_glass(ui::Ui& ui, std::int64_t now_ns);
  // Says how many drawings are on the picture.
  void mark(ui::Ui& ui) const;
  // The bar is open, or something is being written.
  bool needs_panels() const { return tools_.is_open || writing_; }
  // The bar above `bottom`, and the field for what is being written.
  void draw_panels(const PanelContext& context, float left, float right, float bottom);

  DrawingsScene scene(bool is_list_open) const;
  void clear();

 private:
  // A text that is being written, from its top left on.
  struct Writing {
    NotePoint at;
    std::string text;
    bool is_fresh = true;
  };

  bool may_draw_now() const { return place_.may_draw && place_.is_paused && view_.stands && !view_.media.empty(); }
  std::span<const Note> shown() const;
  void choose(const DrawTools& tools);
  void put_pointer_away();
  std::int64_t keep_pointer(std::int64_t now_ns);
  void erase_at(ui::Ui& ui, float x, float y, ui::Toasts& toasts);
  void put(NoteShape shape);
  void finish_writing();
  NoteShape written() const;
  void draw_field(const PanelContext& context, float bottom);

  NoteFeed notes_;
  RoomFeed& room_;
  NoteLayer layer_;
  DrawingHand hand_;
  DrawTools tools_;
  View view_;
  RoomPlace place_;
  NotesSnapshot known_;
  std::uint64_t revision_ = 0;
  bool are_shown_ = true;
  std::optional<Writing> writing_;
  ScreenPoint cursor_{-1, -1};
  // One's own pointer: where it is, and what was told of it.
  std::optional<NotePoint> pointer_;
  std::optional<NotePoint> told_pointer_;
  std::int64_t told_ns_ = 0;
};

}  // namespace zoe::player
