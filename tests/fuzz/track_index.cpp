// A track index out of the disk cache: what is taken fits together, and says the same when it is written again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include <xxhash.h>

#include "engine/media/track_index.hpp"

namespace {

// The checksum at the end would keep nearly every input out: it is made right, so that what lies behind it is tried.
std::vector<std::uint8_t> with_checksum(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> bytes(data, data + size);
  if (size < 8) return bytes;
  zoe::store_le(bytes.data() + size - 8, static_cast<std::uint64_t>(XXH3_64bits(bytes.data(), size - 8)));
  return bytes;
}

void require(bool is_true) {
  if (!is_true) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zoe::media;
  const std::vector<std::uint8_t> bytes = with_checksum(data, size);
  const auto parsed = TrackIndex::parse(bytes);
  if (!parsed) return 0;
  const TrackIndex& index = **parsed;
  require(index.serialize() == bytes);
  std::uint32_t frame = 0;
  for (const CopySegment& segment : index.segments()) {
    require(segment.first_frame == frame && segment.frame_count > 0);
    frame += segment.frame_count;
    std::uint32_t sent = 0;
    for (std::uint32_t i = segment.preroll_packet; i < segment.end_packet; ++i) {
      std::uint32_t flags = 0;
      if (index.is_sent(segment, i, flags)) ++sent;
      static_cast<void>(index.header_before(i));
    }
    require(sent == segment.packet_count);
    require(index.find_segment(segment.start_pts) < index.segments().size());
  }
  require(frame == index.frames().size());
  for (std::size_t i = 0; i < index.frames().size(); ++i) require(index.frame_duration(i) > 0);
  return 0;
}
