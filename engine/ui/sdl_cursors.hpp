// The system's mouse pointers, as ImGui names them.
#pragma once

#include <SDL.h>
#include <imgui.h>

#include <array>
#include <memory>

namespace zoe::ui {

// Main thread.
class SdlCursors {
 public:
  void show(ImGuiMouseCursor cursor) {
    if (cursor == shown_ || cursor < 0 || cursor >= ImGuiMouseCursor_COUNT) return;
    auto& made = cursors_[static_cast<std::size_t>(cursor)];
    if (!made) made.reset(SDL_CreateSystemCursor(kShapes[static_cast<std::size_t>(cursor)]));
    if (made) SDL_SetCursor(made.get());
    shown_ = cursor;
  }

 private:
  struct Deleter {
    void operator()(SDL_Cursor* cursor) const { SDL_FreeCursor(cursor); }
  };
  static constexpr std::array<SDL_SystemCursor, ImGuiMouseCursor_COUNT> kShapes{
      SDL_SYSTEM_CURSOR_ARROW,    SDL_SYSTEM_CURSOR_IBEAM,  SDL_SYSTEM_CURSOR_SIZEALL,
      SDL_SYSTEM_CURSOR_SIZENS,   SDL_SYSTEM_CURSOR_SIZEWE, SDL_SYSTEM_CURSOR_SIZENESW,
      SDL_SYSTEM_CURSOR_SIZENWSE, SDL_SYSTEM_CURSOR_HAND,   SDL_SYSTEM_CURSOR_NO};

  std::array<std::unique_ptr<SDL_Cursor, Deleter>, ImGuiMouseCursor_COUNT> cursors_;
  ImGuiMouseCursor shown_ = ImGuiMouseCursor_Arrow;
};

}  // namespace zoe::ui
