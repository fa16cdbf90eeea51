// SDL's video objects as RAII types.
#pragma once

#include <SDL.h>

#include <memory>

namespace zoe::app {

struct SdlWindowDeleter {
  void operator()(SDL_Window* window) const { SDL_DestroyWindow(window); }
};
using SdlWindow = std::unique_ptr<SDL_Window, SdlWindowDeleter>;

struct SdlGlContextDeleter {
  void operator()(void* context) const { SDL_GL_DeleteContext(context); }
};
using SdlGlContext = std::unique_ptr<void, SdlGlContextDeleter>;

// Text that SDL hands over with an event.
struct SdlTextDeleter {
  void operator()(char* text) const { SDL_free(text); }
};
using SdlText = std::unique_ptr<char, SdlTextDeleter>;

// SDL's video subsystem, counted by SDL itself.
class SdlVideo {
 public:
  SdlVideo() = default;
  SdlVideo(const SdlVideo&) = delete;
  SdlVideo& operator=(const SdlVideo&) = delete;
  ~SdlVideo() {
    if (is_up_) SDL_QuitSubSystem(SDL_INIT_VIDEO);
  }

  // False: SDL_GetError says why.
  bool start() {
    is_up_ = SDL_InitSubSystem(SDL_INIT_VIDEO) == 0;
    return is_up_;
  }

 private:
  bool is_up_ = false;
};

}  // namespace zoe::app
