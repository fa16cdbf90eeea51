// Play, rewind, step, seek, speed, loop, rendition: the bar at the foot of the picture. And the title above it.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/ui/seek_bar.hpp"
#include "player/panels/panel_context.hpp"
#include "player/panels/sound_controls.hpp"

namespace zoe::player {

// Main thread.
class TransportBar {
 public:
  // At the foot of the screen.
  void draw(const PanelContext& context, float alpha);

  // The title along the top of the screen, with the way back to the library. `right_end`: where other panels begin.
  void draw_title(const PanelContext& context, float alpha, float right_end);

  // Height of the strip at the foot that the bar takes, margins included.
  static float strip_height(ui::Ui& ui);
  static float title_height(ui::Ui& ui);

  // The viewer holds the handle or a menu is open: not the time to fade away.
  bool is_in_use() const { return is_dragging_ || sound_.is_dragging(); }

  const ui::Box& box() const { return box_; }

 private:
  void draw_seek_row(const PanelContext& context, ui::Box row);
  void draw_hover_time(const PanelContext& context, const ui::Box& bar, std::int64_t time_us);
  void draw_left(const PanelContext& context, ui::Box row);
  void draw_middle(const PanelContext& context, ui::Box row);
  void draw_right(const PanelContext& context, ui::Box row);
  // To the video before and the next one, of what plays one after another.
  bool has_jumps(const PanelContext& context) const;
  float middle_width(const PanelContext& context) const;
  void draw_speed(const PanelContext& context, const ui::Box& button);
  void draw_total(const PanelContext& context, const ui::Box& right, std::int64_t left_us);
  void draw_live(const PanelContext& context, ui::Box right);
  void draw_room(const PanelContext& context, const ui::Box& button);
  void draw_analysis_button(const PanelContext& context, const ui::Box& box);
  void draw_notes_button(const PanelContext& context, const ui::Box& button);
  void draw_rendition(const PanelContext& context, const ui::Box& button);
  void draw_download(const PanelContext& context, const ui::Box& button);
  // Where a menu of the button hangs: over the whole bar, so that the seek bar stays in sight.
  ui::Box above_bar(const ui::Box& button) const { return {button.x, box_.y, button.w, box_.h}; }
  void scrub(const PanelContext& context, const ui::SeekBarResult& result);

  std::vector<ui::BarSpan> packet_spans_;
  std::vector<std::int64_t> boundaries_;
  std::vector<std::int64_t> marks_;  // where chapters begin
  std::int64_t scrubbed_us_ = -1;    // last target of the drag under way that was sent
  std::int64_t scrubbed_ns_ = 0;
  bool is_dragging_ = false;
  bool shows_remaining_ = false;
  SoundControls sound_;
  ui::Box box_;
};

}  // namespace zoe::player
