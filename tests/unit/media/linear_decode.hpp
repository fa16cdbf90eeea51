// What FFmpeg itself shows of a file, decoded from its first packet to its last: the yardstick for our segments.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/media/frame.hpp"
#include "engine/media/segment.hpp"
#include "engine/media/source_reader.hpp"

namespace zoe::media {

struct ShownFrame {
  std::int64_t pts = kNoTimestamp;
  std::uint64_t hash = 0;
};

// Frames of the stream in the order in which FFmpeg gives them, at most `most` of them. Throws std::runtime_error.
std::vector<ShownFrame> decode_linearly(const std::string& path, int stream_index, std::size_t most = SIZE_MAX);

// A segment's packets, in memory of their own.
struct OwnedPacket {
  PacketRecord record;
  std::vector<std::uint8_t> data;  // padded

  PacketView view() const { return {record, Bytes(data).first(record.size_bytes)}; }
};
std::vector<OwnedPacket> read_packets(SourceReader& reader, std::uint32_t segment);

// The frames of packets that are sent to a fresh (or flushed) decoder, which is then drained and flushed.
class Decoder;
std::vector<FramePtr> decode_packets(Decoder& decoder, const std::vector<OwnedPacket>& packets);

}  // namespace zoe::media
