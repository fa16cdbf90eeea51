#include "engine/app/sdl_events.hpp"

#include <SDL.h>

#include <array>
#include <utility>

namespace zoe::app {
namespace {

constexpr auto kKeys = std::to_array<std::pair<SDL_Keycode, Key>>({
    {SDLK_SPACE, Key::kSpace},
    {SDLK_RETURN, Key::kEnter},
    {SDLK_KP_ENTER, Key::kKeypadEnter},
    {SDLK_ESCAPE, Key::kEscape},
    {SDLK_TAB, Key::kTab},
    {SDLK_BACKSPACE, Key::kBackspace},
    {SDLK_DELETE, Key::kDelete},
    {SDLK_INSERT, Key::kInsert},
    {SDLK_HOME, Key::kHome},
    {SDLK_END, Key::kEnd},
    {SDLK_PAGEUP, Key::kPageUp},
    {SDLK_PAGEDOWN, Key::kPageDown},
    {SDLK_LEFT, Key::kLeft},
    {SDLK_RIGHT, Key::kRight},
    {SDLK_UP, Key::kUp},
    {SDLK_DOWN, Key::kDown},
    {SDLK_COMMA, Key::kComma},
    {SDLK_PERIOD, Key::kPeriod},
    {SDLK_MINUS, Key::kMinus},
    {SDLK_EQUALS, Key::kEquals},
    {SDLK_SLASH, Key::kSlash},
    {SDLK_LEFTBRACKET, Key::kLeftBracket},
    {SDLK_RIGHTBRACKET, Key::kRightBracket},
    {SDLK_SEMICOLON, Key::kSemicolon},
    {SDLK_QUOTE, Key::kQuote},
    {SDLK_AUDIOPLAY, Key::kMediaPlay},
    {SDLK_AUDIOSTOP, Key::kMediaStop},
    {SDLK_AUDIONEXT, Key::kMediaNext},
    {SDLK_AUDIOPREV, Key::kMediaPrevious},
});

Key key_of(SDL_Keycode code) {
  const auto after = [code](Key first, SDL_Keycode first_code) {
    return static_cast<Key>(static_cast<int>(first) + (code - first_code));
  };
  if (code >= SDLK_a && code <= SDLK_z) return after(Key::kA, SDLK_a);
  if (code >= SDLK_0 && code <= SDLK_9) return after(Key::k0, SDLK_0);
  if (code >= SDLK_F1 && code <= SDLK_F12) return after(Key::kF1, SDLK_F1);
  for (const auto& [sdl, key] : kKeys)
    if (sdl == code) return key;
  return Key::kNone;
}

std::uint8_t mods_of(Uint16 mods) {
  unsigned result = 0;
  if (mods & KMOD_SHIFT) result |= kModShift;
  if (mods & KMOD_CTRL) result |= kModCtrl;
  if (mods & KMOD_ALT) result |= kModAlt;
  if (mods & KMOD_GUI) result |= kModSuper;
  return static_cast<std::uint8_t>(result);
}

std::optional<PointerButton> button_of(Uint8 button) {
  switch (button) {
    case SDL_BUTTON_LEFT:
      return PointerButton::kLeft;
    case SDL_BUTTON_RIGHT:
      return PointerButton::kRight;
    case SDL_BUTTON_MIDDLE:
      return PointerButton::kMiddle;
    default:
      return std::nullopt;
  }
}

std::optional<Event> translate_button(const SDL_MouseButtonEvent& event, float ratio) {
  const auto button = button_of(event.button);
  if (!button) return std::nullopt;
  const float x = static_cast<float>(event.x) * ratio;
  const float y = static_cast<float>(event.y) * ratio;
  if (event.state == SDL_PRESSED) return PointerPress{.button = *button, .x = x, .y = y, .clicks = event.clicks};
  return PointerRelease{.button = *button, .x = x, .y = y};
}

std::optional<Event> translate_window(const SDL_WindowEvent& event) {
  switch (event.event) {
    case SDL_WINDOWEVENT_LEAVE:
      return PointerLeave{};
    case SDL_WINDOWEVENT_FOCUS_GAINED:
      return WindowFocus{.has_focus = true};
    case SDL_WINDOWEVENT_FOCUS_LOST:
      return WindowFocus{.has_focus = false};
    case SDL_WINDOWEVENT_EXPOSED:
    case SDL_WINDOWEVENT_RESTORED:
    case SDL_WINDOWEVENT_SHOWN:
      return WindowExposed{};
    case SDL_WINDOWEVENT_CLOSE:
      return CloseRequested{};
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<Event> translate_sdl_event(const SDL_Event& event, float pixel_ratio) {
  switch (event.type) {
    case SDL_KEYDOWN:
    case SDL_KEYUP: {
      const Key key = key_of(event.key.keysym.sym);
      if (key == Key::kNone) return std::nullopt;
      const KeyAction pressed = event.key.repeat != 0 ? KeyAction::kRepeat : KeyAction::kDown;
      return KeyEvent{.key = key,
                      .action = event.type == SDL_KEYUP ? KeyAction::kUp : pressed,
                      .mods = mods_of(event.key.keysym.mod)};
    }
    case SDL_TEXTINPUT:
      return TextEvent{.text = event.text.text};
    case SDL_MOUSEMOTION:
      return PointerMove{.x = static_cast<float>(event.motion.x) * pixel_ratio,
                         .y = static_cast<float>(event.motion.y) * pixel_ratio};
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
      return translate_button(event.button, pixel_ratio);
    case SDL_MOUSEWHEEL:
      return PointerWheel{.dx = event.wheel.preciseX, .dy = event.wheel.preciseY};
    case SDL_WINDOWEVENT:
      return translate_window(event.window);
    case SDL_QUIT:
      return CloseRequested{};
    default:
      return std::nullopt;
  }
}

}  // namespace zoe::app
