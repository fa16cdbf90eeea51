// The decode thread: turns the packets next to the ring's edge into frames.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <thread>

#include "player/playback/decode_session.hpp"
#include "player/playback/playback_core.hpp"

namespace zoe::player {

// Owns its thread and the decoder. Forwards, frames go to the ring's back as they come. Backwards, a pass decodes a
// segment from its key frame up to the ring's front edge and keeps the last frames of it, as many as a chunk holds;
// they go to the ring's front together, and where the segment is longer than a chunk the next pass decodes it again, up
// to where this one began.
class DecodeWorker {
 public:
  explicit DecodeWorker(std::shared_ptr<PlaybackCore> core);
  ~DecodeWorker();  // after PlaybackCore::is_stopping was set
  DecodeWorker(const DecodeWorker&) = delete;
  DecodeWorker& operator=(const DecodeWorker&) = delete;

 private:
  struct ReversePass {
    RingEdge edge;  // frames before it
    std::deque<RingFrame> staged;
    std::size_t chunk = 0;
    bool is_cut = false;  // earlier frames of the segment were let go again
  };

  void run();
  // One packet or frame; false when there is nothing to do.
  bool turn() ZOE_REQUIRES(core_.mutex);
  // For what `track_` says, or for what the stream opened last sends.
  bool renew_decoder() ZOE_REQUIRES(core_.mutex);
  bool is_decoder_for(const PacketSegment& segment) const;
  bool turn_forward() ZOE_REQUIRES(core_.mutex);
  bool turn_backward() ZOE_REQUIRES(core_.mutex);
  void hurry_to_seek() ZOE_REQUIRES(core_.mutex);
  void hurry_to_pass(const RingEdge& edge) ZOE_REQUIRES(core_.mutex);
  bool may_hurry() const;
  bool has_hurried_past() ZOE_REQUIRES(core_.mutex);

  // The session that decodes `segment`, new or going on; null when its packets are not there.
  DecodeSession* session_for(const EdgePlace& place, const RingEdge& edge, Direction direction)
      ZOE_REQUIRES(core_.mutex);
  // Steps the session with the lock released. Nothing when what was decoded is not wanted any more.
  std::optional<DecodeSession::Step> step_session(media::FramePtr& frame) ZOE_REQUIRES(core_.mutex);
  RingFrame describe(media::FramePtr frame, std::int64_t lap) ZOE_REQUIRES(core_.mutex);
  void end_session();

  void push_forward(media::FramePtr frame, const EdgePlace& place) ZOE_REQUIRES(core_.mutex);
  void stage(RingFrame frame) ZOE_REQUIRES(core_.mutex);
  void finish_pass(const EdgePlace& place) ZOE_REQUIRES(core_.mutex);
  void drop_pass() ZOE_REQUIRES(core_.mutex);
  void give_up(Error error) ZOE_REQUIRES(core_.mutex);

  const std::shared_ptr<PlaybackCore> owner_;
  PlaybackCore& core_;

  std::unique_ptr<media::Decoder> decoder_;
  std::shared_ptr<const media::TrackInfo> track_;         // that the decoder is for
  std::shared_ptr<const media::TrackInfo> wanted_track_;  // of a segment of another rendition; null: none
  std::uint64_t decoder_epoch_ = 0;
  std::optional<DecodeSession> session_;
  std::uint64_t session_epoch_ = 0;
  bool is_session_thinned_ = false;
  std::uint64_t slow_epoch_ = UINT64_MAX;  // in which nothing is hurried to: it led to nothing
  // Cut off by the end of a connection and decoded as far as it goes, in this epoch: waits for the rest.
  PacketSegmentPtr spent_;
  std::uint64_t spent_epoch_ = 0;
  std::int64_t spent_ns_ = 0;  // decoding since the last frame
  float frame_ms_ = 0;         // of the newest frame
  std::optional<ReversePass> pass_;
  std::jthread thread_;
};

}  // namespace zoe::player
