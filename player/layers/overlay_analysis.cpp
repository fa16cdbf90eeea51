// The overlay layer's side of analyses: asking, starting, and drawing on the picture.
#include <algorithm>
#include <utility>

#include "engine/ui/icons.hpp"
#include "player/layers/overlay_layer.hpp"

namespace zoe::player {
namespace {

constexpr std::int64_t kIdleNs = kNsPerS;

}  // namespace

void OverlayLayer::toggle_analysis() {
  is_analysis_open_ = !is_analysis_open_;
  is_buffers_open_ = is_buffers_open_ && !is_analysis_open_;
  is_notes_open_ = is_notes_open_ && !is_analysis_open_;
  is_right_newer_ = true;
  frames_wanted_ = kFramesAfterEvent;
}

void OverlayLayer::toggle_glass() {
  overlays_.set_on(!overlays_.is_on());
  link_.set_overlays(overlays_.to_text());
  toasts_.flash(overlays_.is_on() ? ui::icon::kEye : ui::icon::kEyeSlash,
                overlays_.is_on() ? "Overlays on" : "Overlays off");
}

void OverlayLayer::analyse(std::string analyser) {
  if (!is_analysis_open_) toggle_analysis();
  wanted_analyser_ = std::move(analyser);
}

// Asks only while a video is shown, and of its tracks only for what is drawn.
std::int64_t OverlayLayer::follow_analysis(const PlaybackSnapshot& playback, std::int64_t now_ns) {
  if (link_snapshot_.state != LinkState::kSignedIn) return now_ns + kIdleNs;
  // A file of this machine is none of the server's.
  const bool is_video = page_of(playback) == Page::kVideo && !is_local_media(playback.media);
  const render::TexturedFrame* frame = video_.frame();
  // Where a seek goes to, what is there is wanted already.
  const std::int64_t shown_us = frame != nullptr ? frame->tag.pts_us : playback.position_us;
  const std::int64_t at_ns =
      analysis_.update({.media = is_video ? std::string_view(playback.media) : std::string_view(),
                        .position_us = playback.is_seeking ? playback.seek_target_us : shown_us,
                        .duration_us = playback.duration_us,
                        .rate = playback.rate.to_double(),
                        .is_panel_seen = is_video && (is_analysis_open_ || wanted_analyser_),
                        .are_tracks_seen = is_video && overlays_.is_on()},
                       now_ns);
  for (AnalysisOutcome& outcome : analysis_.take_outcomes())
    toasts_.add(outcome.is_done ? ui::ToastKind::kGood : ui::ToastKind::kError, std::move(outcome.message));
  start_wanted_analysis();
  if (std::exchange(analysis_revision_, analysis_.revision()) != analysis_.revision())
    frames_wanted_ = std::max(frames_wanted_, 1);
  if (glass_job_ != analysis_.snapshot().job) {
    glass_job_ = analysis_.snapshot().job;
    glass_.forget();
  }
  return at_ns;
}

void OverlayLayer::start_wanted_analysis() {
  const AnalysisSnapshot& now = analysis_.snapshot();
  if (!wanted_analyser_ || now.media.empty() || now.analysers.is_loading) return;
  if (!now.analysers.value && now.analysers.error.empty()) return;
  const std::string wanted = *std::exchange(wanted_analyser_, std::nullopt);
  if (now.analysers.value) {
    for (const Analyser& each : *now.analysers.value) {
      if (!each.is_available || (!wanted.empty() && each.analyser != wanted)) continue;
      if (auto params = start_params(now.media, each, {})) analysis_.start(std::move(*params));
      return;
    }
  }
  toasts_.add(ui::ToastKind::kError, !now.analysers.error.empty() ? now.analysers.error
                                     : wanted.empty() ? "This server has nothing that could analyse a video."
                                                      : "This server has no analyser called " + wanted + ".");
}

void OverlayLayer::carry_out_analysis(const AnalysisRequests& requests) {
  if (!requests.is_any()) return;
  if (!requests.start.empty()) analysis_.start(requests.start);
  if (!requests.cancel.empty()) analysis_.cancel(requests.cancel);
  if (!requests.remove.empty()) analysis_.remove(requests.remove);
  if (!requests.choose.empty()) analysis_.choose(requests.choose);
  if (requests.refresh) analysis_.refresh();
  if (requests.toggle) overlays_.toggle(*requests.toggle);
  if (requests.toggle_all) overlays_.set_on(!overlays_.is_on());
  if (requests.toggle || requests.toggle_all) link_.set_overlays(overlays_.to_text());
  frames_wanted_ = kFramesAfterEvent;
}

bool OverlayLayer::needs_glass() const {
  const bool has_analysis = overlays_.is_on() && !analysis_.tracks().is_empty();
  return !is_hidden_ && (has_analysis || telestration_.needs_glass()) && video_.frame() != nullptr &&
         page_of(playback_.snapshot()) == Page::kVideo;
}

void OverlayLayer::draw_glass(ui::Ui& ui) {
  const std::int64_t begin_ns = application_.clock().now_ns();
  const float margin = ui.px(ui.theme().space.m);
  if (overlays_.is_on() && !analysis_.tracks().is_empty())
    glass_.draw(ui, {.tracks = analysis_.tracks(),
                     .summary = analysis_.snapshot().summary.get(),
                     .choice = overlays_,
                     .time_us = video_.frame()->tag.pts_us,
                     .picture = video_.picture(),
                     .foot = ui.screen().bottom() - TransportBar::strip_height(ui) - margin});
  else
    glass_.leave_out();
  telestration_.draw_glass(ui, application_.clock().now_ns());
  glass_costs_.add(application_.clock().now_ns() - begin_ns);
}

}  // namespace zoe::player
