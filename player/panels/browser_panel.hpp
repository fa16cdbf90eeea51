// What is seen while nothing plays: the pages of the library and of the viewer's own things, with a rail between them.
#pragma once

#include <string>

#include "player/panels/library_panel.hpp"
#include "player/panels/panel_context.hpp"
#include "player/panels/playlists_page.hpp"
#include "player/panels/rooms_page.hpp"

namespace zoe::player {

// Main thread. Fills the window. Everything in it can be reached with the keyboard.
class BrowserPanel {
 public:
  void draw(const PanelContext& context, float alpha);

  BrowserPage page() const { return page_; }
  void show(BrowserPage page) { page_ = page; }
  // Esc: one thing at a time from the topmost; false where nothing is left to leave.
  bool leave();

  const PlaylistsPage& playlists() const { return playlists_; }
  PlaylistsPage& playlists() { return playlists_; }
  LibraryPanel& library() { return library_; }
  const LibraryPanel& library() const { return library_; }

 private:
  void draw_rail(const PanelContext& context, ui::Box rail, bool is_narrow);
  void draw_header(const PanelContext& context, ui::Box header);
  void draw_account(const PanelContext& context, const ui::Box& button);
  void draw_body(const PanelContext& context, const ui::Box& body);

  BrowserPage page_ = BrowserPage::kHome;
  RoomsPage rooms_;
  LibraryPanel library_;
  PlaylistsPage playlists_;
};

}  // namespace zoe::player
