// The one window of the program and its OpenGL 3.3 core context, on a screen or off it.
#pragma once

#include <memory>
#include <string>

#include "engine/core/result.hpp"

struct SDL_Window;

namespace zoe::app {

enum class Surface : std::uint8_t {
  kWindow = 1,     // on the display
  kOffscreen = 2,  // SDL's "offscreen" driver: no display needed, the same GL
};

enum class SwapMode : std::uint8_t {
  kVsync = 1,      // swap waits for the display where it can
  kImmediate = 2,  // swap returns at once
};

struct WindowConfig {
  std::string title = "Zoetrope";
  Surface surface = Surface::kWindow;
  int width = 1280;  // wanted size: of the drawable off screen, else in the window system's units
  int height = 720;
  bool is_fullscreen = false;
  SwapMode swap_mode = SwapMode::kVsync;  // off screen always kImmediate
  float scale = 0;                        // of text and controls; 0 asks the display
};

// Main thread only. Initialises SDL's video part and shuts it down.
class Window {
 public:
  // kUnavailable when there is no display or no OpenGL 3.3; the message says what to do (--headless).
  static Result<std::unique_ptr<Window>> create(const WindowConfig& config);

  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  // Of the drawable, in pixels.
  int width() const;
  int height() const;

  // Size of text and controls; 1 at 96 dots per inch.
  float scale() const;
  // Asks the display again: after a resize or a move to another display.
  void refresh_scale();

  // Pixels of the drawable per unit of the window system's coordinates.
  float pixel_ratio() const;

  // Refresh rate in Hz; 60 where it is not known.
  double refresh_hz() const;

  bool is_offscreen() const;
  bool is_fullscreen() const;
  // The desktop's size without a change of mode. Off screen it only remembers.
  void set_fullscreen(bool is_on);

  // To this size: of the drawable off screen, else in the window system's units, which may not grant it. A
  // WindowResized event follows on a display; off screen the new size holds at once, and the caller tells who needs to
  // know. kUnavailable when an off-screen surface of this size cannot be had: the old one stays.
  Status resize(int width, int height);

  bool is_minimized() const;
  void set_title(const std::string& title);
  void set_cursor_visible(bool is_visible);
  // Whether the system may blank the screen while nobody touches anything.
  void set_screen_saver_allowed(bool is_allowed);

  // What draws: "llvmpipe (LLVM 15.0.6, 256 bits)".
  const std::string& gl_renderer() const;
  // Drawing runs on the processor: what is not drawn is what is saved.
  bool is_software_gl() const;

  void swap();

  SDL_Window* sdl() const;

 private:
  struct Impl;
  explicit Window(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::app
