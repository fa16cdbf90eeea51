// Which overlays of an analysis the viewer wants to see.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace zoe::player {

enum class Overlay : std::uint8_t { kBoxes = 0, kIds, kTrails, kBall, kMap, kPossession, kCount };
inline constexpr std::size_t kOverlays = static_cast<std::size_t>(Overlay::kCount);

struct OverlayName {
  Overlay overlay;
  std::string_view word;   // in the settings and in landmarks
  std::string_view title;  // for the viewer
};
inline constexpr std::array<OverlayName, kOverlays> kOverlayNames{{{Overlay::kBoxes, "boxes", "Boxes"},
                                                                   {Overlay::kIds, "ids", "IDs"},
                                                                   {Overlay::kTrails, "trails", "Trails"},
                                                                   {Overlay::kBall, "ball", "Ball"},
                                                                   {Overlay::kMap, "map", "Map"},
                                                                   {Overlay::kPossession, "possession", "Possession"}}};

class OverlayChoice {
 public:
  OverlayChoice() { wanted_.set(); }
  // Of the settings: words with spaces between; what is not known is passed over. Empty: all.
  static OverlayChoice parse(std::string_view text);
  std::string to_text() const;

  // All of them, for a moment.
  bool is_on() const { return is_on_; }
  void set_on(bool is_on) { is_on_ = is_on; }

  bool is_wanted(Overlay overlay) const { return wanted_.test(static_cast<std::size_t>(overlay)); }
  bool shows(Overlay overlay) const { return is_on_ && is_wanted(overlay); }
  void toggle(Overlay overlay) { wanted_.flip(static_cast<std::size_t>(overlay)); }

 private:
  std::bitset<kOverlays> wanted_;
  bool is_on_ = true;
};

}  // namespace zoe::player
