// What an analysis found, drawn on the picture: boxes, identities, trails, the ball, and a map of the pitch.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/render/video_pass.hpp"
#include "engine/ui/ui.hpp"
#include "player/client/analysis_types.hpp"
#include "player/client/track_store.hpp"
#include "player/layers/drawn_analysis.hpp"
#include "player/panels/overlay_choice.hpp"
#include "player/panels/team_colors.hpp"

namespace zoe::player {

// Main thread. OverlayLayer draws it over the video and below everything else, in the same pass as the panels: one list
// of triangles costs less than a pass of its own. Everything is where it is at the time of the frame that is on the
// screen, so forwards, backwards, paused and at any speed the same frame looks the same. Allocates nothing once its
// vectors have grown, but for labels that are not plain ASCII.
class AnalysisLayer {
 public:
  struct Model {
    const TrackStore& tracks;
    const AnalysisSummary* summary = nullptr;  // for the teams' colours
    const OverlayChoice& choice;
    std::int64_t time_us = 0;  // of the frame on the screen
    render::Rect picture;      // where it is
    float foot = 0;            // the map stays above this
  };
  void draw(ui::Ui& ui, const Model& model);

  // The boxes and the ball of the last picture.
  const DrawnAnalysis& drawn() const { return drawn_; }
  // The last picture was drawn without.
  void leave_out() { drawn_.objects.clear(); }

  // Another media or analysis: whether it knows the pitch is not known any more.
  void forget() { has_pitch_ = false; }

 private:
  void draw_trail(ui::Ui& ui, const Model& model, const TrackPoint& at, ui::Color color);
  void draw_box(ui::Ui& ui, const ui::Box& box, ui::Color color) const;
  void draw_ball(ui::Ui& ui, const ui::Box& box, ui::Color color) const;
  void draw_name(ui::Ui& ui, const Model& model, const ui::Box& box, const TrackObject& what, ui::Color color) const;
  void draw_map(ui::Ui& ui, const Model& model, const TeamColors& colors);

  std::vector<VisibleTrack> visible_;
  std::vector<TrailPoint> trail_;
  DrawnAnalysis drawn_;
  bool has_pitch_ = false;  // some object had a place on it
};

}  // namespace zoe::player
