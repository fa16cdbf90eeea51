// What one draws with on the picture.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace zoe::player {

enum class DrawTool : std::uint8_t { kPointer = 1, kPen, kLine, kArrow, kEllipse, kText, kEraser };
inline constexpr std::size_t kDrawToolCount = 7;

// Told apart on a pitch, on ice and in the dark; every line has a dark edge besides.
inline constexpr std::array<std::uint32_t, 6> kDrawColors{0xFF4B4B, 0xFFD23F, 0x3DDC84, 0x4DB8FF, 0xFF6BD6, 0xFFFFFF};
inline constexpr std::array<float, 3> kDrawWidths{0.004F, 0.007F, 0.012F};

struct DrawTools {
  bool is_open = false;  // the bar is shown, and a press on the picture draws
  DrawTool tool = DrawTool::kPen;
  std::size_t color = 0;  // of kDrawColors
  std::size_t width = 1;  // of kDrawWidths
};

inline std::uint32_t color_of(const DrawTools& tools) { return kDrawColors[tools.color % kDrawColors.size()]; }
inline float width_of(const DrawTools& tools) { return kDrawWidths[tools.width % kDrawWidths.size()]; }

}  // namespace zoe::player
