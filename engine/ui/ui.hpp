// What every widget and panel draws with: theme, fonts, scale, animation.
#pragma once

#include <imgui.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/ui/box.hpp"
#include "engine/ui/fonts.hpp"
#include "engine/ui/theme.hpp"

namespace zoe::ui {

enum class Motion : std::uint8_t { kFull = 1, kNone };

enum class Align : std::uint8_t { kLeft = 1, kCenter, kRight };

// Something on the screen with a name that stays the same, for input scripts and tests: where it is, what it says.
struct Landmark {
  std::string name;
  Box box;  // what of it can be seen
  std::string value;
};

// Valid between ImGuiHost::begin and end. Main thread.
class Ui {
 public:
  Ui(const Theme& theme, Fonts& fonts, Motion motion) : theme_(theme), fonts_(fonts), motion_(motion) {}

  const Theme& theme() const { return theme_; }
  const Palette& palette() const { return theme_.palette; }
  Fonts& fonts() { return fonts_; }
  std::int64_t now_ns() const { return now_ns_; }
  Box screen() const { return screen_; }

  // Whole pixels of a length in units; at least one for anything above zero.
  float px(float units) const;

  // For draw lists: with the alpha of the panel that is being drawn.
  ImU32 color(Color color) const { return ImGui::GetColorU32(IM_COL32(color.r, color.g, color.b, color.a)); }

  // A value that follows `target` in `duration_ms`, eased; starts at `initial` when first asked for. Without motion it
  // is `target`. An animation not asked for in a frame is forgotten.
  float follow(ImGuiID id, float target, int duration_ms, float initial);
  float follow(ImGuiID id, float target, int duration_ms) { return follow(id, target, duration_ms, target); }

  // Something moves: draw the next frame soon.
  void keep_moving() { is_moving_ = true; }
  bool is_moving() const { return is_moving_; }
  // Something changes by itself then: draw a frame no later.
  void wake_at(std::int64_t time_ns) { wake_at_ns_ = std::min(wake_at_ns_, time_ns); }
  std::int64_t wake_at_ns() const { return wake_at_ns_; }
  bool has_motion() const { return motion_ == Motion::kFull; }

  // --- Text, in one line: shaped, letters on whole pixels. What is figures only (a time, a count) has figures of one
  // width, so that a running time does not wobble.
  // ----------------------------------------------------------------------------

  float text_width(TextStyle style, std::string_view utf8);
  // Height from ascender to descender, as all boxes of text are measured.
  float line_height(TextStyle style) const;
  // At the top left `at`. Returns the width.
  float text(ImVec2 at, TextStyle style, Color color, std::string_view utf8);
  // Inside `box`, in the middle of its height, cut with an ellipsis where it does not fit. True when it was cut.
  bool label(const Box& box, TextStyle style, Color color, std::string_view utf8, Align align = Align::kLeft);
  // Broken into lines at spaces (or anywhere, where a word is too long), the last of at most `most_lines` cut with an
  // ellipsis. Returns the height.
  float paragraph(ImVec2 at, float width, TextStyle style, Color color, std::string_view utf8, int most_lines = 64,
                  Align align = Align::kLeft);
  // What `paragraph` would return; draws nothing.
  float paragraph_height(float width, TextStyle style, std::string_view utf8, int most_lines = 64);
  // An icon with its middle in the middle of `box`.
  void icon(const Box& box, TextStyle style, Color color, std::string_view glyph);

  // --- Drawing
  // ----------------------------------------------------------------------------------------------------------

  // The list of the window being built, or the one that DrawOn put in its place.
  ImDrawList& list() const { return list_ != nullptr ? *list_ : *ImGui::GetWindowDrawList(); }

  void fill(const Box& box, Color color, float rounding = 0);
  // A line of the theme's hairline width (times `width`) just inside the box.
  void outline(const Box& box, Color color, float rounding = 0, float width = 1);
  // A soft edge around a floating box: drawn before the box, outside it only.
  void shadow(const Box& box, float rounding);

  // Says what `of` is for, next to it, when the pointer has rested on it for a moment. Call while it is hovered.
  void tip(const Box& of, std::string_view text, std::string_view shortcut = {});

  // --- Landmarks
  // ----------------------------------------------------------------------------------------------------------

  // Names what lies in `box`; left out where it is scrolled away.
  void mark(std::string_view name, const Box& box, std::string_view value = {});
  // Of the last frame.
  const std::vector<Landmark>& landmarks() const { return landmarks_; }

  // --- The keyboard: what is drawn inside a focus scope is reached by it, in the order of drawing
  // ----------------------------------------------------------------------------------------------------------

