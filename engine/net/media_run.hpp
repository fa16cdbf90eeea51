// The bodies of MEDIA and CHUNK messages (docs/protocol.md, "Streams" and "Files"), checked before anyone looks inside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"
#include "engine/net/wire.hpp"

namespace zoe::net {

// Header flags of MEDIA.
inline constexpr std::uint16_t kRunSegmentStart = 1U << 0;
inline constexpr std::uint16_t kRunSegmentEnd = 1U << 1;
inline constexpr std::uint16_t kRunEnd = 1U << 2;     // nothing follows for this serial
inline constexpr std::uint16_t kRunLooped = 1U << 3;  // the first run after the cursor went round
inline constexpr std::uint16_t kRunSubset = 1U << 4;  // packets were left out

// Flags of a packet record.
inline constexpr std::uint32_t kRecordKey = 1U << 0;
inline constexpr std::uint32_t kRecordDiscard = 1U << 1;
inline constexpr std::uint32_t kRecordCorrupt = 1U << 2;

inline constexpr std::size_t kRunHeaderBytes = 16;
inline constexpr std::size_t kRecordBytes = 32;
inline constexpr std::int64_t kNoTimestamp = INT64_MIN;

struct RunHeader {
  std::uint32_t segment = 0;
  std::uint32_t first_ordinal = 0;
  std::uint32_t packets = 0;
};
void store_run_header(std::uint8_t* to, const RunHeader& run);  // kRunHeaderBytes

// One packet of a run; `data` lies in the run's body, and at least 64 bytes may be read behind it.
struct RunPacket {
  std::uint32_t ordinal = 0;        // in its segment
  std::uint32_t flags = 0;          // kRecordKey and so on; unknown bits are cleared
  std::int64_t pts = kNoTimestamp;  // ticks of the stream's track
  std::int64_t dts = kNoTimestamp;
  std::uint32_t duration = 0;
  Bytes data;
};

// A run of packets as it arrived: the views live as long as `body`. Movable, cheap to copy but for the vector.
struct MediaRun {
  std::uint32_t stream = 0;
  std::uint32_t serial = 0;
  std::uint16_t flags = 0;  // kRunSegmentStart and so on
  std::uint32_t segment = 0;
  std::uint32_t first_ordinal = 0;
  std::vector<RunPacket> packets;  // ordinals rise; empty only with kRunEnd or kRunSegmentEnd
  BodyPtr body;
};

// kMalformed where the records do not fill the body exactly, ordinals do not rise from the run's first (by one, unless
// packets were left out), or an empty run ends nothing.
Result<MediaRun> parse_media(const Message& message);

inline constexpr std::size_t kChunkHeaderBytes = 16;
inline constexpr std::uint32_t kMostChunkBytes = 1U << 20;

struct ChunkHeader {
  std::uint64_t offset = 0;
  std::uint32_t crc32 = 0;
  bool is_last = false;
};
void store_chunk_header(std::uint8_t* to, const ChunkHeader& chunk);  // kChunkHeaderBytes

// The zlib polynomial's CRC-32.
std::uint32_t crc32_of(Bytes bytes);

// A piece of a file; `data` lives as long as `body`.
struct FileChunk {
  std::uint32_t file = 0;
  std::uint64_t offset = 0;  // in the file, of its first byte
  bool is_last = false;
  Bytes data;
  BodyPtr body;
};

// kMalformed where the checksum or the shape is wrong.
Result<FileChunk> parse_chunk(const Message& message);

}  // namespace zoe::net
