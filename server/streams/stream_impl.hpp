// The state of a Stream, shared by its two sources: requests (stream.cpp) and delivery (stream_pull.cpp).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "server/streams/cursor.hpp"
#include "server/streams/stream.hpp"

namespace zoe::server {

struct Stream::Impl {
  Impl(std::uint32_t id, std::shared_ptr<SegmentSource> from, const StreamStart& start,
       std::weak_ptr<StreamObserver> watcher)
      : id_(id),
        observer(std::move(watcher)),
        offset_us(start.offset_us),
        source(std::move(from)),
        cursor(source->table()) {
    rate = start.rate;
    max_fps = start.max_fps;
    is_paused = start.is_paused;
    serial = start.serial;
    cursor.set_looping(start.is_looping);
    cursor.set_pace(rate, max_fps);
    cursor.begin_serial(start.credit_us);
    const Heading heading = rate.is_negative() ? Heading::kBackward : Heading::kForward;
    if (start.segment)
      cursor.seek_segment(*start.segment, heading);
    else
      cursor.seek_frame(cursor.table().frame_at(start.position_us - offset_us), heading);
  }

  // What a pull found out under the lock and tells the observer without it.
  struct Failure {
    std::uint32_t serial = 0;
    Error error;
  };
  enum class Filled { kRun = 1, kAgain, kNextSegment };

  Status check_open() const ZOE_REQUIRES(mutex);
  Status check_serial(std::uint32_t serial) const ZOE_REQUIRES(mutex);
  void begin_serial(std::uint32_t new_serial, std::uint64_t credit_us) ZOE_REQUIRES(mutex);
  void let_go() ZOE_REQUIRES(mutex);
  void leave_segment() ZOE_REQUIRES(mutex);
  void acquire() ZOE_REQUIRES(mutex);
  Filled fill(std::size_t most_bytes, zoe_run& run) ZOE_REQUIRES(mutex);
  bool take_packets(const media::Segment::State& state, std::size_t most_bytes, zoe_run& run) ZOE_REQUIRES(mutex);
  Filled finish_segment(zoe_run& run) ZOE_REQUIRES(mutex);
  Filled hand_over(zoe_run& run) ZOE_REQUIRES(mutex);
  Filled wait_for_more(const media::Segment::State& state, zoe_run& run) ZOE_REQUIRES(mutex);
  Filled fail_with(const Error& error) ZOE_REQUIRES(mutex);
  StreamPosition where() const ZOE_REQUIRES(mutex);

  void wake() const {
    if (const auto owner = observer.lock()) owner->stream_ready(id_);
  }

  const std::uint32_t id_;
  const std::weak_ptr<StreamObserver> observer;
  const std::int64_t offset_us;  // of the track, since the media's first frame

  mutable Mutex mutex;
  std::shared_ptr<SegmentSource> source ZOE_GUARDED_BY(mutex);
  Cursor cursor ZOE_GUARDED_BY(mutex);
  Rational rate ZOE_GUARDED_BY(mutex){1, 1};
  double max_fps ZOE_GUARDED_BY(mutex) = 0;
  std::uint32_t serial ZOE_GUARDED_BY(mutex) = 0;
  bool is_paused ZOE_GUARDED_BY(mutex) = false;
  bool is_closed ZOE_GUARDED_BY(mutex) = false;
  bool is_failed ZOE_GUARDED_BY(mutex) = false;
  bool is_end_told ZOE_GUARDED_BY(mutex) = false;
  bool waits_for_credit ZOE_GUARDED_BY(mutex) = false;
  std::optional<Failure> failure ZOE_GUARDED_BY(mutex);

  // The segment that the cursor is in, while packets of it are being taken.
  media::SegmentPtr segment ZOE_GUARDED_BY(mutex);
  std::unique_ptr<media::Segment::WaitToken> token ZOE_GUARDED_BY(mutex);
  InterestToken interest ZOE_GUARDED_BY(mutex);        // in this segment
  InterestToken ahead_interest ZOE_GUARDED_BY(mutex);  // in those read ahead
  bool is_delivering ZOE_GUARDED_BY(mutex) = false;    // a run of this segment has gone out
  int retries ZOE_GUARDED_BY(mutex) = 0;
};

}  // namespace zoe::server
