// The server's videos: a page of cards, and a drawer of rows beside the picture while one plays.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/ui/panel.hpp"
#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Main thread. Asks the link for another query when the viewer has stopped typing for a moment.
class PlaylistPanel {
 public:
  // The whole screen.
  void draw_page(const PanelContext& context, float alpha);

  // At the left edge, between `top` and `bottom`; slides in as `openness` goes from 0 to 1.
  void draw_drawer(const PanelContext& context, float top, float bottom, float openness);

  // The width that the drawer would like, with its margin.
  static float wanted_width(ui::Ui& ui);

  // Puts the keyboard into the search field.
  void focus_search() { wants_search_focus_ = true; }

  // Where the page or the drawer was drawn last.
  const ui::Box& box() const { return box_; }

 private:
  void draw_header(const PanelContext& context, ui::Box header);
  void draw_account(const PanelContext& context, const ui::Box& button);
  void draw_search(const PanelContext& context, const ui::Box& box);
  void draw_sort(const PanelContext& context, const ui::Box& button);
  void draw_summary(const PanelContext& context, ui::Box row);
  void draw_link_state(const PanelContext& context, ui::Box row);
  // Something other than videos: loading, empty, an error. False when there are videos.
  bool draw_state(const PanelContext& context, const ui::Box& area);
  void draw_cards(const PanelContext& context, const ui::Box& area, float width);
  // A heading and one row of cards; returns the height. Nothing and 0 where there is nothing to suggest.
  float draw_suggestions(const PanelContext& context, const ui::Box& row, std::string_view name,
                         std::string_view heading, const std::vector<HomeSuggestion>& suggestions);
  struct Grid {
    int columns = 1;
    float card_width = 0;
    float card_height = 0;
    float gap = 0;
  };
  static Grid grid_of(ui::Ui& ui, float width);
  // `name` is its landmark; `caption` stands below the title.
  void draw_card(const PanelContext& context, const ui::Box& box, const LibraryItem& item, const std::string& name,
                 const std::string& caption);
  void draw_rows(const PanelContext& context, const ui::Box& area);
  void draw_row(const PanelContext& context, const ui::Box& box, const LibraryItem& item, int index);
  void send_query(const PanelContext& context);

  LibraryQuery wanted_;
  std::int64_t typed_ns_ = 0;  // when the search text last changed; 0 when it has been sent
  bool wants_search_focus_ = false;
  ui::Box box_;
};

}  // namespace zoe::player
