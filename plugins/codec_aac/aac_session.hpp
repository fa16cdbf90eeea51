// One segment of a track's sound as AAC.
#pragma once

#include <deque>
#include <memory>

#include "engine/media/ffmpeg.hpp"
#include "engine/plugin/sdk/codec.hpp"
#include "plugins/codec_aac/pcm_track.hpp"

namespace zoe::plugins {

struct AacSettings {
  int bit_rate = 160'000;  // bits per second
};

// The frames of all segments lie on one grid of 1024 samples that begins at 0 of the track's clock, and each segment
// holds those that begin in it. The encoder is run in before its first one and on behind its last, on the neighbours'
// sound, so that a decoder that goes from segment to segment hears one unbroken track.
class AacSession final : public sdk::CodecSession {
 public:
  static constexpr int kFrameSamples = 1024;

  static Result<std::unique_ptr<AacSession>> create(const sdk::Host& host, const AacSettings& settings,
                                                    const zoe_track& source, const zoe_track& output);

  Result<sdk::Flow> send_packet(const zoe_packet& packet) override;
  Status flush() override;
  Result<sdk::Flow> receive_packet(zoe_packet& out) override;
  Bytes extradata() const override;

 private:
  AacSession(const sdk::Host& host, const zoe_track& output);
  Status encode_all();
  Status encode_frame(std::int64_t place);
  Status drain(bool is_end);
  std::int64_t pts_of(std::int64_t place) const;

  const sdk::Host host_;
  const Rational time_base_;
  const int sample_rate_;
  const int channels_;
  std::unique_ptr<PcmTrack> pcm_;
  media::AvPtr<AVCodecContext> encoder_;
  media::AvPtr<AVPacket> packet_;
  bool has_begun_ = false;      // a packet of the segment itself has come
  std::int64_t begin_pts_ = 0;  // of the segment
  std::int64_t end_pts_ = 0;
  bool is_flushed_ = false;
  struct Coded {
    std::int64_t place = 0;
    sdk::BufferRef buffer;
  };
  std::deque<Coded> coded_;
};

}  // namespace zoe::plugins
