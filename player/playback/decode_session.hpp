// Decoding of one segment from its key frame on, a packet at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/core/result.hpp"
#include "engine/media/decoder.hpp"
#include "player/playback/packet_store.hpp"

namespace zoe::player {

// The decode thread's, but for `look`, which reads the segment and so is called under the lock that guards the store.
// Begins with a flushed decoder and is useless once somebody else has used that decoder.
class DecodeSession {
 public:
  DecodeSession(media::Decoder& decoder, PacketSegmentPtr segment);

  std::uint32_t segment_index() const { return segment_->index; }
  const PacketSegment& segment() const { return *segment_; }

  // What `step` can do: go on, or nothing before more packets have come.
  enum class Look { kReady = 1, kWaiting, kGone /* no more packets come although the segment is unfinished */ };
  Look look();

  // Does what the last `look`, which was kReady, prepared: at most one packet, at most one frame.
  enum class Step { kFrame = 1, kMore, kEnd };
  Result<Step> step(media::FramePtr& frame);

  // Of the newest frame.
  std::int64_t last_pts() const { return last_pts_; }  // kNoTimestamp before the first
  std::uint32_t last_ordinal() const { return next_ordinal_ - 1; }
  bool has_begun() const { return last_pts_ != media::kNoTimestamp; }

 private:
  media::Decoder& decoder_;
  const PacketSegmentPtr segment_;
  std::size_t next_packet_ = 0;
  std::uint32_t next_ordinal_ = 0;
  std::int64_t last_pts_ = media::kNoTimestamp;
  std::optional<net::RunPacket> packet_;
  bool is_decoder_hungry_ = true;
  bool is_drained_ = false;
};

}  // namespace zoe::player
