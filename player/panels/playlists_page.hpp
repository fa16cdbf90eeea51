// The viewer's playlists and those that others share: the list of them, and one with its entries.
#pragma once

#include <cstdint>
#include <vector>

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Main thread.
class PlaylistsPage {
 public:
  void draw(const PanelContext& context, const ui::Box& area);

  // The playlist that is looked at; 0: the list of them.
  std::uint64_t open_playlist() const { return playlist_; }
  void show(std::uint64_t playlist) { playlist_ = playlist; }
  // Back to the list; false where that is shown already.
  bool leave();

 private:
  void draw_list(const PanelContext& context, const ui::Box& area);
  float draw_group(const PanelContext& context, const ui::Box& row, std::string_view heading, bool is_own);
  void draw_playlist_card(const PanelContext& context, const ui::Box& box, const PlaylistInfo& info, int index);
  void draw_details(const PanelContext& context, const ui::Box& area);
  void draw_head(const PanelContext& context, ui::Box head, const PlaylistDetails& details);
  void draw_entries(const PanelContext& context, const ui::Box& area, const PlaylistDetails& details);
  void draw_entry(const PanelContext& context, const ui::Box& box, const PlaylistDetails& details, int index);
  void follow_drag(const PanelContext& context, const PlaylistDetails& details, float top);
  void draw_sharing(const PanelContext& context, const PlaylistDetails& details);

  std::uint64_t playlist_ = 0;
  std::uint64_t dragged_ = 0;  // the entry; 0: none
  float drag_y_ = 0;           // of the pointer
  bool is_sharing_open_ = false;
  bool is_sharing_fresh_ = false;
  std::string share_name_;
  bool may_share_edit_ = false;
};

// Questions that other pages ask too.
void ask_new_playlist(const PanelContext& context);

}  // namespace zoe::player
