// The overlay layer's side of how near, where and in which proportions the picture is looked at.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "engine/ui/icons.hpp"
#include "player/layers/overlay_layer.hpp"

namespace zoe::player {
namespace {

constexpr double kZoomStep = 1.1;
constexpr double kPanStep = 0.05;  // of the picture's size

struct Proportions {
  double aspect;
  std::string_view text;
};

// The picture's own, then what films and broadcasts are made in.
constexpr std::array<Proportions, 5> kProportions{
    {{0, "its own"}, {4.0 / 3, "4:3"}, {16.0 / 9, "16:9"}, {2.39, "2.39:1"}, {1, "1:1"}}};

const Proportions& next_proportions(double aspect) {
  const auto* const now = std::find_if(kProportions.begin(), kProportions.end(),
                                       [&](const Proportions& each) { return std::abs(each.aspect - aspect) < 1e-6; });
  const bool is_last = now == kProportions.end() || now + 1 == kProportions.end();
  return is_last ? kProportions.front() : *(now + 1);
}

}  // namespace

void OverlayLayer::act_on_framing(Action action) {
  render::Framing framing = video_.framing();
  std::string text;
  const auto zoom_by = [&](double factor) {
    framing.zoom *= factor;
    // The steps are powers of one factor: without this they would pass by the size that fits.
    if (std::abs(framing.zoom - 1) < 0.01) framing.zoom = 1;
    framing.zoom = std::clamp(framing.zoom, render::kLeastZoom, render::kMostZoom);
    text = fmt::format("Size {:.0f} %", framing.zoom * 100);
  };
  switch (action) {
    case Action::kZoomIn:
      zoom_by(kZoomStep);
      break;
    case Action::kZoomOut:
      zoom_by(1 / kZoomStep);
      break;
    case Action::kPanLeft:
      framing.pan_x -= kPanStep;
      break;
    case Action::kPanRight:
      framing.pan_x += kPanStep;
      break;
    case Action::kPanUp:
      framing.pan_y -= kPanStep;
      break;
    case Action::kPanDown:
      framing.pan_y += kPanStep;
      break;
    case Action::kToggleFill:
      framing.fills = !framing.fills;
      text = framing.fills ? "Fills the window" : "Whole picture";
      break;
    case Action::kAspect: {
      const Proportions& next = next_proportions(framing.aspect);
      framing.aspect = next.aspect;
      text = fmt::format("Proportions: {}", next.text);
      break;
    }
    default:
      framing = {};
      text = "Picture as it is";
  }
  video_.set_framing(framing);
  if (!text.empty()) toasts_.flash(ui::icon::kExpand, text);
}

// Another video is shown whole again.
void OverlayLayer::follow_framing(const PlaybackSnapshot& playback) {
  if (playback.media == framed_media_) return;
  framed_media_ = playback.media;
  video_.set_framing({});
}

}  // namespace zoe::player
