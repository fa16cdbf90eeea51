// Cursor: which packet a stream sends next. Pure logic over a SegmentTable: no threads, no clocks, no memory of
// packets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/core/rational.hpp"
#include "engine/media/segment.hpp"
#include "server/streams/segment_source.hpp"
#include "server/streams/segment_table.hpp"

namespace zoe::server {

// One thread at a time.
//
// The cursor lies on a boundary between two frames (boundary n: before frame n). From there it walks through the
// segments in its heading; inside one, packets always go in rising order. The owner feeds it the records of the packets
// of `segment()` from `ordinal()` on:
//
//   judge -> kSend: send it, call `sent`; kPass: call `passed`; kNoCredit: wait; kSegmentDone: call `finish_segment`
//
// and calls `finish_segment` too when is_segment_complete() or the segment has no more packets.
class Cursor {
 public:
  explicit Cursor(SegmentTablePtr table);

  const SegmentTable& table() const { return *table_; }

  // ---- placing: each begins a delivery anew, and ends a step ----

  // Before `frame` (forward) or behind it (backward), so that it is the first one to be shown.
  void seek_frame(std::uint32_t frame, Heading heading);
  // Segments from `segment` on, that one whole.
  void seek_segment(std::uint32_t segment, Heading heading);
  // The next `count` frames before (negative) or after the boundary, then idle.
  void step(std::int32_t count);
  // Ends a step: goes on in `heading` from where it is.
  void resume(Heading heading);
  // The same place in time in another rendition.
  void set_table(SegmentTablePtr table, std::int64_t position_us, Heading heading);

  // ---- settings ----

  // |rate| and the most frames per second (0: no bound) give the even subset of frames that is sent.
  void set_pace(Rational rate, double max_fps);
  void set_looping(bool is_looping) { is_looping_ = is_looping; }
  // Begins a serial: nothing was sent of it, `credit_us` may be.
  void begin_serial(std::uint64_t credit_us);
  // Raises the grant; false when that changes nothing.
  bool grant(std::uint64_t credit_us);

  // ---- walking ----

  enum class Verdict { kSend = 1, kPass, kNoCredit, kSegmentDone };
  Verdict judge(const media::PacketRecord& record) const;
  void sent(const media::PacketRecord& record);
  void passed(const media::PacketRecord& record);

  // Everything wanted of this segment has been sent or passed.
  bool is_segment_complete() const;

  enum class Next {
    kSegment = 1,  // segment() is the next one
    kIdle,         // the step is done
    kEnd           // the end was reached (in reverse: the start) without looping
  };
  Next finish_segment();
  // The segment goes on behind what is wanted of it: a step forward ends inside it.
  bool stops_inside() const;

  // Nothing is to be sent before the next placing: ended, or a step is done.
  bool is_idle() const { return state_ != State::kWalking; }
  bool is_stepping() const { return is_stepping_; }
  bool is_ended() const { return state_ == State::kEnded; }
  bool has_credit() const { return is_stepping_ || sent_us_ < credit_us_; }

  // ---- where it is ----

  std::uint32_t segment() const { return segment_; }
  std::uint32_t ordinal() const { return ordinal_; }
  Heading heading() const { return heading_; }
  std::uint32_t boundary() const { return boundary_; }
  std::uint32_t stride() const { return is_stepping_ ? 1 : stride_; }
  bool is_looping() const { return is_looping_; }
  std::uint64_t credit_us() const { return credit_us_; }
  std::int64_t sent_us() const { return static_cast<std::int64_t>(sent_us_); }

  // True once after the cursor went round.
  bool take_looped();

  // The segments that follow the current one until they make up `ahead_us` of media: returns how many were written.
  std::size_t upcoming(std::int64_t ahead_us, std::span<std::uint32_t> out) const;

 private:
  enum class State { kWalking = 1, kIdle, kEnded };

  void place(std::uint32_t boundary, Heading heading);
  void enter_segment();
  void anchor(std::uint32_t frame);
  bool move_on();
  bool is_on_stride(std::uint32_t frame) const { return frame % stride() == phase_ % stride(); }
  bool is_cut() const;
  void account(std::uint32_t frame);

  SegmentTablePtr table_;
  Heading heading_ = Heading::kForward;
  State state_ = State::kWalking;
  bool is_looping_ = false;
  bool has_looped_ = false;

  std::uint32_t boundary_ = 0;
  std::uint32_t segment_ = 0;
  std::uint32_t ordinal_ = 0;

  // The frames [low_, high_) of this segment are wanted; `next_frame_` is the first one that was neither sent nor
  // passed, `pending_` counts those.
  std::uint32_t low_ = 0;
  std::uint32_t high_ = 0;
  std::uint32_t next_frame_ = 0;
  std::uint32_t pending_ = 0;

  bool is_stepping_ = false;
  std::uint32_t step_left_ = 0;      // frames beyond this segment
  std::uint32_t step_segments_ = 0;  // finished in this step

  Rational pace_{1, 1};
  double max_fps_ = 0;
  std::uint32_t stride_ = 1;  // every stride-th frame, those of number phase modulo stride
  std::uint32_t phase_ = 0;
  std::uint32_t last_frame_ = 0;  // the last one sent, else where the delivery began

  std::uint64_t credit_us_ = 0;
  std::uint64_t sent_us_ = 0;
  std::uint64_t segment_base_us_ = 0;  // sent_us_ when the segment was entered
};

}  // namespace zoe::server
