// The decoded sound of a track, gathered: packets in, samples at their places on the track's clock out.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/media/sound_decoder.hpp"
#include "engine/plugin/abi/media.h"

namespace zoe::plugins {

// One thread at a time. Holds the samples from the first one decoded on; a sample's place is its time since 0 of the
// track's clock, in samples of the output's rate.
class PcmTrack {
 public:
  // kUnsupported for a codec that FFmpeg does not decode here.
  static Result<std::unique_ptr<PcmTrack>> create(const zoe_track& source, int sample_rate, int channels);

  // Decodes a packet. One that is damaged leaves a gap, which is silence. kNoMemory, kTooLarge.
  Status add(const zoe_packet& packet);
  // No packet follows.
  Status end();

  // Writes the samples of [place, place + count) of `channel`, silence where there are none.
  void read(std::int64_t place, std::size_t count, int channel, float* out) const;

  // The place of a time stamp of the track.
  std::int64_t place_of(std::int64_t pts) const { return decoder_->place_of(pts); }

 private:
  explicit PcmTrack(std::unique_ptr<media::SoundDecoder> decoder) : decoder_(std::move(decoder)) {}
  Status check_length() const;

  std::unique_ptr<media::SoundDecoder> decoder_;
  std::vector<media::SoundBlock> blocks_;  // in the order of time
};

}  // namespace zoe::plugins
