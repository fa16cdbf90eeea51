// Dear ImGui in our window: context, input, fonts' texture, drawing.
//
// Drawing goes through ImGui's OpenGL 3 back end. Input does not go through its SDL back end, which asks SDL where the
// mouse is: off screen there is none, and an input script's clicks must take the way of real ones. Events come as ours
// (engine/app/events.hpp) and are handed to ImGui one press a frame, so that a press and a release that arrive together
// are both seen.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "engine/app/events.hpp"
#include "engine/app/layer.hpp"
#include "engine/app/window.hpp"
#include "engine/core/result.hpp"
#include "engine/ui/ui.hpp"

namespace zoe::ui {

// Main thread, with the GL context current; the window outlives it. One at a time.
class ImGuiHost {
 public:
  struct Options {
    std::string asset_folder;  // theme.json, fonts/
    Scheme scheme = Scheme::kDark;
    Motion motion = Motion::kFull;
  };
  // As Theme::load and Fonts::create. The glyphs are drawn when the first frame begins: a start that shows a picture
  // first does not wait for them.
  static Result<std::unique_ptr<ImGuiHost>> create(app::Window& window, const Options& options);

  ~ImGuiHost();
  ImGuiHost(const ImGuiHost&) = delete;
  ImGuiHost& operator=(const ImGuiHost&) = delete;

  // Keeps the event for the next frame.
  void handle(const app::Event& event);

  // True when something of the interface lies under the point, or a press that began on it is still held, or a menu is
  // open: the event is not for the picture.
  bool is_pointer_taken(float x, float y) const;

  // A text field has the keyboard.
  bool is_keyboard_taken() const;

  // Events that the frame to come will not use up, or letters that the atlas lacks: another frame is needed.
  bool needs_another_frame() const;

  const Theme& theme() const;
  // As the last frame left it.
  const Ui& ui() const;

  // For moving the keyboard's focus between frames.
  Ui& focus();

  // Begins a frame; every widget is called between this and `end`, which draws.
  Ui& begin(const app::RenderContext& context);
  void end();

 private:
  struct Impl;
  explicit ImGuiHost(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::ui
