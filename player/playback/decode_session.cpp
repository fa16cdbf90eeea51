#include "player/playback/decode_session.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace zoe::player {
namespace {

bool is_shown(const net::RunPacket& packet) {
  return (packet.flags & net::kRecordDiscard) == 0 && packet.pts != net::kNoTimestamp;
}

}  // namespace

std::int64_t hurry_place(const PacketSegment& segment, std::int64_t end, std::size_t count) {
  if (!segment.is_whole()) return media::kNoTimestamp;
  std::vector<std::int64_t> before;
  before.reserve(segment.packets.size());
  for (const net::RunPacket& packet : segment.packets)
    if (is_shown(packet) && packet.pts < end) before.push_back(packet.pts);
  if (before.size() <= count || count == 0) return media::kNoTimestamp;
  const auto place = before.begin() + static_cast<std::ptrdiff_t>(count - 1);
  std::nth_element(before.begin(), place, before.end(), std::greater<>());
  return *place;
}

DecodeSession::DecodeSession(media::Decoder& decoder, PacketSegmentPtr segment, media::DecodeSkip skip)
    : decoder_(decoder), segment_(std::move(segment)), skip_(skip) {
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
      const bool is_on_the_way = is_hurrying() && packet_->pts < hurry_to_;
      decoder_.set_skip(is_on_the_way ? media::DecodeSkip::kNonReference : skip_);
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
      if (is_hurrying() && frame->pts() < hurry_to_) return Step::kOnTheWay;
      last_pts_ = frame->pts();
      if (!is_hurrying()) {
        ++next_ordinal_;
        return Step::kFrame;
      }
      // Those left out count, too.
      next_ordinal_ = 1 + static_cast<std::uint32_t>(std::count_if(
                              segment_->packets.begin(), segment_->packets.end(),
                              [&](const net::RunPacket& each) { return is_shown(each) && each.pts < last_pts_; }));
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
