#include "player/playback/adaptation.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace zoe::player {
namespace {

constexpr std::string_view kAuto = "@auto";
constexpr double kLeastShare = 0.02;
constexpr double kMostShare = 8;

}  // namespace

std::string_view adaptive_family(std::string_view rendition) {
  return rendition.ends_with(kAuto) ? rendition.substr(0, rendition.size() - kAuto.size()) : std::string_view();
}

void Adaptation::begin(std::string_view rendition, std::int64_t buffer_us) {
  family_ = adaptive_family(rendition);
  buffer_us_ = buffer_us;
  stage_ = family_.empty() ? Stage::kFixed : Stage::kUnasked;
  rule_.reset();
  current_ = 0;
  is_at_border_ = false;
  real_share_ = 1;
  on_idle();
}

void Adaptation::on_unanswered() {
  if (stage_ == Stage::kAsked) stage_ = Stage::kUnasked;
}

bool Adaptation::on_ladder(const std::vector<RenditionOffer>& offers) {
  std::vector<Rung> rungs;
  for (const RenditionOffer& offer : offers) {
    const std::string_view name = offer.name;
    const bool is_of_it =
        name == family_ || (name.starts_with(family_) && name.substr(family_.size()).starts_with('@'));
    if (is_of_it && offer.bits_per_s > 0) rungs.push_back({offer.name, offer.bits_per_s});
  }
  if (rungs.empty()) {
    stage_ = Stage::kFixed;
    return false;
  }
  std::sort(rungs.begin(), rungs.end(), [](const Rung& a, const Rung& b) { return a.bits_per_s < b.bits_per_s; });
  rule_.emplace(std::move(rungs), buffer_us_);
  current_ = rule_->choose({.line_bits_per_s = meter_.bits_per_s()});
  stage_ = Stage::kReady;
  return true;
}

void Adaptation::on_asked_for(std::int64_t now_ns) {
  if (busy_since_ns_ == 0) busy_since_ns_ = now_ns;
}

void Adaptation::on_received(std::size_t bytes, bool is_more_to_come, std::int64_t now_ns) {
  if (busy_since_ns_ != 0) meter_.on_received(bytes, now_ns - busy_since_ns_);
  busy_since_ns_ = is_more_to_come ? now_ns : 0;
}

void Adaptation::on_segment(std::size_t bytes, std::int64_t media_us) {
  is_at_border_ = true;
  if (!is_ready() || media_us <= 0) return;
  segment_us_ = std::clamp<std::int64_t>(media_us, 100'000, 60'000'000);
  const double bits_per_s = static_cast<double>(bytes) * 8 * 1e6 / static_cast<double>(media_us);
  const double share = bits_per_s / static_cast<double>(rule_->rungs()[current_].bits_per_s);
  real_share_ += (std::clamp(share, kLeastShare, kMostShare) - real_share_) / 4;
}

LadderView Adaptation::view(const Moment& moment) const {
  const double speed = std::max(moment.speed, 0.01);
  return {.buffer_us = moment.buffer_us,
          .line_bits_per_s = meter_.bits_per_s(),
          .segment_us = std::llround(static_cast<double>(segment_us_) / speed),
          .speed = speed * real_share_,
          .current = current_};
}

bool Adaptation::choose(const Moment& moment) {
  if (!is_ready()) return false;
  if (std::exchange(is_at_border_, false)) return move_to(rule_->choose(view(moment)));
  if (moment.arriving == nullptr || busy_since_ns_ == 0) return false;
  const double rung_bits_per_us = static_cast<double>(rule_->rungs()[current_].bits_per_s) * real_share_ / 1e6;
  const std::int64_t left_us = std::max<std::int64_t>(0, segment_us_ - moment.arrived_us);
  const auto lower = rule_->abandon(view(moment), std::llround(static_cast<double>(left_us) * rung_bits_per_us));
  return lower && move_to(*lower);
}

bool Adaptation::move_to(std::size_t rung) {
  if (rung == current_) return false;
  current_ = rung;
  ++changes_;
  return true;
}

}  // namespace zoe::player
