#include "server/streams/segment_disk.hpp"

#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <xxhash.h>

#include "engine/core/byte_io.hpp"

namespace zoe::server {
namespace {

constexpr std::uint64_t kMagic = 0x3147455345'4F5Aull;  // "ZOESEG1"
constexpr std::size_t kMostFileBytes = std::size_t{128} << 20;
constexpr std::size_t kMostWaiting = 64;  // each keeps its segment in memory

// The decoder's header belongs to it: another build of the encoder may make another one, which the packets need.
std::string key_of(const Rendition& rendition, std::uint32_t index) {
  const auto& header = rendition.output.extradata;
  return fmt::format("{}+{:016x}/{}", *rendition.key, XXH3_64bits(header.data(), header.size()), index);
}

// Records and data as they lie in a segment.
bool is_whole(Bytes body) {
  std::uint32_t ordinal = 0;
  while (!body.empty()) {
    if (body.size() < media::kPacketRecordBytes) return false;
    const media::PacketRecord record = media::load_record(body.data());
    body = body.subspan(media::kPacketRecordBytes);
    if (record.size_bytes > body.size() || record.ordinal != ordinal++) return false;
    body = body.subspan(record.size_bytes);
  }
  return ordinal > 0;
}

}  // namespace

SegmentDisk::SegmentDisk(SegmentDiskConfig config, Log& log, Metrics& metrics)
    : cache_({.folder = std::move(config.folder),
              .extension = ".seg",
              .magic = kMagic,
              .most_file_bytes = kMostFileBytes,
              .most_bytes = config.most_bytes,
              .least_free_bytes = config.least_free_bytes}),
      log_(log),
      hits_(metrics.counter("segment_disk_hits_total")),
      writes_(metrics.counter("segment_disk_writes_total")),
      failures_(metrics.counter("segment_disk_failures_total")),
      bytes_(metrics.gauge("segment_disk_bytes")),
      pool_("segment-disk", 1, kMostWaiting) {}

bool SegmentDisk::is_for(const Rendition& rendition) const { return cache_.is_on() && rendition.is_costly(); }

bool SegmentDisk::has(const Rendition& rendition, std::uint32_t index) const {
  return is_for(rendition) && cache_.has(key_of(rendition, index));
}

std::optional<SegmentDisk::Stored> SegmentDisk::load(const Rendition& rendition, std::uint32_t index) const {
  if (!is_for(rendition)) return std::nullopt;
  auto stored = cache_.load(key_of(rendition, index));
  if (!stored || !is_whole(stored->body())) return std::nullopt;
  hits_.add();
  return Stored(std::move(*stored));
}

Status SegmentDisk::Stored::append_to(media::Segment& out) const {
  for (Bytes body = stored_.body(); !body.empty();) {
    const media::PacketRecord record = media::load_record(body.data());
    body = body.subspan(media::kPacketRecordBytes);
    ZOE_CHECK(out.append(record, body.first(record.size_bytes)));
    body = body.subspan(record.size_bytes);
  }
  return {};
}

void SegmentDisk::save(const Rendition& rendition, media::SegmentPtr segment) {
  if (!is_for(rendition)) return;
  // With too many waiting, or when the server stops, it is made again some day.
  static_cast<void>(pool_.post(
      [this, key = key_of(rendition, segment->index()), segment = std::move(segment)] { write(key, *segment); }));
}

void SegmentDisk::write(const std::string& key, const media::Segment& segment) {
  const media::Segment::State state = segment.state();
  std::vector<std::uint8_t> body;
  body.reserve(state.bytes);
  for (std::uint32_t i = 0; i < state.packets; ++i) {
    const media::PacketView packet = segment.packet(i);
    const std::size_t at = body.size();
    body.resize(at + media::kPacketRecordBytes);
    media::store_record(body.data() + at, packet.record);
    body.insert(body.end(), packet.data.begin(), packet.data.end());
  }
  const Status saved = cache_.save(key, body);
  bytes_.set(static_cast<std::int64_t>(cache_.bytes()));
  if (saved) {
    writes_.add();
    has_failed_ = false;
    return;
  }
  failures_.add();
  // Said once, until one goes well again.
  if (!has_failed_.exchange(true))
    log_.warning("streams", "encoded segments are not kept on disk for now, they are made anew instead: {}",
                 saved.error().message);
}

}  // namespace zoe::server
