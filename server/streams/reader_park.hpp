// Readers of source files that rest between two segments, so that the next one goes on where the last one ended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "engine/core/threads.hpp"
#include "engine/media/source_reader.hpp"

namespace zoe::server {

// Thread-safe. Bounded by number and by an estimate of the decoders' memory; the one that rested longest goes first.
class ReaderPark {
 public:
  ReaderPark(std::size_t most_readers, std::size_t most_bytes) : most_readers_(most_readers), most_bytes_(most_bytes) {}

  // A reader of `track` to go on with, no longer parked; null when one should be opened. Best is one whose decoder
  // stands closest before `last_pts`, and at or behind `first_pts`. Otherwise any, but not the only one, which another
  // viewer of the same track may come back for.
  std::unique_ptr<media::SourceReader> take(const std::string& track, std::int64_t first_pts, std::int64_t last_pts);

  // A reader for packets: where its decoder stands does not matter.
  std::unique_ptr<media::SourceReader> take_any(const std::string& track);

  void put(const std::string& track, std::unique_ptr<media::SourceReader> reader, std::size_t bytes);

  void clear();
  std::size_t size() const;

 private:
  struct Parked {
    std::string track;
    std::unique_ptr<media::SourceReader> reader;
    std::int64_t position = media::kNoTimestamp;
    std::size_t bytes = 0;
  };
  using Place = std::list<Parked>::iterator;
  std::unique_ptr<media::SourceReader> take_out(Place place) ZOE_REQUIRES(mutex_);

  const std::size_t most_readers_;
  const std::size_t most_bytes_;
  mutable Mutex mutex_;
  std::list<Parked> parked_ ZOE_GUARDED_BY(mutex_);  // front: parked last
  std::size_t bytes_ ZOE_GUARDED_BY(mutex_) = 0;
};

}  // namespace zoe::server
