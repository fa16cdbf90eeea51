// How the results of an analysis lie in their file, and what a block of it is.
//
// A file is blocks, one behind another, each written by one call and never changed: so that it can be read while it
// grows, and what a crash or a full disk tears is the last one, which is then passed over. A block is a header and a
// payload; the header tells what times it holds, so that who looks for a span reads only blocks of that span.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"

namespace zoe::server {

enum class BlockKind : std::uint32_t { kObjects = 1, kPoints, kEvents, kSeriesNames, kSamples };

struct BlockHeader {
  static constexpr std::size_t kBytes = 48;
  static constexpr std::uint32_t kMostPayload = std::uint32_t{1} << 20;

  BlockKind kind = BlockKind::kPoints;
  std::uint32_t payload_bytes = 0;
  std::uint32_t count = 0;
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;
  std::uint64_t payload_hash = 0;
};

// Header and payload as they lie in the file.
std::vector<std::uint8_t> make_block(BlockHeader header, Bytes payload);

// Nothing where these are not the first bytes of a block.
std::optional<BlockHeader> read_block_header(Bytes bytes);
bool is_payload_of(const BlockHeader& header, Bytes payload);

// What is known of an object, by its number; what is said last counts.
struct ResultObject {
  std::uint32_t id = 0;
  std::string object_class;
  std::string team;
  std::string label;

  friend bool operator==(const ResultObject&, const ResultObject&) = default;
};

// A place of an object at one time. In the file: fractions of the picture in 65535ths, metres in centimetres.
struct ResultPoint {
  static constexpr std::size_t kBytes = 28;

  std::int64_t time_us = 0;
  std::uint32_t id = 0;
  std::uint16_t x = 0, y = 0, width = 0, height = 0;
  std::uint16_t confidence = 0;
  std::int16_t pitch_x = kNoPitch, pitch_y = kNoPitch;

  static constexpr std::int16_t kNoPitch = std::numeric_limits<std::int16_t>::min();
  bool has_pitch() const { return pitch_x != kNoPitch; }
};

struct ResultEvent {
  std::int64_t time_us = 0;
  std::int64_t end_us = -1;  // below time_us: it has no length
  float confidence = std::numeric_limits<float>::quiet_NaN();
  std::string kind;
  std::string text;
  std::string team;
};

struct ResultSeries {
  std::string name;
  std::string title;
  std::string unit;
};

struct ResultSample {
  static constexpr std::size_t kBytes = 20;

  std::int64_t time_us = 0;
  double value = 0;
  std::uint32_t series = 0;  // its number, by the order of their names
};

// Payloads. Those that parse fail with kMalformed where a payload is not what its header says.
void write_object(ByteWriter& out, const ResultObject& object);
void write_point(ByteWriter& out, const ResultPoint& point);
void write_event(ByteWriter& out, const ResultEvent& event);
void write_series(ByteWriter& out, const ResultSeries& series);
void write_sample(ByteWriter& out, const ResultSample& sample);

ResultObject read_object(ByteReader& in);
ResultPoint read_point(ByteReader& in);
ResultEvent read_event(ByteReader& in);
ResultSeries read_series(ByteReader& in);
ResultSample read_sample(ByteReader& in);

}  // namespace zoe::server
