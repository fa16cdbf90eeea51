// Stream: one viewer's cursor over the segments of one rendition (docs/protocol.md, "Streams").
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/core/rational.hpp"
#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "engine/plugin/abi/transport.h"
#include "server/streams/segment_source.hpp"

namespace zoe::server {

// Who owns the stream; held weakly. Both are called from any thread and may come once more just after `close`.
class StreamObserver {
 public:
  virtual ~StreamObserver() = default;

  // `pull` may have something now. Must only wake: it takes no lock that anyone holds while calling a stream.
  virtual void stream_ready(std::uint32_t stream) = 0;

  // Nothing more comes for this serial. Called from inside `pull`, without the stream's lock.
  virtual void stream_failed(std::uint32_t stream, std::uint32_t serial, const Error& error) = 0;
};

// What a request to a stream was answered with.
struct StreamPosition {
  std::uint32_t serial = 0;
  std::uint32_t segment = 0;
  std::int64_t position_us = 0;  // start of that segment, since the media's first frame
};

struct StreamStart {
  std::uint32_t serial = 1;
  std::int64_t position_us = 0;
  std::optional<std::uint32_t> segment;  // instead of the position: begins with this segment, whole
  Rational rate{1, 1};
  bool is_looping = false;
  bool is_paused = false;
  std::uint64_t credit_us = 0;
  double max_fps = 0;  // 0: every frame
  // Where the track begins, since the media's first frame. Positions that go in and out count from that frame, whatever
  // the track.
  std::int64_t offset_us = 0;
};

// What a stream does at the moment.
struct StreamFigures {
  std::string rendition;
  std::uint32_t serial = 0;
  std::int64_t position_us = 0;  // start of the segment that the cursor is in
  Rational rate{1, 1};
  bool is_paused = false;
  bool is_looping = false;
  std::uint64_t granted_us = 0;  // of this serial
  std::uint64_t sent_us = 0;
};

struct SeekRequest {
  std::uint32_t serial = 0;  // above the stream's
  // One of the two.
  std::optional<std::int64_t> position_us;
  std::optional<std::uint32_t> segment;
  std::optional<Rational> rate;
  std::optional<std::uint64_t> credit_us;
  std::optional<bool> is_paused;  // absent: as it was
};

// Thread-safe: one short lock; no function blocks. Errors of requests: kInvalidArgument (a value out of its range),
// kConflict (a serial that is not above the current one; the stream is closed).
//
// It holds a segment only while it can send from it; a stream that is paused, stalled or out of credit holds none.
class Stream {
 public:
  static constexpr int kMostRate = 16;
  static constexpr int kMostStep = 300;

  // `start` must have been checked (see StreamService::open, which makes streams).
  Stream(std::uint32_t id, std::shared_ptr<SegmentSource> source, const StreamStart& start,
         std::weak_ptr<StreamObserver> observer);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  std::uint32_t id() const { return id_; }

  static Status check(const StreamStart& start);
  // That the rendition has the segment that it begins with.
  static Status check(const StreamStart& start, const SegmentTable& table);

  Result<StreamPosition> seek(const SeekRequest& request);

  // Of the same sign as the current one. Takes effect with the next packet; segments and serial go on.
  Status set_rate(Rational rate, std::optional<double> max_fps);

  Status pause();
  Status play();

  // Sends the `count` frames after the cursor (before it, when negative), then nothing until the next request. Needs no
  // credit, and is done while the stream is paused too. The cursor lies between two frames: after a seek with positive
  // rate before the frame of that position, with negative rate behind it; after sending, behind (before) the last frame
  // sent. Where the rendition is not intra-only, the packets come from the segment's first on.
  Result<StreamPosition> step(std::uint32_t serial, std::int32_t count);

  Status set_looping(bool is_looping);

  // Goes on with another rendition of the same track at `position_us`.
  Result<StreamPosition> set_source(std::shared_ptr<SegmentSource> source, std::uint32_t serial,
                                    std::int64_t position_us);

  // The total that may be sent of `serial`, in microseconds of media; another serial or a lower total changes nothing.
  void credit(std::uint32_t serial, std::uint64_t media_us);

  // The next run, of about `most_bytes` (one larger packet comes alone). ZOE_OK, or ZOE_AGAIN: stream_ready will follow
  // when there is something. One thread at a time per stream. Fills all of `out` but struct_size.
  zoe_status pull(std::size_t most_bytes, zoe_run& out);

  // Gives back what a pull lent; allowed after `close` and when the stream has gone.
  static void release(zoe_run& run);

  // Ends it; afterwards pull says ZOE_AGAIN and requests fail.
  void close();

  StreamPosition position() const;
  StreamFigures figures() const;

 private:
  struct Impl;
  const std::uint32_t id_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::server
