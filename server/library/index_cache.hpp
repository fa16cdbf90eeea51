// Track indexes by media: built once, kept in memory up to a budget and on disk across restarts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <stop_token>
#include <string>

#include "engine/core/metrics.hpp"
#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "server/library/disk_cache.hpp"
#include "server/library/media_entry.hpp"

namespace zoe::media {
class TrackIndex;
}

namespace zoe::server {

struct IndexCacheConfig {
  std::string folder;  // empty: memory only
  std::size_t memory_bytes = std::size_t{64} << 20;
  std::uint64_t disk_bytes = std::uint64_t{1} << 30;
};

// Thread-safe. An index is keyed by the file's path, size, time of change and the track, so a changed file gets a new
// one. A file of the cache that cannot be read or parsed counts as absent and is written again; a disk that is full
// costs the cache, never the index.
class IndexCache {
 public:
  using IndexPtr = std::shared_ptr<const media::TrackIndex>;

  IndexCache(IndexCacheConfig config, Metrics& metrics);
  ~IndexCache();
  IndexCache(const IndexCache&) = delete;
  IndexCache& operator=(const IndexCache&) = delete;

  // The index of a video track. Blocks: memory, else disk, else one demux pass over the file; callers that ask for the
  // same one meanwhile wait for the first one's answer. A failure is not remembered. kNotFound when the file has gone
  // or is no longer the one that was probed, kCancelled after `stop`, else what media::TrackIndex::build says.
  Result<IndexPtr> track_index(const MediaEntry& entry, int stream_index, std::stop_token stop = {});

  // The same where it is in memory already, else null. Never blocks.
  IndexPtr cached(const MediaEntry& entry, int stream_index) const;

  // Whether the index is in memory or, by the look of it, on disk.
  bool is_made(const MediaEntry& entry, int stream_index) const;

  // A name for the examiner to write an index to, on the cache's own disk; empty where nothing is kept there. `who`
  // keeps those apart that write at the same time.
  std::string scratch(const std::string& who) const;

  // Takes over an index that was made elsewhere from the same bytes, after it was parsed; the file is gone afterwards.
  void take_in(const MediaEntry& entry, int stream_index, const std::string& file);

  // The reverse: writes a made index to the file. False where there is none.
  bool lend(const MediaEntry& entry, int stream_index, const std::string& file);

  std::size_t memory_used() const;

 private:
  struct Key {
    std::string path;
    std::uint64_t size_bytes = 0;
    std::int64_t mtime_ns = 0;
    int stream_index = 0;
    std::string text() const;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Flight;  // one build that callers wait for
  struct Held {
    IndexPtr index;
    std::size_t bytes = 0;
    std::list<Key>::iterator place;
  };

  static Key key_of(const MediaEntry& entry, int stream_index);
  Result<IndexPtr> make(const MediaEntry& entry, const Key& key, std::stop_token stop);
  IndexPtr load(const Key& key) const;
  void save(const Key& key, const media::TrackIndex& index);
  IndexPtr find(const Key& key) const ZOE_REQUIRES(mutex_);
  void keep(const Key& key, const IndexPtr& index) ZOE_REQUIRES(mutex_);
  Result<IndexPtr> wait(Flight& flight, const std::stop_token& stop) ZOE_REQUIRES(mutex_);
  void land(const Key& key, Flight& flight, const Result<IndexPtr>& result);

  const IndexCacheConfig config_;
  DiskCache disk_;
  Counter& hits_;
  Counter& disk_hits_;
  Counter& builds_;

  mutable Mutex mutex_;
  std::map<Key, Held> held_ ZOE_GUARDED_BY(mutex_);
  mutable std::list<Key> recent_ ZOE_GUARDED_BY(mutex_);  // front: used last
  std::map<Key, std::shared_ptr<Flight>> flights_ ZOE_GUARDED_BY(mutex_);
  std::size_t held_bytes_ ZOE_GUARDED_BY(mutex_) = 0;
};

}  // namespace zoe::server
