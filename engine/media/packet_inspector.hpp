// What a packet's own headers say about the picture in it, where the container does not.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"

struct AVCodecParameters;

namespace zoe::media {

enum class PictureType : std::uint8_t { kUnknown = 1, kIntra, kPredicted, kBidirectional };

struct PacketFacts {
  PictureType type = PictureType::kUnknown;
  // No picture comes out: an alternate reference frame, a picture that was not coded, the second field of a frame.
  bool is_hidden = false;
  // A leading picture that needs nothing from before its key frame (HEVC RADL); on a key frame: all its leading
  // pictures are such (a closed group in MPEG-1 and -2).
  bool is_leading_closed = false;
  // On a key frame: how many reference pictures on decoding that began here is exact (a gradual refresh); 0: at once.
  std::uint32_t recovery_references = 0;
  bool is_reference = true;
  // Place in display order among the pictures since the last `starts_order`.
  std::optional<std::int32_t> order;
  bool starts_order = false;
  // What the picture says, where it knows better than the container.
  std::optional<bool> is_key;
};

// One track's packets in decoding order; one thread at a time. Reads headers only, and believes nothing: any bytes give
// some facts.
class PacketInspector {
 public:
  // kNoMemory.
  static Result<std::unique_ptr<PacketInspector>> create(const AVCodecParameters& parameters);
  virtual ~PacketInspector() = default;

  // `data` is followed by at least 64 readable bytes.
  virtual PacketFacts inspect(Bytes data, bool is_key) = 0;
};

}  // namespace zoe::media
