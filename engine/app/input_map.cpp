#include "engine/app/input_map.hpp"

#include <algorithm>

namespace zoe::app {

Result<InputMap> InputMap::create(std::vector<KeyBinding> bindings) {
  for (auto it = bindings.begin(); it != bindings.end(); ++it) {
    if (it->key == Key::kNone) return fail(Errc::kInvalidArgument, "a key binding names no key");
    const bool is_taken = std::any_of(bindings.begin(), it, [&](const KeyBinding& earlier) {
      return earlier.key == it->key && earlier.mods == it->mods;
    });
    if (is_taken)
      return fail(Errc::kConflict, "the key " + std::string(key_label(it->key)) + " is bound to two actions");
  }
  return InputMap(std::move(bindings));
}

std::optional<ActionId> InputMap::action_of(const KeyEvent& event) const {
  if (event.action == KeyAction::kUp) return std::nullopt;
  for (const KeyBinding& binding : bindings_) {
    if (binding.key != event.key || binding.mods != event.mods) continue;
    if (event.action == KeyAction::kRepeat && binding.on_repeat == OnRepeat::kIgnore) return std::nullopt;
    return binding.action;
  }
  return std::nullopt;
}

std::string InputMap::label_of(ActionId action) const {
  for (const KeyBinding& binding : bindings_) {
    if (binding.action != action) continue;
    std::string label;
    if (binding.mods & kModCtrl) label += "Ctrl+";
    if (binding.mods & kModAlt) label += "Alt+";
    if (binding.mods & kModShift) label += "Shift+";
    if (binding.mods & kModSuper) label += "Super+";
    return label + std::string(key_label(binding.key));
  }
  return {};
}

}  // namespace zoe::app
