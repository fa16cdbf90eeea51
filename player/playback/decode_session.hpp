// Decoding of one segment from its key frame on, a packet at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/core/result.hpp"
#include "engine/media/decoder.hpp"
#include "player/playback/packet_store.hpp"

namespace zoe::player {

// Where to hurry to for the newest `count` frames of those shown before `end` (in ticks): kNoTimestamp where the
// segment has no more than these, or is not there as a whole.
std::int64_t hurry_place(const PacketSegment& segment, std::int64_t end, std::size_t count);

// The decode thread's, but for `look`, which reads the segment and so is called under the lock that guards the store.
// Begins with a flushed decoder and is useless once somebody else has used that decoder.
class DecodeSession {
 public:
  DecodeSession(media::Decoder& decoder, PacketSegmentPtr segment, media::DecodeSkip skip);

  std::uint32_t segment_index() const { return segment_->index; }
  const PacketSegment& segment() const { return *segment_; }

  // What `step` can do: go on, or nothing before more packets have come.
  enum class Look { kReady = 1, kWaiting, kGone /* no more packets come although the segment is unfinished */ };
  Look look();

  // Nothing is wanted of the frames before `pts`: what no other refers to is not decoded, the rest comes as kOnTheWay.
  // Of a segment that is whole, while no frame from there on has come; those that have come count as on the way, too.
  void hurry_to(std::int64_t pts) {
    hurry_to_ = pts;
    last_pts_ = media::kNoTimestamp;
  }
  bool is_hurrying() const { return hurry_to_ != media::kNoTimestamp; }

  // Does what the last `look`, which was kReady, prepared: at most one packet, at most one frame.
  enum class Step { kFrame = 1, kOnTheWay, kMore, kEnd };
  Result<Step> step(media::FramePtr& frame);

  // Of the newest frame that was not on the way.
  std::int64_t last_pts() const { return last_pts_; }  // kNoTimestamp before the first
  std::uint32_t last_ordinal() const { return next_ordinal_ - 1; }
  bool has_begun() const { return last_pts_ != media::kNoTimestamp; }

 private:
  media::Decoder& decoder_;
  const PacketSegmentPtr segment_;
  const media::DecodeSkip skip_;
  std::int64_t hurry_to_ = media::kNoTimestamp;
  std::size_t next_packet_ = 0;
  std::uint32_t next_ordinal_ = 0;
  std::int64_t last_pts_ = media::kNoTimestamp;
  std::optional<net::RunPacket> packet_;
  bool is_decoder_hungry_ = true;
  bool is_drained_ = false;
};

}  // namespace zoe::player
