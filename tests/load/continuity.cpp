#include "tests/load/continuity.hpp"

#include <algorithm>

#include "engine/net/media_run.hpp"

namespace zoe::load {

void Continuity::begin(Heading heading) {
  heading_ = heading;
  has_place_ = false;
  is_whole_ = false;
  is_first_segment_ = false;
  held_ = -1;
}

std::uint32_t Continuity::following() const {
  if (heading_ == Heading::kForward) return segment_ + 1 < segments_ ? segment_ + 1 : 0;
  return segment_ > 0 ? segment_ - 1 : segments_ - 1;
}

void Continuity::enter(std::uint32_t segment, std::uint32_t first_ordinal) {
  segment_ = segment;
  ordinal_ = std::int64_t{first_ordinal} - 1;
  is_whole_ = false;
  is_thinned_ = false;
  held_ = -1;
}

void Continuity::run(std::uint32_t segment, std::uint32_t first_ordinal, std::uint16_t flags) {
  const bool is_thinned = (flags & net::kRunSubset) != 0;
  if (!has_place_) {
    has_place_ = true;
    is_first_segment_ = true;
    enter(segment, first_ordinal);
  } else if (is_whole_ || segment != segment_) {
    if (!is_whole_) ++lost_;  // the rest of the segment before
    const bool is_known_again = segment == segment_ && segments_ > 1;
    if (is_known_again) ++repeated_;
    if (!is_known_again && segment != following()) ++lost_;
    is_first_segment_ = false;
    enter(segment, first_ordinal);
    if (first_ordinal > 0 && !is_thinned) lost_ += first_ordinal;
  }
  is_thinned_ = is_thinned_ || is_thinned;
}

Continuity::Found Continuity::packet(std::uint32_t ordinal) {
  if (ordinal <= ordinal_) {
    if (ordinal <= held_) return Found::kHeld;
    ++repeated_;
    return Found::kRepeated;
  }
  if (!is_thinned_) lost_ += static_cast<std::uint64_t>(ordinal - ordinal_ - 1);
  ordinal_ = ordinal;
  return Found::kNew;
}

// In reverse the segment that a stream begins with may end at the frame that was sought.
void Continuity::end_run(std::uint16_t flags) {
  if ((flags & net::kRunSegmentEnd) == 0) return;
  is_whole_ = true;
  if (is_thinned_ || (is_first_segment_ && heading_ == Heading::kReverse)) return;
  const auto [known, is_new] = lengths_.try_emplace(segment_, ordinal_ + 1);
  if (is_new) return;
  if (ordinal_ + 1 < known->second) lost_ += static_cast<std::uint64_t>(known->second - ordinal_ - 1);
  known->second = std::max(known->second, ordinal_ + 1);
}

Continuity::Reopening Continuity::reopen() {
  if (!has_place_) return {};
  if (!is_whole_) {
    held_ = ordinal_;
    return {segment_, false};
  }
  const std::uint32_t next = following();
  return {next, heading_ == Heading::kForward ? next <= segment_ : next >= segment_};
}

}  // namespace zoe::load
