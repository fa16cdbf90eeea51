#include "player/automation/script_runner.hpp"

#include <fmt/core.h>

#include <cmath>
#include <utility>

#include "engine/app/layer.hpp"
#include "engine/core/clock.hpp"

namespace zoe::player {
namespace {

constexpr std::int64_t kDefaultTimeoutNs = 30 * kNsPerS;
constexpr std::int64_t kLookEveryNs = 5 * kNsPerMs;
// The interface takes one press a picture and settles in the picture after.
constexpr int kPicturesAfterInput = 4;
constexpr std::int64_t kMostPictureNs = 500 * kNsPerMs;

float place_on(const script::Coordinate& coordinate, int size) {
  const double pixels = coordinate.is_percent ? coordinate.value / 100 * size : coordinate.value;
  return static_cast<float>(pixels);
}

std::int64_t frame_number(const PlaybackSnapshot& now) {
  if (now.frame_us <= 0) return 0;
  return std::llround(static_cast<double>(now.position_us) / static_cast<double>(now.frame_us));
}

}  // namespace

ScriptRunner::ScriptRunner(std::vector<script::Step> steps, std::string name, ScriptHost& host)
    : steps_(std::move(steps)), name_(std::move(name)), host_(host), timeout_ns_(kDefaultTimeoutNs) {}

float ScriptRunner::x_of(const script::Place& place) const { return place_on(place.x, host_.width()); }
float ScriptRunner::y_of(const script::Place& place) const { return place_on(place.y, host_.height()); }

ScriptRunner::Turn ScriptRunner::turn(std::int64_t now_ns) {
  now_ns_ = now_ns;
  while (!is_done() && !exit_code_) {
    if (turns_left_ > 0) {
      --turns_left_;
      return {.wake_at_ns = now_ns + kLookEveryNs};
    }
    if (host_.pictures_drawn() < pictures_until_ && now_ns < pictures_by_ns_) {
      host_.request_redraw();
      return {.wake_at_ns = now_ns + kLookEveryNs};
    }
    if (began_ns_ < 0) {
      began_ns_ = now_ns;
      is_shot_taken_ = false;
    }
    const Outcome outcome = std::visit([this](const auto& action) { return act(action); }, steps_[next_].action);
    if (exit_code_) break;
    if (outcome == Outcome::kAgain) return {.wake_at_ns = now_ns + kLookEveryNs};
    began_ns_ = -1;
    ++next_;
  }
  return {.exit_code = exit_code_, .wake_at_ns = app::kNever};
}

void ScriptRunner::let_it_be_handled(int turns, int pictures) {
  turns_left_ = turns;
  pictures_until_ = host_.pictures_drawn() + static_cast<std::uint64_t>(pictures);
  pictures_by_ns_ = began_ns_ + kMostPictureNs;
}

void ScriptRunner::fail_with(const std::string& why) {
  failure_ = fmt::format("{}:{}: {}: {}", name_, steps_[next_].line, steps_[next_].text, why);
  exit_code_ = kFailedCode;
}

// --------------------------------------------------------------------------------------------------- input

ScriptRunner::Outcome ScriptRunner::act(const script::Press& press) {
  if (press.is_down) host_.post(app::KeyEvent{press.key, app::KeyAction::kDown, press.mods});
  if (press.is_up) host_.post(app::KeyEvent{press.key, app::KeyAction::kUp, press.mods});
  let_it_be_handled(1, 1);
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Type& type) {
  host_.post(app::TextEvent{type.text});
  let_it_be_handled(1, kPicturesAfterInput);
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Move& move) {
  host_.post(app::PointerMove{x_of(move.place), y_of(move.place)});
  let_it_be_handled(1, kPicturesAfterInput);
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Click& click) {
  const float x = x_of(click.place);
  const float y = y_of(click.place);
  host_.post(app::PointerMove{x, y});
  for (int count = 1; count <= click.clicks; ++count) {
    host_.post(app::PointerPress{click.button, x, y, count});
    host_.post(app::PointerRelease{click.button, x, y});
  }
  let_it_be_handled(1, kPicturesAfterInput * click.clicks);
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::OnControl& control) {
  const ui::Landmark* mark = host_.landmark(control.name);
  if (mark == nullptr) {
    if (now_ns_ - began_ns_ > timeout_ns_)
      fail_with(fmt::format("nothing of that name within {} ms", timeout_ns_ / kNsPerMs));
    host_.request_redraw();
    return Outcome::kAgain;
  }
  const float x = mark->box.center().x;
  const float y = mark->box.center().y;
  host_.post(app::PointerMove{x, y});
  if (control.is_click) {
    host_.post(app::PointerPress{app::PointerButton::kLeft, x, y, 1});
    host_.post(app::PointerRelease{app::PointerButton::kLeft, x, y});
  }
  let_it_be_handled(1, kPicturesAfterInput);
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Hold& hold) {
  const float x = x_of(hold.place);
  const float y = y_of(hold.place);
  host_.post(app::PointerMove{x, y});
  if (hold.is_down) {
    host_.post(app::PointerPress{app::PointerButton::kLeft, x, y, 1});
  } else {
    host_.post(app::PointerRelease{app::PointerButton::kLeft, x, y});
  }
  let_it_be_handled(1, kPicturesAfterInput);
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Wheel& wheel) {
  host_.post(app::PointerMove{x_of(wheel.place), y_of(wheel.place)});
  host_.post(app::PointerWheel{0, static_cast<float>(wheel.dy)});
  let_it_be_handled(1, kPicturesAfterInput);
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Resize& size) {
  host_.resize(size.width, size.height);
  let_it_be_handled(1, 1);
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Drop& drop) {
  host_.post(app::FilesDropped{{drop.path}});
  let_it_be_handled(1, kPicturesAfterInput);
  return Outcome::kDone;
}

// --------------------------------------------------------------------------------------------------- commands

ScriptRunner::Outcome ScriptRunner::act(const script::Timeout& timeout) {
  timeout_ns_ = timeout.ms * kNsPerMs;
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Open& open) {
  host_.open(open.media);
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Play&) {
  host_.playback().play();
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Pause&) {
  host_.playback().pause();
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Seek& seek) {
  host_.playback().seek(seek.position_us);
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Rate& rate) {
  host_.playback().set_rate(rate.rate);
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Steps& steps) {
  host_.playback().step(steps.count);
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Loop& loop) {
  host_.playback().set_looping(loop.is_on);
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Rendition& rendition) {
  host_.playback().set_rendition(rendition.name);
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Analyse& what) {
  host_.analyse(what.analyser);
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Screenshot& shot) {
  if (!std::exchange(is_shot_taken_, true)) {
    host_.screenshot(shot.path);
    return Outcome::kAgain;
  }
  const std::optional<Status> outcome = host_.screenshot_outcome();
  if (!outcome) return Outcome::kAgain;
  if (!*outcome) fail_with(outcome->error().message);
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Mark& mark) {
  host_.mark(mark.name);
  return Outcome::kDone;
}

ScriptRunner::Outcome ScriptRunner::act(const script::Quit& quit) {
  exit_code_ = quit.code;
  return Outcome::kDone;
}

// --------------------------------------------------------------------------------------------------- waiting

template <typename Waiting>
ScriptRunner::Outcome ScriptRunner::act(const Waiting& waiting) {
  if (is_reached(waiting)) return Outcome::kDone;
  const bool is_pause = std::is_same_v<Waiting, script::Wait>;
  const PlaybackSnapshot& now = host_.playback().snapshot();
  if (now_ns_ - began_ns_ > timeout_ns_ && !is_pause) {
    fail_with(fmt::format("not within {} ms; {}", timeout_ns_ / kNsPerMs, situation()));
  } else if (now.state == PlayState::kFailed && !is_pause && !std::is_same_v<Waiting, script::WaitState>) {
    fail_with(situation());
  } else if (host_.is_media_missing()) {
    fail_with("what was to be opened is not in the library");
  }
  return Outcome::kAgain;
}

bool ScriptRunner::is_reached(const script::Wait& wait) { return now_ns_ - began_ns_ >= wait.ms * kNsPerMs; }

bool ScriptRunner::is_reached(const script::WaitFrame& wait) {
  const PlaybackSnapshot& now = host_.playback().snapshot();
  if (now.counters.shown == 0 || now.is_seeking) return false;
  const std::int64_t frame = frame_number(now);
  return now.rate.is_negative() ? frame <= wait.frame : frame >= wait.frame;
}

bool ScriptRunner::is_reached(const script::WaitShown& wait) {
  return host_.playback().snapshot().counters.shown >= static_cast<std::uint64_t>(wait.frames);
}

bool ScriptRunner::is_reached(const script::WaitState& wait) {
  const PlaybackSnapshot& now = host_.playback().snapshot();
  const bool stands_still = wait.state == PlayState::kPaused || wait.state == PlayState::kEnded;
  return now.state == wait.state && (now.is_settled || !stands_still);
}

bool ScriptRunner::is_reached(const script::WaitFor& wait) {
  const ui::Landmark* mark = host_.landmark(wait.name);
  return mark != nullptr && (wait.value.empty() || mark->value == wait.value);
}

bool ScriptRunner::is_reached(const script::WaitLink& wait) { return host_.link_state() == wait.state; }

bool ScriptRunner::is_reached(const script::WaitLibrary& wait) { return host_.library_items() >= wait.items; }

std::string ScriptRunner::situation() {
  const PlaybackSnapshot& now = host_.playback().snapshot();
  std::string text =
      fmt::format("playback is {} at frame {}, {} frames were shown, the link is {}", to_string(now.state),
                  frame_number(now), now.counters.shown, script::to_string(host_.link_state()));
  if (!now.error.empty()) text += " (" + now.error + ")";
  return text;
}

}  // namespace zoe::player
