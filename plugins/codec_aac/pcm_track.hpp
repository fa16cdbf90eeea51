// The decoded sound of a track: packets in, samples of one rate at their places on the track's clock out.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/core/rational.hpp"
#include "engine/media/ffmpeg.hpp"
#include "engine/plugin/abi/media.h"

struct SwrContext;

namespace zoe::plugins {

// One thread at a time. Holds the samples from the first one decoded on; a sample's place is its time since 0 of the
// track's clock, in samples of the output's rate.
class PcmTrack {
 public:
  // kUnsupported for a codec that FFmpeg does not decode here.
  static Result<std::unique_ptr<PcmTrack>> create(const zoe_track& source, int sample_rate, int channels);
  ~PcmTrack();
  PcmTrack(const PcmTrack&) = delete;
  PcmTrack& operator=(const PcmTrack&) = delete;

  // Decodes a packet. One that is damaged leaves a gap, which is silence. kNoMemory.
  Status add(const zoe_packet& packet);
  // No packet follows.
  Status end();

  std::int64_t first() const { return first_; }  // place of the first sample that is there
  std::int64_t end_place() const { return first_ + static_cast<std::int64_t>(samples_.front().size()); }
  bool is_empty() const { return samples_.front().empty(); }

  // Writes the samples of [place, place + count) of `channel`, silence where there are none.
  void read(std::int64_t place, std::size_t count, int channel, float* out) const;

  // The place of a time stamp of the track.
  std::int64_t place_of(std::int64_t pts) const;

 private:
  PcmTrack(const zoe_track& source, int sample_rate, int channels);
  Status receive();
  Status append(const AVFrame& frame);
  Status set_up_resampler(const AVFrame& frame);

  const Rational time_base_;
  const int sample_rate_;
  media::AvPtr<AVCodecContext> decoder_;
  media::AvPtr<AVFrame> frame_;
  media::AvPtr<AVPacket> packet_;
  struct FreeResampler {
    void operator()(SwrContext* context) const;
  };
  std::unique_ptr<SwrContext, FreeResampler> resampler_;
  AVChannelLayout layout_in_{};
  int rate_in_ = 0;
  int format_in_ = -1;
  std::int64_t first_ = 0;
  std::vector<std::vector<float>> samples_;  // by channel
};

}  // namespace zoe::plugins
