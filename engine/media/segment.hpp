// Segment: packets of one track from a key frame on, immutable once appended, shared by everyone who needs them,
// readable while it is still being made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"

namespace zoe::media {

inline constexpr std::int64_t kNoTimestamp = INT64_MIN;

// Flags of a packet record; the values are those of the wire (docs/protocol.md) and of the plugin ABI.
inline constexpr std::uint32_t kPacketKey = 1U << 0;
inline constexpr std::uint32_t kPacketDiscard = 1U << 1;
inline constexpr std::uint32_t kPacketCorrupt = 1U << 2;

// The 32 bytes before each packet's data, in memory as on the wire.
struct PacketRecord {
  std::uint32_t size_bytes = 0;
  std::uint32_t flags = 0;
  std::int64_t pts = kNoTimestamp;  // ticks of the track's time base
  std::int64_t dts = kNoTimestamp;
  std::uint32_t duration = 0;  // ticks, 0 when unknown
  std::uint32_t ordinal = 0;   // in its segment
};
inline constexpr std::size_t kPacketRecordBytes = 32;

void store_record(std::uint8_t* to, const PacketRecord& record);
PacketRecord load_record(const std::uint8_t* from);

// A packet as it lies in a segment: `data` is followed by at least 64 readable bytes (FFmpeg's input padding).
struct PacketView {
  PacketRecord record;
  Bytes data;
};

// Where a packet's record begins in the segment's memory; records of one chunk are contiguous.
struct PacketPlace {
  const std::uint8_t* record = nullptr;  // its 32 bytes, then its data
  std::uint32_t total_bytes = 0;         // record and data
  std::uint32_t chunk = 0;               // packets of equal chunk that follow each other lie end to end
};

// Thread-safe: one writer appends and finishes, any number of readers look. Memory is taken in chunks that never move,
// so a place once read stays valid while the Segment lives.
class Segment {
 public:
  explicit Segment(std::uint32_t index, std::size_t chunk_bytes = 256U << 10);
  ~Segment();
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  std::uint32_t index() const { return index_; }

  // Writer: copies the packet in (the one copy of a media byte); its ordinal is set. kTooLarge for more than 64 MiB,
  // kConflict after finish or fail.
  Status append(PacketRecord record, Bytes data);
  void finish();
  void fail(Error error);

  struct State {
    std::uint32_t packets = 0;
    std::size_t bytes = 0;     // memory taken, records included
    bool is_finished = false;  // no packet will be added (also after a failure)
    std::optional<Error> error;
  };
  State state() const;

  // The places of packets [first, first + out.size()), as many as are there: returns how many were written.
  std::size_t places(std::uint32_t first, std::span<PacketPlace> out) const;

  // The packet of ordinal `ordinal`, which must be below state().packets.
  PacketView packet(std::uint32_t ordinal) const;

  // Calls `wake` once, from the writer's thread, when more than `seen_packets` packets are there or the segment is
  // finished; at once, on this thread, where that is so already. `wake` must only wake. The token's destructor cancels:
  // after it, `wake` neither runs nor will run.
  class WaitToken;
  std::unique_ptr<WaitToken> wait(std::uint32_t seen_packets, std::function<void()> wake) const;

 private:
  struct Impl;
  const std::uint32_t index_;
  std::unique_ptr<Impl> impl_;
};

class Segment::WaitToken {
 public:
  virtual ~WaitToken() = default;
};

using SegmentPtr = std::shared_ptr<const Segment>;

}  // namespace zoe::media
