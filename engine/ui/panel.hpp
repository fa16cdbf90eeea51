// Floating panels, pages and menus: ImGui windows without ImGui's looks.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/ui/ui.hpp"

namespace zoe::ui {

enum class Ground : std::uint8_t {
  kNone = 1,  // draws its own
  kSurface,   // translucent, rounded, with a shadow
  kSolid,     // the same, opaque: over other text
};

struct PanelOptions {
  Ground ground = Ground::kSurface;
  float alpha = 1;  // of everything in it; at 0 nothing is drawn and nothing takes the mouse
  bool takes_mouse = true;
  bool is_in_front = false;  // raises it above the other panels
};

// A panel while it lives. `is_open()` false: it is invisible, draw nothing.
class Panel {
 public:
  Panel(Ui& ui, const char* id, const Box& box, const PanelOptions& options = {});
  ~Panel();
  Panel(const Panel&) = delete;
  Panel& operator=(const Panel&) = delete;

  bool is_open() const { return is_open_; }
  const Box& box() const { return box_; }

 private:
  Box box_;
  bool is_open_ = false;
};

// A part of a panel that scrolls up and down, while it lives.
class ScrollArea {
 public:
  ScrollArea(Ui& ui, const char* id, const Box& box);
  ~ScrollArea();
  ScrollArea(const ScrollArea&) = delete;
  ScrollArea& operator=(const ScrollArea&) = delete;

  // Where the content's top left lies now, scrolled, and how wide it may be.
  ImVec2 origin() const { return origin_; }
  float width() const { return width_; }
  // What of the content can be seen.
  const Box& view() const { return view_; }
  // Says how high the content is. Call once, at the end.
  void set_height(float height);
  // True when the end of the content is within a screenful.
  bool is_near_end() const;
  void scroll_to(float y);  // of the content

 private:
  Ui& ui_;
  Box view_;
  ImVec2 origin_;
  float width_ = 0;
  bool is_near_end_ = false;
};

// --- Menus
// --------------------------------------------------------------------------------------------------------------

struct MenuItem {
  std::string_view text;
  std::string_view detail = {};  // on the right, quieter
  std::string_view icon = {};
  bool is_chosen = false;
};

// Opens the menu `id` from the next `Menu` on.
void open_menu(const char* id);
bool is_menu_open(const char* id);

// A menu above or below `anchor`, while it lives. Closes when something is chosen or pressed elsewhere.
class Menu {
 public:
  Menu(Ui& ui, const char* id, const Box& anchor, float width, int items, std::string_view title = {});
  ~Menu();
  Menu(const Menu&) = delete;
  Menu& operator=(const Menu&) = delete;

  bool is_open() const { return is_open_; }
  // True when it was chosen.
  bool item(const MenuItem& what);

 private:
  Ui& ui_;
  Box rest_;
  int next_ = 0;
  bool is_open_ = false;
};

}  // namespace zoe::ui
