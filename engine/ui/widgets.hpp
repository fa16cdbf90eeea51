// The small parts of the interface: buttons, fields, switches, badges. Drawn by us; ImGui only says who is hovered,
// held and typed into.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/ui/ui.hpp"

namespace zoe::ui {

enum class Enabled : std::uint8_t { kNo = 0, kYes = 1 };
// Whether the keyboard goes there; with kOwnRing the caller shows that it is there.
enum class Focus : std::uint8_t { kNo = 0, kYes, kOwnRing };

struct Press {
  bool is_hovered = false;
  bool is_held = false;
  bool is_clicked = false;  // released over it
};

// A place that can be pressed. `id` is unique within its window.
Press pressable(Ui& ui, const char* id, const Box& box, Enabled enabled = Enabled::kYes, Focus focus = Focus::kYes);

struct IconButton {
  std::string_view icon;
  std::string_view tip;
  std::string_view shortcut = {};
  bool is_on = false;
  Enabled enabled = Enabled::kYes;
  TextStyle style = TextStyle::kIcon;
};
bool icon_button(Ui& ui, const char* id, const Box& box, const IconButton& what);

enum class ButtonKind : std::uint8_t { kPrimary = 1, kSecondary, kGhost, kDanger };

struct Button {
  std::string_view text;
  ButtonKind kind = ButtonKind::kSecondary;
  std::string_view icon = {};
  Enabled enabled = Enabled::kYes;
  bool is_busy = false;  // turns instead of its icon, and cannot be pressed
  TextStyle style = TextStyle::kStrong;
};
bool button(Ui& ui, const char* id, const Box& box, const Button& what);
float button_width(Ui& ui, const Button& what);

// Underlined when hovered. Returns true when pressed; `width` takes what it used.
bool link(Ui& ui, const char* id, ImVec2 at, std::string_view text, float* width = nullptr);

enum class FieldKind : std::uint8_t { kText = 1, kPassword };

struct TextField {
  std::string_view hint;
  std::string_view icon = {};
  FieldKind kind = FieldKind::kText;
  Enabled enabled = Enabled::kYes;
  bool has_error = false;
  bool wants_focus = false;  // takes the keyboard in this frame
};

struct FieldResult {
  bool is_changed = false;
  bool is_submitted = false;  // Enter
  bool is_left = false;       // lost the keyboard after a change
  bool has_focus = false;
};
FieldResult text_field(Ui& ui, const char* id, const Box& box, std::string& text, const TextField& what);

// True when it changed.
bool checkbox(Ui& ui, const char* id, const Box& box, std::string_view text, bool& is_on);

// One of a few: returns the index that is chosen from now on.
int segmented(Ui& ui, const char* id, const Box& box, std::span<const std::string_view> choices, int chosen);

// A turning arc.
void spinner(Ui& ui, ImVec2 center, float radius, Color color);

// Text on a rounded ground, its left top at `at`; returns its size.
ImVec2 badge(Ui& ui, ImVec2 at, std::string_view text, Color ground, Color text_color);
float badge_width(Ui& ui, std::string_view text);
float badge_height(Ui& ui);

// A key of the keyboard, in a hint.
float key_cap(Ui& ui, ImVec2 at, std::string_view key);

}  // namespace zoe::ui
