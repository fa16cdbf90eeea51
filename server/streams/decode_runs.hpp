// Which decoders are at work where, so that no two of them decode the same group of pictures.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "engine/core/threads.hpp"
#include "server/streams/segment_source.hpp"

namespace zoe::server {

// A segment of a frame rendition that is to be made.
struct DecodeJob {
  std::uint32_t segment = 0;
  Urgency urgency = Urgency::kWaiting;
  Heading heading = Heading::kForward;
};

// What making it alone would take.
struct DecodeCost {
  std::uint32_t first_segment = 0;  // the segment of the key frame from which it is decoded
  std::uint32_t extra_frames = 0;   // decoded before its own first frame
  std::uint32_t own_frames = 0;
};

// Thread-safe. A run is one worker decoding forwards through the segments of one rendition.
class DecodeRuns {
 public:
  struct Run {
    std::string rendition;
    std::uint32_t first = 0;   // makes the segments from here
    std::uint32_t target = 0;  // up to here
    std::uint32_t current = 0;
    std::vector<DecodeJob> deferred;
  };
  using Handle = std::list<Run>::iterator;

  // How many segments ahead of a run a job is kept for it.
  static constexpr std::uint32_t kMostAhead = 4;

  // Registers a run that makes `job` and, where `first` lies before it, those on the way; false when a run that is at
  // work will come by: it is told, and its worker posts the job again if it did not get there.
  bool begin(const std::string& rendition, const DecodeJob& job, std::uint32_t first, const DecodeCost& cost,
             Handle& out);

  // The run has got to `segment`, its new target where that lies behind the old one.
  void move(Handle run, std::uint32_t segment);

  // It ends: the jobs that were left to it.
  std::vector<DecodeJob> end(Handle run);

 private:
  static bool will_serve(const Run& run, const DecodeJob& job, const DecodeCost& cost);

  Mutex mutex_;
  std::list<Run> runs_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::server
