// Packets of sound in, samples of one rate and channel count at their places on the track's clock out.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/media/segment.hpp"
#include "engine/media/track.hpp"

namespace zoe::media {

// A stretch of sound without a gap. A sample's place is its time since 0 of the track's clock, in samples of the
// output's rate.
struct SoundBlock {
  std::int64_t place = 0;  // of the first sample
  int channels = 1;
  std::vector<float> samples;  // interleaved, full scale is 1

  std::int64_t frames() const { return static_cast<std::int64_t>(samples.size()) / channels; }
  std::int64_t end() const { return place + frames(); }
};

// One thread at a time. Packets that follow each other yield blocks that join exactly: containers round time stamps, so
// only one that is off by more than kToleranceMs counts as a gap or a step back. Sound that steps back is left out up
// to where it had come. FFmpeg decodes, mixes to the channels and resamples.
//
// What a decoder yields right after create or flush may lack what came before (see docs/protocol.md, "Streams").
class SoundDecoder {
 public:
  static constexpr int kToleranceMs = 10;

  // kUnsupported where there is no decoder for the track's codec; kNoMemory.
  static Result<std::unique_ptr<SoundDecoder>> create(const TrackInfo& track, int sample_rate, int channels);
  ~SoundDecoder();
  SoundDecoder(const SoundDecoder&) = delete;
  SoundDecoder& operator=(const SoundDecoder&) = delete;

  // Appends what the packet yields to `out`, whose blocks it may extend. Damaged data yields nothing and is counted.
  // kNoMemory.
  Status decode(const PacketView& packet, std::vector<SoundBlock>& out);
  // No more packets: what is left. `flush` before anything else.
  Status drain(std::vector<SoundBlock>& out);
  void flush();

  // The place of a time stamp of the track.
  std::int64_t place_of(std::int64_t pts) const;
  // Behind all that was decoded since create or flush, counted in samples; with what the resampler has yet to yield.
  std::int64_t end_place() const;

  int sample_rate() const;
  int channels() const;
  std::uint64_t errors() const;

 private:
  struct Impl;
  explicit SoundDecoder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::media
