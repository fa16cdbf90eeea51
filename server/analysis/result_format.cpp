#include "server/analysis/result_format.hpp"

#include <xxhash.h>

namespace zoe::server {
namespace {

constexpr std::uint32_t kMagic = 0x31'42'41'5A;  // "ZAB1"
constexpr std::size_t kHashed = BlockHeader::kBytes - sizeof(std::uint64_t);

void write_text(ByteWriter& out, std::string_view text) {
  out.write(static_cast<std::uint16_t>(text.size()));
  out.write_bytes(as_bytes(text));
}

std::string read_text(ByteReader& in) {
  const auto size = in.read<std::uint16_t>();
  return std::string(as_text(in.read_bytes(size)));
}

}  // namespace

std::vector<std::uint8_t> make_block(BlockHeader header, Bytes payload) {
  std::vector<std::uint8_t> block;
  block.reserve(BlockHeader::kBytes + payload.size());
  ByteWriter out(block);
  out.write(kMagic);
  out.write(static_cast<std::uint32_t>(header.kind));
  out.write(static_cast<std::uint32_t>(payload.size()));
  out.write(header.count);
  out.write(header.first_us);
  out.write(header.last_us);
  out.write(static_cast<std::uint64_t>(XXH3_64bits(payload.data(), payload.size())));
  out.write(static_cast<std::uint64_t>(XXH3_64bits(block.data(), kHashed)));
  out.write_bytes(payload);
  return block;
}

std::optional<BlockHeader> read_block_header(Bytes bytes) {
  if (bytes.size() < BlockHeader::kBytes) return std::nullopt;
  if (load_le<std::uint64_t>(bytes.data() + kHashed) != XXH3_64bits(bytes.data(), kHashed)) return std::nullopt;
  ByteReader in(bytes);
  if (in.read<std::uint32_t>() != kMagic) return std::nullopt;
  BlockHeader header;
  header.kind = static_cast<BlockKind>(in.read<std::uint32_t>());
  header.payload_bytes = in.read<std::uint32_t>();
  header.count = in.read<std::uint32_t>();
  header.first_us = in.read<std::int64_t>();
  header.last_us = in.read<std::int64_t>();
  header.payload_hash = in.read<std::uint64_t>();
  return header.payload_bytes <= BlockHeader::kMostPayload ? std::optional(header) : std::nullopt;
}

bool is_payload_of(const BlockHeader& header, Bytes payload) {
  return payload.size() == header.payload_bytes && XXH3_64bits(payload.data(), payload.size()) == header.payload_hash;
}

void write_object(ByteWriter& out, const ResultObject& object) {
  out.write(object.id);
  write_text(out, object.object_class);
  write_text(out, object.team);
  write_text(out, object.label);
}

ResultObject read_object(ByteReader& in) {
  ResultObject object;
  object.id = in.read<std::uint32_t>();
  object.object_class = read_text(in);
  object.team = read_text(in);
  object.label = read_text(in);
  return object;
}

void write_point(ByteWriter& out, const ResultPoint& point) {
  out.write(point.time_us);
  out.write(point.id);
  for (const std::uint16_t part : {point.x, point.y, point.width, point.height, point.confidence}) out.write(part);
  out.write(point.pitch_x);
  out.write(point.pitch_y);
  out.write(std::uint16_t{0});
}

ResultPoint read_point(ByteReader& in) {
  ResultPoint point;
  point.time_us = in.read<std::int64_t>();
  point.id = in.read<std::uint32_t>();
  for (std::uint16_t* part : {&point.x, &point.y, &point.width, &point.height, &point.confidence})
    *part = in.read<std::uint16_t>();
  point.pitch_x = in.read<std::int16_t>();
  point.pitch_y = in.read<std::int16_t>();
  in.read<std::uint16_t>();
  return point;
}

void write_event(ByteWriter& out, const ResultEvent& event) {
  out.write(event.time_us);
  out.write(event.end_us);
  out.write(event.confidence);
  write_text(out, event.kind);
  write_text(out, event.text);
  write_text(out, event.team);
}

ResultEvent read_event(ByteReader& in) {
  ResultEvent event;
  event.time_us = in.read<std::int64_t>();
  event.end_us = in.read<std::int64_t>();
  event.confidence = in.read<float>();
  event.kind = read_text(in);
  event.text = read_text(in);
  event.team = read_text(in);
  return event;
}

void write_series(ByteWriter& out, const ResultSeries& series) {
  write_text(out, series.name);
  write_text(out, series.title);
  write_text(out, series.unit);
}

ResultSeries read_series(ByteReader& in) {
  ResultSeries series;
  series.name = read_text(in);
  series.title = read_text(in);
  series.unit = read_text(in);
  return series;
}

void write_sample(ByteWriter& out, const ResultSample& sample) {
  out.write(sample.time_us);
  out.write(sample.value);
  out.write(sample.series);
}

ResultSample read_sample(ByteReader& in) {
  ResultSample sample;
  sample.time_us = in.read<std::int64_t>();
  sample.value = in.read<double>();
  sample.series = in.read<std::uint32_t>();
  return sample;
}

}  // namespace zoe::server
