// The server's videos: the home page, the library by folders, and a drawer of rows beside the picture while one plays.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/ui/panel.hpp"
#include "player/panels/media_card.hpp"
#include "player/panels/panel_context.hpp"

namespace zoe::player {

enum class LibraryView : std::uint8_t {
  kHome = 1,  // what was begun and what is recommended above all videos
  kFolders,   // one folder: what lies in it and below
};

// Main thread. Asks the link for another query when the viewer has stopped typing for a moment.
class LibraryPanel {
 public:
  // Inside a panel that is open.
  void draw_page(const PanelContext& context, const ui::Box& area, LibraryView view);
  void draw_search(const PanelContext& context, const ui::Box& box);

  // At the left edge, between `top` and `bottom`; slides in as `openness` goes from 0 to 1.
  void draw_drawer(const PanelContext& context, float top, float bottom, float openness);

  // The width that the drawer would like, with its margin.
  static float wanted_width(ui::Ui& ui);

  // Puts the keyboard into the search field.
  void focus_search() { wants_search_focus_ = true; }

  // Where the folders' view is.
  const std::string& root() const { return root_; }
  const std::string& folder() const { return folder_; }
  // To the folder above; false where there is none.
  bool go_up();

  // Where the drawer was drawn last.
  const ui::Box& box() const { return box_; }

 private:
  void follow_view(const PanelContext& context, LibraryView view);
  void draw_sort(const PanelContext& context, const ui::Box& button);
  void draw_summary(const PanelContext& context, ui::Box row, LibraryView view);
  void draw_crumbs(const PanelContext& context, ui::Box row);
  void draw_link_state(const PanelContext& context, ui::Box row);
  // Something other than videos: loading, empty, an error. False when there are videos.
  bool draw_state(const PanelContext& context, const ui::Box& area);
  void draw_cards(const PanelContext& context, const ui::Box& area, float width, LibraryView view);
  // A heading and one row of cards; returns the height. Nothing and 0 where there is nothing to suggest.
  float draw_suggestions(const PanelContext& context, const ui::Box& row, std::string_view name,
                         std::string_view heading, const std::vector<HomeSuggestion>& suggestions);
  // The folders, or the roots above them; returns the height, 0 where there are none.
  float draw_folders(const PanelContext& context, const ui::Box& row, const ui::Box& view);
  bool draw_folder_card(const PanelContext& context, const ui::Box& box, std::string_view name, std::int64_t media,
                        const std::string& mark);
  void draw_rows(const PanelContext& context, const ui::Box& area);
  void draw_queue(const PanelContext& context, const ui::Box& area);
  // True when it was pressed.
  bool draw_row(const PanelContext& context, const ui::Box& box, const LibraryItem& item, int index, bool is_current);
  void send_query(const PanelContext& context);
  void go_to(std::string root, std::string folder);

  LibraryQuery wanted_;
  std::string root_;
  std::string folder_;
  bool is_moved_ = false;      // to another folder: the list begins at its top
  std::int64_t typed_ns_ = 0;  // when the search text last changed; 0 when it has been sent
  bool wants_search_focus_ = false;
  bool is_queue_shown_ = true;  // in the drawer, where something plays one after another
  ui::Box box_;
};

}  // namespace zoe::player
