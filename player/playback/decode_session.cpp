#include "player/playback/decode_session.hpp"

#include <utility>

namespace zoe::player {

DecodeSession::DecodeSession(media::Decoder& decoder, PacketSegmentPtr segment)
    : decoder_(decoder), segment_(std::move(segment)) {
  decoder_.flush();
}

DecodeSession::Look DecodeSession::look() {
  if (!is_decoder_hungry_ || is_drained_) return Look::kReady;
  if (next_packet_ < segment_->packets.size()) {
    // A segment entered in its middle is intra-only: a packet is a frame.
    if (next_packet_ == 0 && !segment_->is_from_start) next_ordinal_ = segment_->packets.front().ordinal;
    packet_ = segment_->packets[next_packet_++];
    return Look::kReady;
  }
  if (segment_->is_finished) return Look::kReady;
  return segment_->is_abandoned ? Look::kGone : Look::kWaiting;
}

Result<DecodeSession::Step> DecodeSession::step(media::FramePtr& frame) {
  if (is_decoder_hungry_ && !is_drained_) {
    if (packet_) {
      const media::PacketRecord record{.size_bytes = static_cast<std::uint32_t>(packet_->data.size()),
                                       .flags = packet_->flags,
                                       .pts = packet_->pts,
                                       .dts = packet_->dts,
                                       .duration = packet_->duration,
                                       .ordinal = packet_->ordinal};
      ZOE_CHECK(decoder_.send({record, packet_->data}));
      packet_.reset();
    } else {
      ZOE_CHECK(decoder_.drain());
      is_drained_ = true;
    }
    is_decoder_hungry_ = false;
  }
  ZOE_TRY(const media::DecodeState state, decoder_.receive(frame));
  switch (state) {
    case media::DecodeState::kFrame:
      last_pts_ = frame->pts();
      ++next_ordinal_;
      return Step::kFrame;
    case media::DecodeState::kAgain:
      is_decoder_hungry_ = true;
      return Step::kMore;
    case media::DecodeState::kEnd:
      break;
  }
  return Step::kEnd;
}

}  // namespace zoe::player
