#include "engine/net/media_run.hpp"

#include <zlib.h>

#include <fmt/core.h>

namespace zoe::net {
namespace {

constexpr std::uint32_t kKnownRecordFlags = kRecordKey | kRecordDiscard | kRecordCorrupt;

tl::unexpected<Error> malformed(const Message& message, std::string_view what) {
  return fail(Errc::kMalformed,
              fmt::format("a {} for stream {}: {}", to_string(message.header.kind), message.header.stream, what));
}

Result<RunPacket> read_packet(const Message& message, ByteReader& reader) {
  const auto size = reader.read<std::uint32_t>();
  RunPacket packet;
  packet.flags = reader.read<std::uint32_t>() & kKnownRecordFlags;
  packet.pts = reader.read<std::int64_t>();
  packet.dts = reader.read<std::int64_t>();
  packet.duration = reader.read<std::uint32_t>();
  packet.ordinal = reader.read<std::uint32_t>();
  packet.data = reader.read_bytes(size);
  if (!reader.is_ok()) return malformed(message, "a packet reaches beyond the body");
  return packet;
}

}  // namespace

void store_run_header(std::uint8_t* to, const RunHeader& run) {
  store_le(to, run.segment);
  store_le(to + 4, run.first_ordinal);
  store_le(to + 8, run.packets);
  store_le(to + 12, std::uint32_t{0});
}

Result<MediaRun> parse_media(const Message& message) {
  ByteReader reader(message.body->bytes());
  MediaRun run{.stream = message.header.stream, .serial = message.header.serial, .flags = message.header.flags};
  run.segment = reader.read<std::uint32_t>();
  run.first_ordinal = reader.read<std::uint32_t>();
  const auto count = reader.read<std::uint32_t>();
  reader.read<std::uint32_t>();
  if (!reader.is_ok()) return malformed(message, "its header is cut off");
  // Each packet takes at least its record, which bounds the count by what was received.
  if (count > reader.remaining() / kRecordBytes) return malformed(message, "it promises more packets than it holds");
  if (count == 0 && (run.flags & (kRunEnd | kRunSegmentEnd)) == 0) return malformed(message, "it holds no packet");

  run.packets.reserve(count);
  std::uint64_t least_ordinal = run.first_ordinal;
  for (std::uint32_t i = 0; i < count; ++i) {
    ZOE_TRY(const RunPacket packet, read_packet(message, reader));
    const bool may_skip = (run.flags & kRunSubset) != 0 && i > 0;
    if (packet.ordinal < least_ordinal || (!may_skip && packet.ordinal != least_ordinal))
      return malformed(message, "its packets are out of order");
    least_ordinal = std::uint64_t{packet.ordinal} + 1;
    run.packets.push_back(packet);
  }
  if (reader.remaining() != 0) return malformed(message, "bytes are left behind its last packet");
  run.body = message.body;
  return run;
}

void store_chunk_header(std::uint8_t* to, const ChunkHeader& chunk) {
  store_le(to, chunk.offset);
  store_le(to + 8, chunk.crc32);
  store_le(to + 12, std::uint32_t{chunk.is_last ? 1U : 0U});
}

std::uint32_t crc32_of(Bytes bytes) { return static_cast<std::uint32_t>(crc32_z(0, bytes.data(), bytes.size())); }

Result<FileChunk> parse_chunk(const Message& message) {
  ByteReader reader(message.body->bytes());
  FileChunk chunk{.file = message.header.stream};
  chunk.offset = reader.read<std::uint64_t>();
  const auto checksum = reader.read<std::uint32_t>();
  const auto is_last = reader.read<std::uint32_t>();
  if (!reader.is_ok()) return malformed(message, "its header is cut off");
  if (is_last > 1) return malformed(message, "its last-chunk mark is neither 0 nor 1");
  chunk.is_last = is_last == 1;
  chunk.data = reader.read_bytes(reader.remaining());
  if (chunk.offset > UINT64_MAX - chunk.data.size()) return malformed(message, "its offset is beyond any file");
  if (crc32_of(chunk.data) != checksum)
    return malformed(message, fmt::format("the checksum of the chunk at offset {} is wrong", chunk.offset));
  chunk.body = message.body;
  return chunk;
}

}  // namespace zoe::net