  void set_focus_scope(bool is_on) { is_focus_scope_ = is_on; }
  // Called by every control. True in the frame in which it is pressed by a key. Draws the ring around the one that has
  // the focus (unless the caller shows that itself), and scrolls it into view.
  bool focusable(ImGuiID id, const Box& box, bool draws_ring = true);
  // For a text field: true in the frame in which the focus has come to it.
  bool is_focus_arriving(ImGuiID id) const { return is_arriving_ && focused_ == id; }
  void take_focus(ImGuiID id) { focused_ = id; }
  // From the next frame on: in the order of drawing, or to what lies nearest in a direction (one of -1, 0, 1 each).
  void move_focus(int step) { focus_step_ = step; }
  void move_focus_to(int dx, int dy) { focus_direction_ = {static_cast<float>(dx), static_cast<float>(dy)}; }
  void press_focused() { is_press_wanted_ = true; }
  // What more can be done with the focused thing: its menu.
  void open_menu_of_focused() { is_menu_wanted_ = true; }
  bool is_menu_wanted(ImGuiID id) const { return is_menu_wanted_ && is_focused(id); }
  bool is_focused(ImGuiID id) const { return focused_ == id && is_ring_shown_; }
  // What is drawn from here on has the keyboard for itself: a menu, a dialog. Until the frame's end.
  void keep_focus_here() { focus_order_.clear(); }
  void end_focus_here() { is_focus_over_ = true; }
  bool has_focus() const { return focused_ != 0 && is_ring_shown_; }
  // Where it was drawn in the last frame; an empty box where nothing has it.
  const Box& focus_box() const { return focus_box_; }
  void hide_focus() { is_ring_shown_ = false; }
  void drop_focus() { focused_ = 0; }

  // Texts that did not fit into their box in this frame and were cut, for tests.
  const std::vector<std::string>& cut_texts() const { return cut_texts_; }

  // --- For the host
  // -----------------------------------------------------------------------------------------------------

  friend class DrawOn;
  void begin_frame(std::int64_t now_ns, const Box& screen, float scale);
  void end_frame();

 private:
  struct Animation {
    float from = 0;
    float to = 0;
    float value = 0;
    std::int64_t start_ns = 0;
    std::uint64_t frame = 0;
  };

  struct Tip {
    Box of;
    std::string text;
    std::string shortcut;
    bool is_asked = false;      // in this frame
    std::int64_t since_ns = 0;  // the pointer has rested there
  };
  void draw_tip();
  void settle_focus();
  ImGuiID nearest_focus(const Box& from) const;

  // `shaped` is in visual order.
  float shaped_width(const ImFont& font, std::string_view shaped) const;
  void draw_shaped(ImVec2 at, ImFont& font, ImU32 color, std::string_view shaped) const;
  std::string fit(ImFont& font, std::string_view utf8, float width, bool& is_cut);
  template <typename Line>
  int break_lines(ImFont& font, std::string_view utf8, float width, int most_lines, Line&& line);

  const Theme& theme_;
  Fonts& fonts_;
  Motion motion_;
  Box screen_;
  float scale_ = 1;
  std::int64_t now_ns_ = 0;
  std::uint64_t frame_ = 0;
  bool is_moving_ = false;
  std::int64_t wake_at_ns_ = 0;
  std::unordered_map<ImGuiID, Animation> animations_;
  ImDrawList* list_ = nullptr;
  Tip tip_;
  std::vector<std::string> cut_texts_;
  std::vector<Landmark> landmarks_;
  bool is_focus_scope_ = false;
  bool is_ring_shown_ = false;
  bool is_arriving_ = false;
  bool is_press_wanted_ = false;
  bool is_menu_wanted_ = false;
  bool is_focus_over_ = false;
  int focus_step_ = 0;
  ImVec2 focus_direction_{0, 0};
  ImGuiID focused_ = 0;
  struct FocusPlace {
    ImGuiID id = 0;
    Box box;
  };
  std::vector<FocusPlace> focus_order_;
  Box focus_box_;
};

// Draws on another list while it lives: above all windows, say.
class DrawOn {
 public:
  DrawOn(Ui& ui, ImDrawList& list) : ui_(ui), before_(ui.list_) { ui.list_ = &list; }
  ~DrawOn() { ui_.list_ = before_; }
  DrawOn(const DrawOn&) = delete;
  DrawOn& operator=(const DrawOn&) = delete;

 private:
  Ui& ui_;
  ImDrawList* before_;
};

}  // namespace zoe::ui
