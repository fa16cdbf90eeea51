// The typefaces: Inter for text, Font Awesome for icons, and for letters that Inter lacks whatever installed font has
// them.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/ui/font_finder.hpp"
#include "engine/ui/theme.hpp"

struct ImFont;
struct ImFontAtlas;

namespace zoe::ui {

// Owns the font files' bytes and knows which letters are in use; the atlas belongs to ImGui. Main thread.
//
// The atlas begins with what the interface itself says; other letters join it when a text that needs them is first
// shown (`need`), which takes one rebuild before the next frame. Sizes are whole pixels of the display, so text is
// sharp at every scale.
class Fonts {
 public:
  // `asset_folder` holds fonts/Inter-*.otf and fonts/FontAwesome.otf. kNotFound says which is missing.
  static Result<std::unique_ptr<Fonts>> create(const Theme& theme, const std::string& asset_folder);

  ~Fonts();
  Fonts(const Fonts&) = delete;
  Fonts& operator=(const Fonts&) = delete;

  // Pixels per unit; marks the atlas stale when it changes.
  void set_scale(float scale);

  // Makes sure that the letters are there from the next frame on. Cheap for those that are.
  void need(std::string_view utf8);

  bool is_stale() const { return is_stale_; }

  // Fills the atlas anew; not inside an ImGui frame. The texture has to be made from it again.
  Status rebuild(ImFontAtlas& atlas);

  ImFont& get(TextStyle style) const { return *fonts_[static_cast<std::size_t>(style)]; }

  // The body style for ImGui's own text fields, which place letters at fractions of a pixel: whole advances.
  ImFont& field() const { return *field_; }

 private:
  struct Impl;
  explicit Fonts(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
  std::array<ImFont*, kTextStyles> fonts_{};
  ImFont* field_ = nullptr;
  bool is_stale_ = true;
};

}  // namespace zoe::ui
