// The cache of segments: each is made once, however many viewers want it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/core/metrics.hpp"
#include "engine/core/threads.hpp"
#include "engine/media/segment.hpp"
#include "server/streams/segment_source.hpp"

namespace zoe::server {

// Names a segment: the rendition of one version of one track of one media, and its number there.
struct SegmentKey {
  // One object per opened rendition is enough; keys are equal when the texts are.
  // "<media>/<version>/<track>/<rendition>#<version of the codec plugin>": what another version made stays what it is,
  // and what the same version made is good for all its generations.
  std::shared_ptr<const std::string> rendition;
  std::uint32_t index = 0;

  friend bool operator==(const SegmentKey& a, const SegmentKey& b) {
    return a.index == b.index && (a.rendition == b.rendition || *a.rendition == *b.rendition);
  }
};

// Thread-safe; never blocks but for its own short lock.
//
// A segment is in one of these states: absent; wanted (an empty segment lies in the store, a job for it waits);
// in the making (one maker has claimed it); done. A failed one leaves the store at once, so that the next request tries
// again; who holds it sees the failure.
//
// Memory: segments that are done leave, least recently used first, when all of them together exceed the budget. One
// that somebody holds stays, since its memory would not come back. Holders are streams that are being sent (one segment
// each, and what lies in their sockets), so what is above the budget is bounded by flow control.
class SegmentStore {
 public:
  static constexpr std::size_t kDefaultBudget = std::size_t{512} << 20;

  SegmentStore(std::size_t budget_bytes, Metrics& metrics);
  ~SegmentStore();
  SegmentStore(const SegmentStore&) = delete;
  SegmentStore& operator=(const SegmentStore&) = delete;

  struct Found {
    media::SegmentPtr segment;
    // The caller must have it made: it is new, or its job waits with a lower urgency than it has now.
    bool needs_job = false;
  };
  // The segment of that key, for `interest`.
  Found get(const SegmentKey& key, Urgency urgency, const InterestToken& interest);

  // Null unless it is there (in any state). Counts neither as a hit nor as use.
  media::SegmentPtr peek(const SegmentKey& key) const;

  // For makers: the segment to be written, which is the caller's alone from now on; null when it is not waiting (done,
  // in the making, or cancelled because nobody wants it any more). With kCreate an absent one is created and claimed
  // too.
  enum class Claim { kWaiting = 1, kCreate };
  std::shared_ptr<media::Segment> claim(const SegmentKey& key, Claim how = Claim::kWaiting);

  // For makers: the claimed segment is finished or failed, and counts from now on.
  void done(const SegmentKey& key);

  // For makers: a job of it that cannot be run; the segment fails with `error` unless someone has claimed it.
  void abandon(const SegmentKey& key, const Error& error);

  // How urgently it waits to be made; nothing when it does not, or nobody wants it any more.
  std::optional<Urgency> waiting(const SegmentKey& key) const;

  // Somebody waits for it who has not gone.
  bool is_wanted(const SegmentKey& key) const;

  // False while what is held exceeds the budget: then nothing is read ahead.
  bool has_room() const;

  struct Stats {
    std::size_t segments = 0;
    std::size_t bytes = 0;
    std::size_t budget_bytes = 0;
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t makes = 0;
    std::uint64_t evictions = 0;
  };
  Stats stats() const;

 private:
  enum class State { kWaiting = 1, kMaking, kDone };
  struct KeyHash {
    std::size_t operator()(const SegmentKey& key) const;
  };
  struct Entry {
    std::shared_ptr<media::Segment> segment;
    State state = State::kWaiting;
    Urgency urgency = Urgency::kReadAhead;
    std::size_t bytes = 0;
    std::vector<std::weak_ptr<const void>> interests;
    std::list<SegmentKey>::iterator place;
  };
  using Map = std::unordered_map<SegmentKey, Entry, KeyHash>;

  static bool has_interest(const Entry& entry);
  static void add_interest(Entry& entry, const InterestToken& interest);
  void evict(std::vector<std::shared_ptr<media::Segment>>& gone) ZOE_REQUIRES(mutex_);
  void erase(Map::iterator entry) ZOE_REQUIRES(mutex_);

  const std::size_t budget_bytes_;
  Counter& hits_;
  Counter& misses_;
  Counter& makes_;
  Counter& evictions_;
  Gauge& bytes_gauge_;
  Gauge& segments_gauge_;

  mutable Mutex mutex_;
  Map entries_ ZOE_GUARDED_BY(mutex_);
  std::list<SegmentKey> recent_ ZOE_GUARDED_BY(mutex_);  // front: used last
  std::size_t bytes_ ZOE_GUARDED_BY(mutex_) = 0;
};

}  // namespace zoe::server
