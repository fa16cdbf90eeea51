#include "engine/app/events.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace zoe::app {
namespace {

struct NamedKey {
  Key key;
  std::string_view name;   // in scripts
  std::string_view label;  // for people
};

constexpr auto kNamedKeys = std::to_array<NamedKey>({
    {Key::kSpace, "space", "Space"},
    {Key::kEnter, "enter", "Enter"},
    {Key::kKeypadEnter, "keypad_enter", "Enter"},
    {Key::kEscape, "escape", "Esc"},
    {Key::kTab, "tab", "Tab"},
    {Key::kBackspace, "backspace", "Backspace"},
    {Key::kDelete, "delete", "Delete"},
    {Key::kInsert, "insert", "Insert"},
    {Key::kHome, "home", "Home"},
    {Key::kEnd, "end", "End"},
    {Key::kPageUp, "page_up", "Page up"},
    {Key::kPageDown, "page_down", "Page down"},
    {Key::kLeft, "left", "Left"},
    {Key::kRight, "right", "Right"},
    {Key::kUp, "up", "Up"},
    {Key::kDown, "down", "Down"},
    {Key::kComma, "comma", ","},
    {Key::kPeriod, "period", "."},
    {Key::kMinus, "minus", "-"},
    {Key::kEquals, "equals", "="},
    {Key::kSlash, "slash", "/"},
    {Key::kLeftBracket, "left_bracket", "["},
    {Key::kRightBracket, "right_bracket", "]"},
    {Key::kSemicolon, "semicolon", ";"},
    {Key::kQuote, "quote", "'"},
    {Key::kMediaPlay, "media_play", "Play"},
    {Key::kMediaStop, "media_stop", "Stop"},
    {Key::kMediaNext, "media_next", "Next"},
    {Key::kMediaPrevious, "media_previous", "Previous"},
    {Key::kEscape, "esc", "Esc"},
    {Key::kEnter, "return", "Enter"},
});

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kDigits = "0123456789";
constexpr auto kFunctionKeys =
    std::to_array<std::string_view>({"F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12"});

Key key_after(Key first, std::size_t steps) { return static_cast<Key>(static_cast<std::size_t>(first) + steps); }

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

}  // namespace

std::optional<Key> parse_key(std::string_view name) {
  const std::string wanted = lower(name);
  if (wanted.size() == 1) {
    const char c = wanted[0];
    if (c >= 'a' && c <= 'z') return key_after(Key::kA, static_cast<std::size_t>(c - 'a'));
    if (c >= '0' && c <= '9') return key_after(Key::k0, static_cast<std::size_t>(c - '0'));
  }
  for (std::size_t i = 0; i < kFunctionKeys.size(); ++i)
    if (wanted == lower(kFunctionKeys[i])) return key_after(Key::kF1, i);
  for (const NamedKey& named : kNamedKeys)
    if (named.name == wanted || named.label == wanted) return named.key;
  return std::nullopt;
}

std::string_view key_label(Key key) {
  const auto value = static_cast<std::size_t>(key);
  const auto offset_from = [value](Key first) { return value - static_cast<std::size_t>(first); };
  if (key >= Key::kA && key <= Key::kZ) return kLetters.substr(offset_from(Key::kA), 1);
  if (key >= Key::k0 && key <= Key::k9) return kDigits.substr(offset_from(Key::k0), 1);
  if (key >= Key::kF1 && key <= Key::kF12) return kFunctionKeys[offset_from(Key::kF1)];
  for (const NamedKey& named : kNamedKeys)
    if (named.key == key) return named.label;
  return "";
}

}  // namespace zoe::app
