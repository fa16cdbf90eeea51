#include "player/playback/frame_ring.hpp"

#include <algorithm>
#include <utility>

namespace zoe::player {

FrameRing::FrameRing(std::size_t most_frames, std::size_t most_bytes)
    : most_frames_(std::max(most_frames, kLeastFrames)), most_bytes_(most_bytes) {}

void FrameRing::reset(std::int64_t lap, std::uint32_t segment, Garbage& garbage) {
  for (RingFrame& frame : frames_) garbage.push_back(std::move(frame.frame));
  frames_.clear();
  bytes_ = 0;
  playhead_.reset();
  back_edge_ = {lap, segment, RingEdge::kWholeSegment};
  front_edge_ = {lap, static_cast<std::int64_t>(segment) - 1, RingEdge::kWholeSegment};
}

std::size_t FrameRing::capacity(std::size_t frame_bytes) const {
  const std::size_t by_bytes = most_bytes_ / std::max<std::size_t>(frame_bytes, 1);
  return std::clamp(by_bytes, kLeastFrames, most_frames_);
}

std::size_t FrameRing::kept_behind(Direction direction, std::size_t frame_bytes) const {
  const std::size_t places = capacity(frame_bytes);
  return direction == Direction::kForward ? places / 2 : places / 6;
}

std::size_t FrameRing::reverse_chunk(std::size_t frame_bytes) const {
  return (capacity(frame_bytes) - kept_behind(Direction::kBackward, frame_bytes)) / 2;
}

bool FrameRing::make_room(Direction direction, std::size_t frames, std::size_t frame_bytes, Garbage& garbage) {
  const std::size_t places = capacity(frame_bytes);
  const std::size_t keep = kept_behind(direction, frame_bytes);
  std::size_t behind = size();
  if (playhead_) behind = size() - 1 - ahead(direction);
  const std::size_t wanted = size() + frames;
  const std::size_t too_many = wanted > places ? wanted - places : 0;
  if (too_many > (behind > keep ? behind - keep : 0)) return false;
  for (std::size_t i = 0; i < too_many; ++i) {
    if (direction == Direction::kForward) {
      drop_front(garbage);
    } else {
      drop_back(garbage);
    }
  }
  return true;
}

void FrameRing::push_back(RingFrame frame) {
  back_edge_ = {frame.lap, frame.segment, frame.pts};
  if (frames_.empty() && !frame.is_first_of_segment) front_edge_ = {frame.lap, frame.segment, frame.pts};
  bytes_ += frame.bytes;
  frames_.push_back(std::move(frame));
}

void FrameRing::push_front(RingFrame frame) {
  front_edge_ = {frame.lap, frame.segment, frame.pts};
  bytes_ += frame.bytes;
  frames_.push_front(std::move(frame));
  if (playhead_) ++*playhead_;
}

void FrameRing::close_back(std::int64_t lap, std::uint32_t segment) {
  if (back_edge_.lap != lap || back_edge_.segment != segment) return;
  back_edge_ = {lap, static_cast<std::int64_t>(segment) + 1, RingEdge::kWholeSegment};
}

void FrameRing::close_front(std::int64_t lap, std::uint32_t segment) {
  if (front_edge_.lap != lap || front_edge_.segment != segment) return;
  front_edge_ = {lap, static_cast<std::int64_t>(segment) - 1, RingEdge::kWholeSegment};
}

const RingFrame* FrameRing::next(Direction direction, std::size_t distance) const {
  return playhead_ && ahead(direction) >= distance
             ? &frames_[direction == Direction::kForward ? *playhead_ + distance : *playhead_ - distance]
             : nullptr;
}

void FrameRing::advance(Direction direction) { *playhead_ += direction == Direction::kForward ? 1U : std::size_t(-1); }

std::size_t FrameRing::ahead(Direction direction) const {
  if (!playhead_) return 0;
  return direction == Direction::kForward ? size() - 1 - *playhead_ : *playhead_;
}

std::optional<std::size_t> FrameRing::find(std::int64_t time_us) const {
  const auto after = std::upper_bound(frames_.begin(), frames_.end(), time_us,
                                      [](std::int64_t time, const RingFrame& frame) { return time < frame.time_us; });
  if (after == frames_.begin()) return std::nullopt;
  const auto found = std::prev(after);
  const bool is_covered = time_us < found->time_us + found->duration_us;
  if (!is_covered && (after == frames_.end() || found->is_thinned || after->is_thinned)) return std::nullopt;
  return static_cast<std::size_t>(found - frames_.begin());
}

void FrameRing::drop_thinned(Garbage& garbage) {
  if (!playhead_) return;
  std::size_t first = *playhead_;
  std::size_t last = *playhead_;
  if (!frames_[*playhead_].is_thinned) {
    while (first > 0 && !frames_[first - 1].is_thinned) --first;
    while (last + 1 < size() && !frames_[last + 1].is_thinned) ++last;
  }
  while (size() > last + 1) drop_back(garbage);
  for (; first > 0; --first) drop_front(garbage);
}

void FrameRing::drop_other_laps(Garbage& garbage) {
  if (!playhead_) return;
  const std::int64_t lap = frames_[*playhead_].lap;
  while (frames_.back().lap != lap) drop_back(garbage);
  while (frames_.front().lap != lap) drop_front(garbage);
  // An edge that had gone round lies behind the last segment again (before the first one): nothing follows there.
  if (back_edge_.lap != lap) {
    back_edge_ = {lap, static_cast<std::int64_t>(frames_.back().segment) + 1, RingEdge::kWholeSegment};
  }
  if (front_edge_.lap != lap) {
    front_edge_ = {lap, static_cast<std::int64_t>(frames_.front().segment) - 1, RingEdge::kWholeSegment};
  }
}

void FrameRing::drop_front(Garbage& garbage) {
  garbage.push_back(std::move(frames_.front().frame));
  bytes_ -= frames_.front().bytes;
  frames_.pop_front();
  if (playhead_) --*playhead_;
  if (frames_.empty()) return;
  const RingFrame& first = frames_.front();
  front_edge_ = {first.lap, first.segment, first.pts};
  if (first.is_first_of_segment) close_front(first.lap, first.segment);
}

void FrameRing::drop_back(Garbage& garbage) {
  const RingFrame& leaving = frames_.back();
  const bool was_first = leaving.is_first_of_segment;
  const RingEdge whole{leaving.lap, leaving.segment, RingEdge::kWholeSegment};
  garbage.push_back(std::move(frames_.back().frame));
  bytes_ -= frames_.back().bytes;
  frames_.pop_back();
  if (frames_.empty()) return;
  const RingFrame& last = frames_.back();
  back_edge_ = was_first ? whole : RingEdge{last.lap, last.segment, last.pts};
}

}  // namespace zoe::player
