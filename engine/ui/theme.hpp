// The tokens of assets/theme.json: what the player and the web page look like, in one file.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/core/result.hpp"

namespace zoe::ui {

enum class Scheme : std::uint8_t { kDark = 1, kLight };

// sRGB, not premultiplied.
struct Color {
  std::uint8_t r = 0;
  std::uint8_t g = 0;
  std::uint8_t b = 0;
  std::uint8_t a = 255;

  // Reads "#rrggbb" or "#rrggbbaa".
  static Result<Color> parse(std::string_view text);

  constexpr Color with_alpha(float factor) const {
    return {r, g, b, static_cast<std::uint8_t>(static_cast<float>(a) * factor + 0.5F)};
  }

  friend constexpr bool operator==(const Color&, const Color&) = default;
};

// `top` over `below`, which is opaque.
Color blend(Color top, Color below);

// WCAG 2.1: 1 to 21. `text` may be translucent, `below` is opaque.
double contrast(Color text, Color below);

struct Palette {
  Color ground;   // behind everything
  Color glow;     // a warm light on the ground where nothing plays
  Color surface;  // panels that float over the picture
  Color raised;   // cards and buttons on a panel
  Color raised_hover;
  Color raised_pressed;
  Color field;  // where text is typed
  Color line;
  Color line_strong;
  Color text;
  Color text_muted;
  Color text_faint;
  Color accent;
  Color accent_hover;
  Color accent_pressed;
  Color on_accent;  // text on the accent
  Color good;
  Color warning;
  Color error;
  Color track;  // what is left of a bar
  Color scrim;  // over what is not in use now
  Color shadow;
  Color lane_network;  // the buffer visualizer's stages
  Color lane_packets;
  Color lane_ring;
  Color lane_screen;
};

enum class TextStyle : std::uint8_t { kCaption = 0, kBody, kStrong, kTitle, kHeadline, kIcon, kIconLarge, kCount };
inline constexpr std::size_t kTextStyles = static_cast<std::size_t>(TextStyle::kCount);

struct TypeToken {
  float size = 14;
  int weight = 400;  // 400, 500, 600 or 700: the weights that are shipped
};

// Lengths in units of 1/96 inch, times in milliseconds. Immutable; any thread.
struct Theme {
  Palette palette;
  struct {
    float xs = 0, s = 0, m = 0, l = 0, xl = 0, xxl = 0;
  } space;
  struct {
    float small = 0, medium = 0, large = 0;
  } radius;
  std::array<TypeToken, kTextStyles> type{};
  struct {
    float height = 0, compact = 0, hairline = 0;
  } control;
  struct {
    int fast = 0, medium = 0, slow = 0, rest = 0, message = 0;
  } duration_ms;

  const TypeToken& token(TextStyle style) const { return type[static_cast<std::size_t>(style)]; }

  // kMalformed names the key: "theme.json: color.dark.accent: …". Every key must be there; unknown ones are ignored,
  // since the page may need more than the player.
  static Result<Theme> parse(std::string_view json, const std::string& name, Scheme scheme);
  static Result<Theme> load(const std::string& path, Scheme scheme);
};

}  // namespace zoe::ui
