// The last seconds of the pipeline, sampled ten times a second, for the buffers panel's lanes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "player/playback/playback.hpp"

namespace zoe::player {

struct PipelineSample {
  std::int64_t at_ns = 0;
  float bytes = 0;            // received since the sample before
  float packets_ahead_s = 0;  // encoded, beyond the playhead
  float frames_ahead = 0;     // decoded, beyond the playhead
  bool is_stalled = false;    // wanted to move and had no frame
  float credit_s = 0;         // granted to the server and not used yet
  float sound_ms = 0;         // ahead of the device
  float clock_error_ms = 0;   // by how much sound is late against the pictures
  bool is_sound_heard = false;
  std::uint32_t serial = 0;  // of the stream
  std::array<render::SlotState, 3> slots{};
  std::uint16_t late = 0;  // since the sample before
  std::uint16_t dropped = 0;
  std::uint16_t skipped = 0;
};

// A frame that reached the display.
struct ShownAt {
  std::int64_t at_ns = 0;
  bool is_late = false;
};

// Main thread. Stands still while nothing plays and nothing changes, so that a paused picture costs no drawing.
class PipelineHistory {
 public:
  static constexpr std::int64_t kStepNs = 100'000'000;
  static constexpr std::size_t kSamples = 120;
  static constexpr std::size_t kShown = 1024;  // twelve seconds at 85 frames a second
  static constexpr std::int64_t kSpanNs = kStepNs * static_cast<std::int64_t>(kSamples);

  // Takes a sample when it is time for one; true when it did.
  bool update(const PlaybackSnapshot& snapshot, const std::array<render::SlotState, 3>& slots, std::int64_t now_ns);
  void add_shown(std::int64_t now_ns, bool is_late);
  void clear();

  // When the next sample is due.
  std::int64_t next_ns() const { return newest_ns_ + kStepNs; }
  // The right edge of the lanes.
  std::int64_t newest_ns() const { return newest_ns_; }

  std::size_t size() const { return count_ < kSamples ? count_ : kSamples; }
  const PipelineSample& newest(std::size_t age) const { return samples_[(count_ - 1 - age) % kSamples]; }
  std::size_t shown_size() const { return shown_count_ < kShown ? shown_count_ : kShown; }
  const ShownAt& newest_shown(std::size_t age) const { return shown_[(shown_count_ - 1 - age) % kShown]; }

 private:
  std::array<PipelineSample, kSamples> samples_{};
  std::size_t count_ = 0;
  std::array<ShownAt, kShown> shown_{};
  std::size_t shown_count_ = 0;
  std::int64_t newest_ns_ = 0;
  std::uint64_t received_bytes_ = 0;
  PlaybackSnapshot::Counters counters_;
  std::uint64_t revision_ = 0;
};

}  // namespace zoe::player
