// The encoded packets that came from the server, as segments, kept while there is room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/rational.hpp"
#include "engine/media/segment.hpp"
#include "engine/media/track.hpp"
#include "engine/net/media_run.hpp"

namespace zoe::player {

// One segment as it was received: views into the message bodies, which it owns; no byte is copied.
// Guarded by whatever guards its store.
struct PacketSegment {
  std::uint32_t index = 0;
  std::vector<net::RunPacket> packets;  // in decoding order
  std::vector<net::BodyPtr> bodies;
  std::size_t bytes = 0;
  std::shared_ptr<const media::TrackInfo> track;  // what they decode to; null where nobody said

  std::uint32_t first_ordinal = 0;  // of its first packet here
  bool is_from_start = false;       // that is the segment's own first one
  bool is_finished = false;         // its last packet is here
  bool is_subset = false;           // the server left packets out
  bool is_abandoned = false;        // nothing will be added any more, finished or not

  // Presentation times of what is shown, in ticks; kNoTimestamp before the first one with a time.
  std::int64_t first_pts = media::kNoTimestamp;
  std::int64_t last_pts = media::kNoTimestamp;
  std::int64_t end_pts = media::kNoTimestamp;  // last_pts and its duration
  std::uint32_t shown_packets = 0;             // those not marked "never show"
  std::int64_t duration_ticks = 0;             // summed over all packets, as the server counts credit

  bool is_whole() const { return is_from_start && is_finished && !is_subset; }
};
using PacketSegmentPtr = std::shared_ptr<const PacketSegment>;

// Which packets a use of a segment can live with.
enum class Need { kEvery = 1, kSubset };

// Keyed by (media and rendition, segment). The least recently used segment goes when the budget is exceeded; never the
// one that is arriving, nor the newest. Not thread-safe.
class PacketStore {
 public:
  explicit PacketStore(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // What add and find speak of from now on: "media/rendition". Segments of others stay until their room is needed.
  void select(const std::string& key);

  // What segments that begin from now on decode to: under one key they may be of several renditions that are cut alike.
  void set_track(std::shared_ptr<const media::TrackInfo> track) { track_ = std::move(track); }

  // Forgets all segments of the selected key.
  void clear_selected();

  // A run of the current serial. Times beyond all reason count as unknown. A segment that begins anew replaces what was
  // held of it once it is no worse. kMalformed when the run does not continue the segment that is arriving.
  Status add(net::MediaRun&& run);

  // The serial that fed the arriving segment is gone: it is forgotten.
  void abandon_arriving();

  // The connection is gone that fed the arriving segment: what came of it is kept and can be decoded, until the segment
  // has come anew as far.
  void suspend_arriving();

  // Forgets what is held of a segment where that begins behind what shows at `pts`, so that what arrives of it can take
  // its place: a decoder that was to begin at `pts` must not take the one for the other.
  void forget_behind(std::uint32_t segment, std::int64_t pts);

  // Held or arriving; null where it is not. Counts as a use.
  PacketSegmentPtr find(std::uint32_t segment);

  // The same without counting.
  const PacketSegment* peek(std::uint32_t segment) const;

  // True when every packet (for kSubset: of an even subset) from the segment's first to its last is held.
  bool holds(std::uint32_t segment, Need need) const;
  // The same for the part that shows at `pts` and after; also while the segment is arriving and has come so far.
  bool holds_from(std::uint32_t segment, std::int64_t pts, Need need) const;

  // The held segment in whose span a time lies, in microseconds since `start` (ticks).
  std::optional<std::uint32_t> segment_at(std::int64_t position_us, Rational time_base, std::int64_t start) const;

  const PacketSegment* arriving() const { return arriving_.get(); }
  std::size_t bytes() const { return bytes_; }
  std::size_t most_bytes() const { return most_bytes_; }

  // Those of the selected key, by index.
  template <typename Visitor>
  void visit(Visitor&& visitor) const {
    for (auto entry = entries_.lower_bound({key_, 0}); entry != entries_.end() && entry->first.first == key_; ++entry) {
      visitor(*entry->second.segment);
    }
  }

 private:
  using Key = std::pair<std::string, std::uint32_t>;
  struct Entry {
    std::shared_ptr<PacketSegment> segment;
    std::list<Key>::iterator use;
  };

  void begin(const net::MediaRun& run);
  void install();
  void evict();
  void erase(std::map<Key, Entry>::iterator entry);

  const std::size_t most_bytes_;
  std::string key_;
  std::shared_ptr<const media::TrackInfo> track_;
  std::map<Key, Entry> entries_;
  std::list<Key> uses_;  // newest first
  std::size_t bytes_ = 0;
  std::shared_ptr<PacketSegment> arriving_;
};

}  // namespace zoe::player
