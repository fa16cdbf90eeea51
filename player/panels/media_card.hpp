// A video as a card or a row: its picture, what is known of it, and what can be done with it.
#pragma once

#include <string>

#include "player/panels/panel_context.hpp"

namespace zoe::player {

enum class CardLook : std::uint8_t { kCard = 1, kRow };

// The poster, or until it is there a strip of film in a tint of the video's own, with its length and resolution.
// `warmth`: 0 to 1 while the pointer is on it; `is_current`: it is the one that plays. True where the poster is there.
bool draw_thumbnail(const PanelContext& context, const ui::Box& box, const LibraryItem& item, CardLook look,
                    float warmth, bool is_current);

// How cards lie in a width.
struct CardGrid {
  int columns = 1;
  float card_width = 0;
  float card_height = 0;
  float gap = 0;

  static CardGrid of(ui::Ui& ui, float width);
  float step() const { return card_height + gap; }
  // The card at `index` of a grid whose first lies at `origin`.
  ui::Box box(ImVec2 origin, int index) const;
  // Of `count` cards those that can be seen of a grid that begins at `top`, and a row before and behind them, so that
  // the keyboard finds where to go. `height` is that of all.
  struct Range {
    int first = 0;
    int last = 0;
    float height = 0;
  };
  Range seen(int count, float top, const ui::Box& view) const;
};

// What a card is called for scripts and tests, and what stands below its title.
struct CardText {
  std::string name;  // its landmark; ".favourite" and ".more" are on it
  std::string caption;
};

// Opens when pressed; a heart and a menu while the pointer or the keyboard is on it.
void draw_media_card(const PanelContext& context, const ui::Box& box, const LibraryItem& item, const CardText& text);

// The menu of a video, hanging from `anchor`: open it with ui::open_menu("media-menu") under the same ImGui id.
void draw_media_menu(const PanelContext& context, const ui::Box& anchor, const LibraryItem& item);

}  // namespace zoe::player
