// Keys to actions, by a table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/app/events.hpp"
#include "engine/core/result.hpp"

namespace zoe::app {

// A number that the program gives a meaning (an enum class cast to it).
using ActionId = std::uint16_t;

enum class OnRepeat : std::uint8_t { kIgnore = 1, kAct };

struct KeyBinding {
  Key key = Key::kNone;
  std::uint8_t mods = 0;  // exactly these
  ActionId action = 0;
  OnRepeat on_repeat = OnRepeat::kIgnore;  // what a key held down does
};

// Immutable; any thread.
class InputMap {
 public:
  // kConflict when two bindings share a key and its modifiers, kInvalidArgument for Key::kNone.
  static Result<InputMap> create(std::vector<KeyBinding> bindings);

  // What the key press means: nothing for a release, an unbound key, or a repeat of a binding that ignores it.
  std::optional<ActionId> action_of(const KeyEvent& event) const;

  // The first key bound to the action, for a tooltip: "Ctrl+F", "Space"; empty where none is.
  std::string label_of(ActionId action) const;

 private:
  explicit InputMap(std::vector<KeyBinding> bindings) : bindings_(std::move(bindings)) {}

  std::vector<KeyBinding> bindings_;
};

}  // namespace zoe::app
