#include "player/playback/sound_line.hpp"

#include <algorithm>

namespace zoe::player {

void SoundLine::start(std::int64_t place, Way way, int channels) {
  way_ = way;
  channels_ = static_cast<std::size_t>(channels);
  place_ = known_ = place;
  blocks_.clear();
}

void SoundLine::add(std::int64_t place, const float* frames, std::int64_t count) {
  // Behind the line's place it is not wanted any more.
  std::int64_t from = is_forward() ? std::max(place, place_) : place;
  const std::int64_t to = is_forward() ? place + count : std::min(place + count, place_);
  auto at = std::find_if(blocks_.begin(), blocks_.end(),
                         [&](const Block& block) { return block.place + frames_of(block) > from; });
  while (from < to) {
    if (at != blocks_.end() && at->place <= from) {
      from = at->place + frames_of(*at);
      ++at;
      continue;
    }
    const std::int64_t end = at == blocks_.end() ? to : std::min(to, at->place);
    const auto stride = static_cast<std::int64_t>(channels_);
    at = blocks_.insert(at, {from, {frames + (from - place) * stride, frames + (end - place) * stride}});
    from = end;
    ++at;
  }
}

void SoundLine::know_to(std::int64_t place) {
  known_ = is_forward() ? std::max(known_, place) : std::min(known_, place);
}

void SoundLine::copy(std::int64_t from, std::int64_t to, float* out) const {
  for (const Block& block : blocks_) {
    const std::int64_t begin = std::max(from, block.place);
    const std::int64_t end = std::min(to, block.place + frames_of(block));
    if (begin >= end) continue;
    const auto stride = static_cast<std::int64_t>(channels_);
    std::copy(block.frames.begin() + (begin - block.place) * stride,
              block.frames.begin() + (end - block.place) * stride, out + (begin - from) * stride);
  }
}

std::int64_t SoundLine::take(std::int64_t most, std::vector<float>& out) {
  if (!has_more()) return 0;
  const std::int64_t count = std::min(most, is_forward() ? known_ - place_ : place_ - known_);
  const std::size_t before = out.size();
  out.resize(before + static_cast<std::size_t>(count) * channels_);
  float* const to = out.data() + before;
  if (is_forward()) {
    copy(place_, place_ + count, to);
    place_ += count;
  } else {
    copy(place_ - count, place_, to);
    place_ -= count;
    for (std::int64_t i = 0, k = count - 1; i < k; ++i, --k) {
      const auto stride = static_cast<std::int64_t>(channels_);
      std::swap_ranges(to + i * stride, to + (i + 1) * stride, to + k * stride);
    }
  }
  drop_taken();
  return count;
}

void SoundLine::drop_taken() {
  if (is_forward()) {
    while (!blocks_.empty() && blocks_.front().place + frames_of(blocks_.front()) <= place_) blocks_.pop_front();
  } else {
    while (!blocks_.empty() && blocks_.back().place >= place_) blocks_.pop_back();
  }
}

}  // namespace zoe::player
