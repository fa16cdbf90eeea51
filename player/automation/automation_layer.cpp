#include "player/automation/automation_layer.hpp"

#include <SDL.h>
#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace zoe::player {
namespace {

constexpr std::int64_t kStatsEveryNs = kNsPerS;

}  // namespace

AutomationLayer::AutomationLayer(app::Application& application, ServerLink& link, Playback& playback,
                                 render::FrameUploader& uploader, MediaOpener& opener, Log& log, Options options)
    : application_(application),
      link_(link),
      playback_(playback),
      uploader_(uploader),
      opener_(opener),
      log_(log),
      options_(std::move(options)),
      shots_(std::make_unique<render::ScreenshotWriter>()) {
  if (!options_.script_name.empty())
    script_.emplace(std::move(options_.steps), options_.script_name, static_cast<ScriptHost&>(*this));
  if (!options_.stats_file.empty()) stats_ = std::make_unique<StatsFile>(options_.stats_file, log_);
}

AutomationLayer::~AutomationLayer() = default;

app::Wish AutomationLayer::on_update(const app::UpdateContext& context) {
  app::Wish wish;
  if (is_gone_) return wish;
  if (leaving_) {
    const auto outcome = screenshot_outcome();
    if (outcome) {
      if (!*outcome && failure_.empty()) failure_ = outcome->error().message;
      is_gone_ = true;
      application_.quit(!*outcome && *leaving_ == kWell ? kNotStarted : *leaving_);
    }
  } else {
    check_trouble();
    check_script(context.now_ns, wish.wake_at_ns);
    check_end(context.now_ns, wish.wake_at_ns);
  }
  check_stats(context.now_ns, wish.wake_at_ns);
  wish.is_dirty = !wanted_shot_.empty();
  return wish;
}

void AutomationLayer::on_render(const app::RenderContext& context) {
  if (wanted_shot_.empty()) return;
  const auto shot = shot_;
  const auto note = [shot, &application = application_](Status status) {
    {
      const MutexLock lock(shot->mutex);
      shot->outcome = std::move(status);
    }
    application.wake();
  };
  const std::string path = std::exchange(wanted_shot_, {});
  if (Status saved = shots_->save(render::read_framebuffer(context.width, context.height), path, note); !saved)
    note(std::move(saved));
}

void AutomationLayer::check_script(std::int64_t now_ns, std::int64_t& wake_at_ns) {
  if (!script_ || leaving_) return;
  const ScriptRunner::Turn turn = script_->turn(now_ns);
  wake_at_ns = std::min(wake_at_ns, turn.wake_at_ns);
  if (turn.exit_code) leave(*turn.exit_code, script_->failure());
}

void AutomationLayer::check_end(std::int64_t now_ns, std::int64_t& wake_at_ns) {
  if (leaving_) return;
  const PlaybackSnapshot& now = playback_.snapshot();
  if (now.counters.shown > 0 && first_shown_ns_ == 0) first_shown_ns_ = now_ns;
  if (options_.exits_at_end && now.state == PlayState::kEnded && now.is_settled) return leave(kWell);
  if (options_.seconds <= 0 || first_shown_ns_ == 0) return;
  const std::int64_t end_ns = first_shown_ns_ + static_cast<std::int64_t>(options_.seconds * 1e9);
  if (now_ns >= end_ns) return leave(kWell);
  wake_at_ns = std::min(wake_at_ns, end_ns);
}

// Where nobody sits, what only a person could mend ends the program. A script is a person.
void AutomationLayer::check_trouble() {
  if (!options_.is_alone || script_) return;
  const PlaybackSnapshot& now = playback_.snapshot();
  if (now.state == PlayState::kFailed)
    return leave(kMediaFailed, fmt::format("{} cannot be played: {}", now.title, now.error));
  if (is_media_missing()) {
    const std::string wanted = opener_.wanted();
    return leave(kNotStarted, wanted.empty() ? "the server's library is empty"
                                             : fmt::format("there is no video called \"{}\" in the library", wanted));
  }
  const LinkSnapshot link = link_.snapshot();
  switch (link.state) {
    case LinkState::kFailed:
      return leave(kNotStarted, fmt::format("no connection to {}: {}", link.address, link.error));
    case LinkState::kKeyChanged:
      return leave(kNotStarted, fmt::format("the key of {} has changed: {}", link.address, link.error));
    case LinkState::kSignInNeeded:
      return leave(kNotStarted, link.error.empty()
                                    ? fmt::format("{} wants you to sign in: give --user and --password-file, "
                                                  "--token-file or --guest",
                                                  link.address)
                                    : fmt::format("{} did not let you in: {}", link.address, link.error));
    default:
      return;
  }
}

void AutomationLayer::check_stats(std::int64_t now_ns, std::int64_t& wake_at_ns) {
  if (!stats_) return;
  if (now_ns >= stats_at_ns_) {
    stats_at_ns_ = now_ns + kStatsEveryNs;
    write_stats();
  }
  wake_at_ns = std::min(wake_at_ns, stats_at_ns_);
}

void AutomationLayer::write_stats() {
  if (!stats_) return;
  const LinkSnapshot link = link_.snapshot();
  stats_->write(stats_json({.playback = playback_.snapshot(),
                            .link = link,
                            .draws = application_.frame_costs(),
                            .slots = uploader_.slots(),
                            .uploads = uploader_.counts(),
                            .marks = marks_,
                            .overlays = options_.overlay_costs,
                            .running_ms = (application_.clock().now_ns() - options_.program_start_ns) / kNsPerMs,
                            .window_ms = options_.window_ms,
                            .gl_renderer = application_.window().gl_renderer()}));
}

void AutomationLayer::leave(int code, std::string why) {
  if (leaving_) return;
  leaving_ = code;
  failure_ = std::move(why);
  if (!options_.screenshot_file.empty() && first_shown_ns_ != 0) return screenshot(options_.screenshot_file);
  is_gone_ = true;
  application_.quit(code);
}

void AutomationLayer::resize(int width, int height) {
  if (const Status resized = application_.window().resize(width, height); !resized)
    log_.warning("script", "{}", resized.error().message);
  application_.post(app::WindowResized{.width = application_.window().width(),
                                       .height = application_.window().height(),
                                       .scale = application_.window().scale()});
}

std::int64_t AutomationLayer::library_items() const { return static_cast<std::int64_t>(link_.library()->items.size()); }

const ui::Landmark* AutomationLayer::landmark(const std::string& name) const {
  if (!options_.landmarks) return nullptr;
  for (const ui::Landmark& each : options_.landmarks())
    if (each.name == name) return &each;
  return nullptr;
}

void AutomationLayer::mark(const std::string& name) {
  const PlaybackSnapshot& now = playback_.snapshot();
  const std::int64_t at_ns = application_.clock().now_ns() - options_.program_start_ns;
  marks_.push_back({.name = name,
                    .at_ms = at_ns / kNsPerMs,
                    .position_us = now.position_us,
                    .shown = now.counters.shown,
                    .late = now.counters.late,
                    .dropped = now.counters.dropped,
                    .overlay = options_.overlay != nullptr ? *options_.overlay : DrawnAnalysis()});
  log_.info("player", "mark {} at {} ms", name, at_ns / kNsPerMs);
}

void AutomationLayer::screenshot(const std::string& path) {
  wanted_shot_ = path;
  shot_ = std::make_shared<Shot>();
  application_.request_redraw();
}

std::optional<Status> AutomationLayer::screenshot_outcome() {
  if (!shot_) return Status();
  const MutexLock lock(shot_->mutex);
  return shot_->outcome;
}

}  // namespace zoe::player
