#include "player/playback/pacer.hpp"

#include <algorithm>
#include <cstdlib>

#include "engine/core/clock.hpp"

namespace zoe::player {
namespace {

// A frame is handed over this long after the refresh before its own, so that no jitter makes it a refresh early.
constexpr std::int64_t kGridMarginNs = 500'000;
constexpr std::int64_t kMostLeadNs = 50'000'000;
// How fast pictures follow the sound: a device that is off by a percent does not outrun it.
constexpr std::int64_t kFollowShare = 50;
constexpr std::int64_t kMostFollowStepNs = 200'000'000;
constexpr std::int64_t kTogetherNs = 500'000;

}  // namespace

void Pacer::start(std::int64_t media_us, Rational rate, std::int64_t now_ns) {
  anchor_us_ = media_us;
  anchor_ns_ = now_ns;
  rate_ = rate;
  is_running_ = true;
  is_following_ = false;
  followed_ns_ = now_ns;
  sound_lateness_ns_ = 0;
  // A quarter of a period behind the grid: 24 on 60 Hz then rounds to 0, 3, 5, 8, 10 and never lands between two.
  if (const auto phase = vsync_.phase_ns()) {
    const std::int64_t period = vsync_.period_ns();
    const std::int64_t rest = ((now_ns - *phase) % period + period) % period;
    anchor_ns_ = now_ns - rest + period + period / 4;
  }
}

void Pacer::follow(std::int64_t media_us, std::int64_t at_ns, Rational rate) {
  anchor_us_ = media_us;
  anchor_ns_ = at_ns;
  rate_ = rate;
  is_running_ = true;
}

void Pacer::set_rate(Rational rate, std::int64_t now_ns) {
  if (is_running_) {
    anchor_us_ = position_us(now_ns);
    anchor_ns_ = now_ns;
  }
  rate_ = rate;
}

void Pacer::follow_sound(std::int64_t media_us, std::int64_t at_ns, std::int64_t now_ns) {
  if (!is_running_) return;
  const std::int64_t passed = std::clamp<std::int64_t>(now_ns - followed_ns_, 0, kMostFollowStepNs);
  followed_ns_ = now_ns;
  const std::int64_t late = at_ns - due_ns(media_us);
  sound_lateness_ns_ = late;
  const std::int64_t apart = std::abs(late);
  if (apart > kBandNs) is_following_ = true;
  if (apart < kTogetherNs) is_following_ = false;
  if (!is_following_) return;
  const std::int64_t step = std::min(apart, passed / kFollowShare);
  anchor_ns_ += late < 0 ? -step : step;
}

std::int64_t Pacer::position_us(std::int64_t now_ns) const {
  return anchor_us_ + scale((now_ns - anchor_ns_) / kNsPerUs, rate_);
}

std::int64_t Pacer::due_ns(std::int64_t media_us) const {
  return anchor_ns_ + scale((media_us - anchor_us_) * kNsPerUs, Rational::make(rate_.den, rate_.num));
}

std::int64_t Pacer::deadline_of(std::int64_t media_us) const {
  const std::int64_t due = due_ns(media_us);
  const auto phase = vsync_.phase_ns();
  if (!phase) return due;
  const std::int64_t period = vsync_.period_ns();
  const std::int64_t from_phase = due - *phase + period / 2;
  const std::int64_t rest = (from_phase % period + period) % period;
  return *phase + from_phase - rest;
}

// Without a grid to be seen on, refreshes are counted from the anchor, so that a fast rate shows no more frames than
// the display could.
bool Pacer::is_same_refresh(std::int64_t next_us, std::int64_t after_us) const {
  if (vsync_.phase_ns()) return deadline_of(after_us) <= deadline_of(next_us);
  const std::int64_t period = vsync_.period_ns();
  if (period == 0) return false;
  const auto refresh_of = [&](std::int64_t media_us) { return (due_ns(media_us) - anchor_ns_ + period / 4) / period; };
  return refresh_of(after_us) <= refresh_of(next_us);
}

std::int64_t Pacer::lead_ns() const {
  if (!vsync_.phase_ns()) return std::min(latency_ns_, kMostLeadNs);
  const std::int64_t period = vsync_.period_ns();
  const std::int64_t periods = std::clamp<std::int64_t>((latency_ns_ + period - 1) / period, 1, 3);
  return periods * period - kGridMarginNs;
}

PacerDecision Pacer::decide(std::int64_t now_ns, std::int64_t next_us, std::optional<std::int64_t> after_us) const {
  using Act = PacerDecision::Act;
  const std::int64_t deadline = deadline_of(next_us);
  const std::int64_t lead = lead_ns();
  if (after_us) {
    const std::int64_t after = deadline_of(*after_us);
    if (is_same_refresh(next_us, *after_us)) return {Act::kSkip, now_ns, deadline};
    if (after - lead <= now_ns) return {Act::kDrop, now_ns, deadline};
  }
  const std::int64_t hand_over = deadline - lead;
  if (now_ns < hand_over) return {Act::kHold, hand_over, deadline};
  return {Act::kShow, now_ns, deadline};
}

void Pacer::on_presented(std::int64_t handed_over_ns, std::int64_t presented_ns) {
  const std::int64_t latency = std::clamp<std::int64_t>(presented_ns - handed_over_ns, 0, 4 * kMostLeadNs);
  latency_ns_ = latency_ns_ == 0 ? latency : latency_ns_ + (latency - latency_ns_) / 8;
  vsync_.on_swap(presented_ns);
}

bool Pacer::is_late(std::int64_t deadline_ns, std::int64_t presented_ns) const {
  const std::int64_t tolerance = vsync_.phase_ns() ? vsync_.period_ns() / 2 : kLateNs;
  return presented_ns - deadline_ns > tolerance;
}

}  // namespace zoe::player
