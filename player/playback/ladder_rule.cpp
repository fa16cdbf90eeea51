#include "player/playback/ladder_rule.hpp"

#include <algorithm>
#include <cmath>

namespace zoe::player {
namespace {

constexpr double kUnknownLine = 2e6;
// Of what the line carries: an encoder's bit rate is a mean, and the sound comes over the same line.
constexpr double kLineShare = 0.85;
// Below so many segments the buffer says nothing yet.
constexpr double kBufferSegments = 1.5;
// Where the score of the lowest and that of the highest rung are nought.
constexpr double kLowShare = 1.0 / 3;
constexpr double kHighShare = 0.9;
// What is thrown away of a segment is worth it when all of another is there before the buffer is dry, or so much
// sooner.
constexpr double kInTimeShare = 0.8;
constexpr double kSoonerShare = 0.5;
// At a start nothing is dry yet, and a second is not worth a worse picture.
constexpr double kPatienceS = 1;

}  // namespace

// V and gp follow from the two shares of the buffer.
LadderRule::LadderRule(std::vector<Rung> rungs, std::int64_t buffer_us) : rungs_(std::move(rungs)) {
  for (const Rung& rung : rungs_)
    utilities_.push_back(std::log(static_cast<double>(rung.bits_per_s) / static_cast<double>(rungs_[0].bits_per_s)) +
                         1);
  const double buffer_s = static_cast<double>(buffer_us) / 1e6;
  gp_ = (utilities_.back() - 1) / (kHighShare / kLowShare - 1);
  v_ = gp_ > 0 ? buffer_s * kLowShare / gp_ : 0;
}

double LadderRule::needed(std::size_t rung, double speed) const {
  return static_cast<double>(rungs_[rung].bits_per_s) * speed;
}

std::size_t LadderRule::carried_by(double bits_per_s, double speed) const {
  std::size_t best = 0;
  for (std::size_t i = 1; i < rungs_.size(); ++i)
    if (needed(i, speed) <= bits_per_s) best = i;
  return best;
}

std::size_t LadderRule::by_buffer(std::int64_t buffer_us) const {
  const double buffer_s = static_cast<double>(buffer_us) / 1e6;
  std::size_t best = 0;
  double most = 0;
  for (std::size_t i = 0; i < rungs_.size(); ++i) {
    const double score = (v_ * (utilities_[i] + gp_ - 1) - buffer_s) / needed(i, 1);
    if (i > 0 && score < most) continue;
    most = score;
    best = i;
  }
  return best;
}

std::size_t LadderRule::choose(const LadderView& view) const {
  const double line = view.line_bits_per_s > 0 ? static_cast<double>(view.line_bits_per_s) : kUnknownLine;
  const std::size_t carried = carried_by(line * kLineShare, view.speed);
  const double segment_us = static_cast<double>(std::max<std::int64_t>(1, view.segment_us));
  if (static_cast<double>(view.buffer_us) < kBufferSegments * segment_us) return carried;
  const std::size_t wanted = by_buffer(view.buffer_us);
  // Up no higher than the line carries, else it would come down again at once; down no lower than that.
  if (wanted > view.current) return std::max(view.current, std::min(wanted, carried));
  return std::max(wanted, std::min(carried, view.current));
}

std::optional<std::size_t> LadderRule::abandon(const LadderView& view, std::int64_t bits_left) const {
  if (view.current == 0 || view.line_bits_per_s <= 0) return std::nullopt;
  const double line = static_cast<double>(view.line_bits_per_s) * kLineShare;
  const double buffer_s = static_cast<double>(view.buffer_us) / 1e6;
  const double left_s = static_cast<double>(bits_left) / line;
  if (left_s <= (view.buffer_us > 0 ? buffer_s : kPatienceS)) return std::nullopt;
  const double segment_s = static_cast<double>(view.segment_us) / 1e6;
  for (const double worth_s : {buffer_s * kInTimeShare, left_s * kSoonerShare})
    for (std::size_t rung = view.current; rung-- > 0;)
      if (needed(rung, view.speed) * segment_s / line <= worth_s) return rung;
  return std::nullopt;
}

std::size_t LadderRule::first() const { return carried_by(kUnknownLine * kLineShare, 1); }

}  // namespace zoe::player
