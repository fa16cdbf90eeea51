// The colours in which teams, referees and balls are drawn: bright enough for grass, and for a dark panel.
#pragma once

#include "engine/ui/theme.hpp"
#include "player/client/analysis_types.hpp"

namespace zoe::player {

struct TeamColors {
  ui::Color a;
  ui::Color b;
  ui::Color none;
  ui::Color referee;
  ui::Color ball;

  // A team's own colour where the analysis told it; too dark a one is lightened. `summary` may be null.
  static TeamColors of(const ui::Palette& palette, const AnalysisSummary* summary);

  ui::Color of(Team team) const { return team == Team::kA ? a : team == Team::kB ? b : none; }
  ui::Color of(const TrackObject& object) const;
};

// Black or white, whichever reads better on `ground`.
ui::Color text_on(ui::Color ground);

}  // namespace zoe::player
