// Which rung of a ladder of renditions the next segment is asked for in: pure logic.
//
// By the buffer, as BOLA does (Spiteri, Urgaonkar, Sitaraman: "BOLA: Near-Optimal Bitrate Adaptation for Online
// Videos", IEEE INFOCOM 2016): of all rungs the one with the most (V (utility + gp) - buffer) / size, where utility is
// the logarithm of the size. As long as there is no buffer to go by, at a start and behind a seek, by what the line
// carries, and never higher than that, as in "From Theory to Practice: Improving Bitrate Adaptation in the DASH
// Reference Player" (Spiteri, Sitaraman, Sparacio, ACM MMSys 2018).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace zoe::player {

struct Rung {
  std::string rendition;
  std::int64_t bits_per_s = 0;  // at rate 1

  friend bool operator==(const Rung&, const Rung&) = default;
};

struct LadderView {
  std::int64_t buffer_us = 0;           // time until the screen would run dry, at the rate of play
  std::int64_t line_bits_per_s = 0;     // 0: not known yet
  std::int64_t segment_us = 2'000'000;  // time on the screen that a segment lasts
  double speed = 1;                     // of play: so many times a rung's bits are needed
  std::size_t current = 0;
};

class LadderRule {
 public:
  // Rungs by rising bit rate; at least one. `buffer_us`: how much of a buffer playback fills.
  LadderRule(std::vector<Rung> rungs, std::int64_t buffer_us);

  const std::vector<Rung>& rungs() const { return rungs_; }
  // At a segment's border.
  std::size_t choose(const LadderView& view) const;
  // Inside one: the lower rung that it is to be asked for in again, where the `bits_left` of it would come too late.
  std::optional<std::size_t> abandon(const LadderView& view, std::int64_t bits_left) const;

  // Where nothing is known of the line: the highest rung that a modest one carries.
  std::size_t first() const;

 private:
  double needed(std::size_t rung, double speed) const;
  std::size_t carried_by(double bits_per_s, double speed) const;
  std::size_t by_buffer(std::int64_t buffer_us) const;

  std::vector<Rung> rungs_;
  std::vector<double> utilities_;
  double gp_ = 0;
  double v_ = 0;  // seconds
};

}  // namespace zoe::player
