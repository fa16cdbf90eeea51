// Makes segments: jobs on a pool of workers that read, decode and encode through the codec plugins.
#pragma once

#include <cstddef>
#include <memory>

#include "engine/core/log.hpp"
#include "engine/core/metrics.hpp"
#include "server/streams/live_rendition.hpp"
#include "server/streams/rendition.hpp"
#include "server/streams/segment_disk.hpp"
#include "server/streams/segment_source.hpp"
#include "server/streams/segment_store.hpp"

namespace zoe::server {

struct SegmentMakerConfig {
  std::size_t workers = 2;
  // Readers kept at the end of a segment, so that the next one goes on from there. The bytes bound the reference
  // pictures of their decoders: 54 MiB each for 1080p, 24 MiB for 720p.
  std::size_t most_parked = 32;
  std::size_t most_parked_bytes = std::size_t{256} << 20;
};

// Thread-safe. A segment that somebody waits for comes before any that is read ahead. The destructor stops.
class SegmentMaker {
 public:
  SegmentMaker(const SegmentMakerConfig& config, SegmentStore& store, SegmentDisk& disk, Log& log, Metrics& metrics);
  ~SegmentMaker();
  SegmentMaker(const SegmentMaker&) = delete;
  SegmentMaker& operator=(const SegmentMaker&) = delete;

  // The segments of `rendition`, out of the store or made. Must not outlive the maker.
  std::shared_ptr<SegmentSource> source(LiveRenditionPtr rendition);

  // Waits for running jobs, fails those that wait.
  void stop();

  struct Impl;

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace zoe::server
