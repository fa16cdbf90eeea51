// Segments that took an encoder's work, kept on disk: what was watched once costs no more, also after a restart.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "engine/core/log.hpp"
#include "engine/core/metrics.hpp"
#include "engine/core/worker_pool.hpp"
#include "engine/media/segment.hpp"
#include "server/library/disk_cache.hpp"
#include "server/streams/rendition.hpp"

namespace zoe::server {

struct SegmentDiskConfig {
  std::string folder;  // exists; empty: nothing is kept
  std::uint64_t most_bytes = std::uint64_t{4} << 30;
  std::uint64_t least_free_bytes = std::uint64_t{256} << 20;  // as DiskCacheConfig
};

// Thread-safe. Takes part for renditions with ZOE_CODEC_COSTLY only; for others every function does nothing.
class SegmentDisk {
 public:
  SegmentDisk(SegmentDiskConfig config, Log& log, Metrics& metrics);

  class Stored {
   public:
    explicit Stored(DiskCache::Stored stored) : stored_(std::move(stored)) {}
    Status append_to(media::Segment& out) const;

   private:
    DiskCache::Stored stored_;
  };
  // Nothing where it is not there whole.
  std::optional<Stored> load(const Rendition& rendition, std::uint32_t index) const;

  bool has(const Rendition& rendition, std::uint32_t index) const;

  // Later, on a thread of its own; a segment that is finished. Dropped where too many wait already.
  void save(const Rendition& rendition, media::SegmentPtr segment);

  // Waits for what is being written, drops what waits.
  void stop() { pool_.stop(); }

 private:
  bool is_for(const Rendition& rendition) const;
  void write(const std::string& key, const media::Segment& segment);

  DiskCache cache_;
  Log& log_;
  Counter& hits_;
  Counter& writes_;
  Counter& failures_;
  Gauge& bytes_;
  std::atomic<bool> has_failed_{false};  // the last write did
  WorkerPool pool_;
};

}  // namespace zoe::server
