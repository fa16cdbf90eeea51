// Packets in, pictures out, in layouts that the shader and the JPEG encoder take.
#pragma once

#include <cstdint>
#include <memory>

#include "engine/core/result.hpp"
#include "engine/media/frame.hpp"
#include "engine/media/segment.hpp"
#include "engine/media/track.hpp"

namespace zoe::media {

// Which pictures may be left undecoded, for speed.
enum class DecodeSkip : std::uint8_t {
  kNone = 1,
  kNonReference,  // pictures that no other refers to
  kNonKey         // everything but key frames
};

struct DecoderOptions {
  int threads = 1;  // above 1: frame threads, which delay the output by that many frames until `drain`
  DecodeSkip skip = DecodeSkip::kNone;
};

enum class DecodeState : std::uint8_t {
  kFrame = 1,  // a frame was given
  kAgain,      // send the next packet
  kEnd         // drained: `flush` before anything else
};

// One thread at a time. After create or flush: send, then receive until kAgain, and so on; at the end of a segment
// drain, receive until kEnd, flush. Segments that are decoded so yield their own frames and no others, in strictly
// rising pts.
//
// Damaged data is no failure: what cannot be decoded is left out and counted. Frames of packets with kPacketDiscard
// never come out. Pixel formats that Frame does not know are converted. Motion JPEG is decoded by libjpeg-turbo, all
// else by FFmpeg.
class Decoder {
 public:
  // kUnsupported when there is no decoder for the track's codec, kInvalidArgument for a size out of bounds, kNoMemory.
  static Result<std::unique_ptr<Decoder>> create(const TrackInfo& track, const DecoderOptions& options = {});
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // Takes a packet, whose data is only borrowed. kNoMemory; kConflict after `drain` or while frames wait.
  Status send(const PacketView& packet);

  // kFrame with `out` set, or another state with `out` left alone. kNoMemory.
  Result<DecodeState> receive(FramePtr& out);

  // No more packets: everything left can now be received.
  Status drain();

  // Forgets all that was sent. Cheap.
  void flush();

  // For what follows; takes effect with the next packet.
  void set_skip(DecodeSkip skip);

  // Damaged packets and frames since create.
  std::uint64_t errors() const;

 private:
  struct Impl;
  explicit Decoder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::media
