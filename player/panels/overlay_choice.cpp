#include "player/panels/overlay_choice.hpp"

namespace zoe::player {
namespace {

constexpr std::string_view kOff = "off";
constexpr std::string_view kNone = "none";  // told from a text that was never written

}  // namespace

OverlayChoice OverlayChoice::parse(std::string_view text) {
  OverlayChoice choice;
  if (text.empty()) return choice;
  choice.wanted_.reset();
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size() < text.size() ? word.size() + 1 : word.size());
    if (word == kOff) choice.is_on_ = false;
    for (const OverlayName& each : kOverlayNames)
      if (each.word == word) choice.wanted_.set(static_cast<std::size_t>(each.overlay));
  }
  return choice;
}

std::string OverlayChoice::to_text() const {
  std::string text;
  const auto add = [&](std::string_view word) {
    if (!text.empty()) text += ' ';
    text += word;
  };
  if (!is_on_) add(kOff);
  if (wanted_.none()) add(kNone);
  for (const OverlayName& each : kOverlayNames)
    if (is_wanted(each.overlay)) add(each.word);
  return text;
}

}  // namespace zoe::player
