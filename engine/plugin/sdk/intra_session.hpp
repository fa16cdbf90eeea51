// A session for codecs that make one packet out of each picture, without looking at any other.
#pragma once

#include <optional>
#include <utility>

#include "engine/plugin/sdk/codec.hpp"

namespace zoe::sdk {

// A picture as it is sent: the first `size_bytes` of `buffer`.
struct CodedPicture {
  BufferRef buffer;
  std::size_t size_bytes = 0;
};

// Derive from it and write `encode`; feeding, draining and the end are done here. One thread at a time, as
// CodecSession.
class IntraSession : public CodecSession {
 public:
  Result<Flow> send_frame(const zoe_frame& frame, bool /*is_segment_start*/) final {
    if (is_flushed_) return fail(Errc::kConflict, "the session takes no pictures after its flush");
    if (made_.buffer) return Flow::kAgain;
    ZOE_TRY(made_, encode(frame));
    pts_ = frame.pts;
    duration_ = frame.duration;
    return Flow::kDone;
  }

  Status flush() final {
    is_flushed_ = true;
    return {};
  }

  Result<Flow> receive_packet(zoe_packet& out) final {
    if (!made_.buffer) return is_flushed_ ? Flow::kEnd : Flow::kAgain;
    out = zoe_packet{.struct_size = sizeof(zoe_packet),
                     .flags = ZOE_PACKET_KEY,
                     .pts = pts_,
                     .dts = pts_,
                     .duration = duration_,
                     .buffer = nullptr,
                     .data = made_.buffer.data(),
                     .size = made_.size_bytes};
    out.buffer = made_.buffer.release();
    return Flow::kDone;
  }

 protected:
  // The packet of one picture, which is borrowed for the length of the call. An Error ends the segment that is being
  // made, with its words in the log; the session is closed then.
  virtual Result<CodedPicture> encode(const zoe_frame& frame) = 0;

 private:
  CodedPicture made_;  // empty when there is none to receive
  std::int64_t pts_ = 0;
  std::int64_t duration_ = 0;
  bool is_flushed_ = false;
};

}  // namespace zoe::sdk
