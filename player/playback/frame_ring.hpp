// The decoded frames around the playhead, in the order of time, with nothing left out between them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "engine/media/track.hpp"

namespace zoe::media {
class Frame;
using FramePtr = std::shared_ptr<const Frame>;
}  // namespace zoe::media

namespace zoe::player {

// Media times are held within four years, so that no sum or product of them overflows, whatever a server claims.
inline constexpr std::int64_t kMostMediaUs = std::int64_t{1} << 47;
constexpr std::int64_t bounded_us(std::int64_t us) { return std::clamp(us, -kMostMediaUs, kMostMediaUs); }

enum class Direction : std::int8_t { kForward = 1, kBackward = -1 };

constexpr Direction opposite(Direction direction) {
  return direction == Direction::kForward ? Direction::kBackward : Direction::kForward;
}

// A decoded frame and where it lies. Time that loops is unrolled: each round of the media is a lap (0 is the first, -1
// the one before it), and `time_us` counts on over the laps.
struct RingFrame {
  media::FramePtr frame;
  std::shared_ptr<const media::TrackInfo> track;  // that it was decoded by
  std::int64_t lap = 0;
  std::uint32_t segment = 0;
  std::uint32_t ordinal = 0;  // in its segment, in the order of time
  std::int64_t pts = 0;       // ticks
  std::int64_t media_us = 0;  // since the media's first frame
  std::int64_t time_us = 0;   // the same, unrolled
  std::int64_t duration_us = 0;
  std::size_t bytes = 0;
  bool is_key = false;
  bool is_first_of_segment = false;
  bool is_thinned = false;  // its neighbours may have been left out by a fast rate
  float decode_ms = 0;
  std::int64_t decoded_ns = 0;
};

// Where decoding goes on at one end of the ring: at the back with the frames of `segment` after `pts`, at the front
// with those before it. `segment` runs from -1 (before the first) to the number of segments (behind the last).
struct RingEdge {
  static constexpr std::int64_t kWholeSegment = std::numeric_limits<std::int64_t>::min();

  std::int64_t lap = 0;
  std::int64_t segment = 0;
  std::int64_t pts = kWholeSegment;  // kWholeSegment: all its frames

  friend bool operator==(const RingEdge&, const RingEdge&) = default;
};

// Bounded by a number of frames and of bytes, with a floor of kLeastFrames so that the largest pictures play, too.
// Frames behind the playhead are kept as long as nothing ahead needs their room, and a share of them for good. Not
// thread-safe.
//
// Frames that leave go into a list of garbage: freeing megabytes is done by its owner outside locks.
class FrameRing {
 public:
  static constexpr std::size_t kLeastFrames = 8;
  using Garbage = std::vector<media::FramePtr>;

  FrameRing(std::size_t most_frames, std::size_t most_bytes);

  // Empties it; both edges meet before the first frame of `segment`.
  void reset(std::int64_t lap, std::uint32_t segment, Garbage& garbage);

  // Places for frames of this size, between kLeastFrames and most_frames.
  std::size_t capacity(std::size_t frame_bytes) const;

  // Frames kept behind the playhead even when those ahead want the room: half of the places when playing forwards; a
  // sixth when playing backwards, which needs two chunks of frames beside them (one shown, one being decoded).
  std::size_t kept_behind(Direction direction, std::size_t frame_bytes) const;

  // The most frames that a pass of reverse decoding yields: half of what kept_behind leaves.
  std::size_t reverse_chunk(std::size_t frame_bytes) const;

  // True when `frames` more of this size fit ahead of the playhead, those behind it giving way down to kept_behind;
  // false changes nothing. Without a playhead all frames give way but `kept_behind`, the newest.
  bool make_room(Direction direction, std::size_t frames, std::size_t frame_bytes, Garbage& garbage);

  // The frame must lie at the edge. The room was made before.
  void push_back(RingFrame frame);
  void push_front(RingFrame frame);

  // Every frame of the edge's segment is in: the edge moves on to the next one. Nothing happens when the back (front)
  // edge does not lie in that segment.
  void close_back(std::int64_t lap, std::uint32_t segment);
  void close_front(std::int64_t lap, std::uint32_t segment);

  // A looping media goes round: the edge beyond the last segment (before the first) is moved to the other end.
  void move_edge(Direction direction, const RingEdge& edge) {
    (direction == Direction::kForward ? back_edge_ : front_edge_) = edge;
  }

  const RingEdge& edge(Direction direction) const {
    return direction == Direction::kForward ? back_edge_ : front_edge_;
  }

  std::size_t size() const { return frames_.size(); }
  bool empty() const { return frames_.empty(); }
  std::size_t bytes() const { return bytes_; }
  std::size_t most_bytes() const { return most_bytes_; }
  std::size_t most_frames() const { return most_frames_; }
  const RingFrame& operator[](std::size_t index) const { return frames_[index]; }

  // The frame that is shown; nothing before the first one and while a seek decodes.
  std::optional<std::size_t> playhead() const { return playhead_; }
  const RingFrame* shown() const { return playhead_ ? &frames_[*playhead_] : nullptr; }
  void set_playhead(std::size_t index) { playhead_ = index; }

  // The frame next to the playhead, null when it is not there.
  const RingFrame* next(Direction direction, std::size_t distance = 1) const;
  // Moves the playhead by one; `next` must not be null.
  void advance(Direction direction);
  std::size_t ahead(Direction direction) const;

  // The frame that is on the screen at an unrolled time: the last one that begins no later. Nothing where the time is
  // not within the ring's span, or where frames may have been left out just there.
  std::optional<std::size_t> find(std::int64_t time_us) const;

  // Drops what was thinned on both sides of the playhead, the playhead's own frame never.
  void drop_thinned(Garbage& garbage);
  // Drops the frames of other laps than the playhead's; no edge lies in another lap afterwards.
  void drop_other_laps(Garbage& garbage);

 private:
  void drop_front(Garbage& garbage);
  void drop_back(Garbage& garbage);

  const std::size_t most_frames_;
  const std::size_t most_bytes_;
  std::deque<RingFrame> frames_;
  std::size_t bytes_ = 0;
  std::optional<std::size_t> playhead_;
  RingEdge front_edge_;
  RingEdge back_edge_;
};

}  // namespace zoe::player
