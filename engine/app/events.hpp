// What the window system, an input script or a test tells the program: plain values, no SDL types, so that all three go
// the same way. Positions are pixels of the drawable, (0, 0) at the top left.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace zoe::app {

// Keys by what is printed on them (the layout's meaning, not the place), as shortcuts are taught.
// clang-format off
enum class Key : std::uint16_t {
  kNone = 0,
  kA, kB, kC, kD, kE, kF, kG, kH, kI, kJ, kK, kL, kM, kN, kO, kP, kQ, kR, kS, kT, kU, kV, kW, kX, kY, kZ,
  k0, k1, k2, k3, k4, k5, k6, k7, k8, k9,
  kF1, kF2, kF3, kF4, kF5, kF6, kF7, kF8, kF9, kF10, kF11, kF12,
  kSpace, kEnter, kKeypadEnter, kEscape, kTab, kBackspace, kDelete, kInsert,
  kHome, kEnd, kPageUp, kPageDown, kLeft, kRight, kUp, kDown,
  kComma, kPeriod, kMinus, kEquals, kSlash, kLeftBracket, kRightBracket, kSemicolon, kQuote,
  kMediaPlay, kMediaStop, kMediaNext, kMediaPrevious,  // of keyboards, remotes and headphones
  kCount
};
// clang-format on

// Reads a name as an input script writes it: "a", "7", "f11", "space", "left", "comma"; case does not matter.
std::optional<Key> parse_key(std::string_view name);

// The name for a person: "J", "Space", "Left", "F11", ",".
std::string_view key_label(Key key);

// Bits of KeyEvent::mods.
inline constexpr std::uint8_t kModShift = 1;
inline constexpr std::uint8_t kModCtrl = 2;
inline constexpr std::uint8_t kModAlt = 4;
inline constexpr std::uint8_t kModSuper = 8;

enum class KeyAction : std::uint8_t { kDown = 1, kRepeat, kUp };

struct KeyEvent {
  Key key = Key::kNone;
  KeyAction action = KeyAction::kDown;
  std::uint8_t mods = 0;
};

// Text that was typed, UTF-8.
struct TextEvent {
  std::string text;
};

struct PointerMove {
  float x = 0;
  float y = 0;
};

enum class PointerButton : std::uint8_t { kLeft = 0, kRight = 1, kMiddle = 2 };

struct PointerPress {
  PointerButton button = PointerButton::kLeft;
  float x = 0;
  float y = 0;
  int clicks = 1;  // 2 for the second press of a double click
};

struct PointerRelease {
  PointerButton button = PointerButton::kLeft;
  float x = 0;
  float y = 0;
};

struct PointerWheel {
  float dx = 0;
  float dy = 0;  // positive away from the user
};

struct PointerLeave {};

struct WindowResized {
  int width = 0;  // of the drawable
  int height = 0;
  float scale = 1;  // of text and controls: 1 at 96 dots per inch
};

struct WindowFocus {
  bool has_focus = false;
};

// The window's content was lost (uncovered, restored): draw again.
struct WindowExposed {};

// Files and folders were let fall on the window, in one go.
struct FilesDropped {
  std::vector<std::string> paths;
};

// The viewer asked to close the window; the program ends unless a layer consumes it.
struct CloseRequested {};

using Event = std::variant<KeyEvent, TextEvent, PointerMove, PointerPress, PointerRelease, PointerWheel, PointerLeave,
                           WindowResized, WindowFocus, WindowExposed, CloseRequested, FilesDropped>;

}  // namespace zoe::app
