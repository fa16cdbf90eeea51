#include "server/streams/cursor.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace zoe::server {
namespace {

// The smallest stride that keeps `fps` frames per second, shown at `rate`, within `max_fps`.
std::uint32_t stride_for(Rational rate, double fps, double max_fps) {
  if (max_fps <= 0) return 1;
  const double wanted = std::abs(rate.to_double()) * fps;
  // A thousandth of slack: 29.97 frames at rate 2 fit into 60.
  return static_cast<std::uint32_t>(std::clamp(std::ceil(wanted / max_fps - 1e-3), 1.0, 1e6));
}

}  // namespace

Cursor::Cursor(SegmentTablePtr table) : table_(std::move(table)) { place(0, Heading::kForward); }

void Cursor::seek_frame(std::uint32_t frame, Heading heading) {
  is_stepping_ = false;
  place(heading == Heading::kForward ? frame : frame + 1, heading);
}

void Cursor::seek_segment(std::uint32_t segment, Heading heading) {
  const SegmentSpan& span = table_->span(segment);
  is_stepping_ = false;
  place(heading == Heading::kForward ? span.first_frame : span.end_frame(), heading);
}

void Cursor::step(std::int32_t count) {
  is_stepping_ = true;
  step_left_ = static_cast<std::uint32_t>(std::abs(count));
  step_segments_ = 0;
  place(boundary_, count > 0 ? Heading::kForward : Heading::kBackward);
}

void Cursor::resume(Heading heading) {
  if (!is_stepping_) return;
  is_stepping_ = false;
  if (state_ == State::kEnded) return;
  const bool is_inside = segment_ < table_->segments() && high_ < table_->span(segment_).end_frame() && ordinal_ > 0;
  if (heading != Heading::kForward || heading_ != Heading::kForward || !is_inside) {
    place(boundary_, heading);
    return;
  }
  // A step forward stopped inside the segment: what is left of it follows, since the receiver's decoder stands there.
  const std::uint32_t end = table_->span(segment_).end_frame();
  pending_ += end - high_;
  high_ = end;
  step_left_ = 0;
  state_ = State::kWalking;
}

void Cursor::set_table(SegmentTablePtr table, std::int64_t position_us, Heading heading) {
  table_ = std::move(table);
  set_pace(pace_, max_fps_);
  seek_frame(table_->frame_at(position_us), heading);
}

void Cursor::set_pace(Rational rate, double max_fps) {
  pace_ = rate;
  max_fps_ = max_fps;
  stride_ = table_->granularity() == Granularity::kFrame ? stride_for(rate, table_->frame_rate(), max_fps) : 1;
  anchor(last_frame_);
}

void Cursor::anchor(std::uint32_t frame) {
  last_frame_ = frame;
  phase_ = frame % stride_;
}

void Cursor::begin_serial(std::uint64_t credit_us) {
  credit_us_ = credit_us;
  sent_us_ = 0;
  segment_base_us_ = 0;
}

bool Cursor::grant(std::uint64_t credit_us) {
  if (credit_us <= credit_us_) return false;
  credit_us_ = credit_us;
  return true;
}

void Cursor::place(std::uint32_t boundary, Heading heading) {
  heading_ = heading;
  boundary_ = boundary;
  state_ = State::kWalking;
  has_looped_ = false;
  const bool is_forward = heading == Heading::kForward;
  const bool is_at_end = is_forward ? boundary == table_->frames() : boundary == 0;
  if (!is_at_end) {
    segment_ = table_->segment_of(is_forward ? boundary : boundary - 1);
  } else {
    segment_ = is_forward ? table_->segments() - 1 : 0;
    if (!move_on()) {
      low_ = high_ = next_frame_ = boundary;
      pending_ = 0;
      return;
    }
  }
  anchor(heading == Heading::kForward ? boundary_ : boundary_ - 1);
  enter_segment();
}

// From the segment that was finished to the one behind it; false (and ended) where there is none.
bool Cursor::move_on() {
  const bool is_forward = heading_ == Heading::kForward;
  const std::uint32_t last = is_forward ? table_->segments() - 1 : 0;
  if (segment_ != last) {
    segment_ = is_forward ? segment_ + 1 : segment_ - 1;
    return true;
  }
  if (!is_looping_) {
    state_ = State::kEnded;
    return false;
  }
  segment_ = is_forward ? 0 : table_->segments() - 1;
  boundary_ = is_forward ? 0 : table_->frames();
  anchor(is_forward ? 0 : boundary_ - 1);
  has_looped_ = true;
  return true;
}

void Cursor::enter_segment() {
  const SegmentSpan& span = table_->span(segment_);
  const bool is_forward = heading_ == Heading::kForward;
  low_ = is_forward ? boundary_ : span.first_frame;
  high_ = is_forward ? span.end_frame() : boundary_;
  if (is_stepping_) {
    const std::uint32_t count = std::min(step_left_, high_ - low_);
    step_left_ -= count;
    if (is_forward)
      high_ = low_ + count;
    else
      low_ = high_ - count;
  }
  ordinal_ = 0;
  next_frame_ = low_;
  pending_ = high_ - low_;
  segment_base_us_ = sent_us_;
}

// In a rendition whose packets lean on each other: the frames wanted end before the segment does, and all are sent.
bool Cursor::is_cut() const { return pending_ == 0 && high_ < table_->span(segment_).end_frame(); }

Cursor::Verdict Cursor::judge(const media::PacketRecord& record) const {
  if (table_->granularity() == Granularity::kSegment) {
    if (is_cut()) return Verdict::kSegmentDone;
    return has_credit() ? Verdict::kSend : Verdict::kNoCredit;
  }
  const std::uint32_t frame = table_->frame_of_pts(segment_, record.pts);
  if (frame == table_->frames() || frame < low_) return Verdict::kPass;
  if (frame >= high_) return Verdict::kSegmentDone;
  if (!is_on_stride(frame)) return Verdict::kPass;
  return has_credit() ? Verdict::kSend : Verdict::kNoCredit;
}

void Cursor::sent(const media::PacketRecord& record) {
  ++ordinal_;
  if ((record.flags & media::kPacketDiscard) != 0) return;
  const SegmentSpan& span = table_->span(segment_);
  // Of packets that are not the source's own only the whole segment is known, which is counted at its end.
  if (span.packets == 0) return;
  const std::uint32_t frame = table_->frame_of_pts(segment_, record.pts);
  if (frame != table_->frames()) {
    last_frame_ = frame;
    account(frame);
  } else if (record.pts == media::kNoTimestamp) {
    const std::int64_t whole = table_->frame_end_us(span.end_frame() - 1) - table_->frame_us(span.first_frame);
    sent_us_ += static_cast<std::uint64_t>(whole) / std::max(span.packets, 1U);
  }
}

void Cursor::passed(const media::PacketRecord& record) {
  ++ordinal_;
  const std::uint32_t frame = table_->frame_of_pts(segment_, record.pts);
  if (frame != table_->frames() && frame >= low_) account(frame);
}

void Cursor::account(std::uint32_t frame) {
  sent_us_ += static_cast<std::uint64_t>(table_->frame_end_us(frame) - table_->frame_us(frame));
  if (frame < low_ || frame >= high_) return;
  if (pending_ > 0) --pending_;
  next_frame_ = std::max(next_frame_, frame + 1);
  if (heading_ == Heading::kForward) boundary_ = std::max(boundary_, frame + 1);
}

bool Cursor::is_segment_complete() const {
  const SegmentSpan& span = table_->span(segment_);
  if (span.packets > 0 && ordinal_ >= span.packets) return true;
  if (table_->granularity() == Granularity::kSegment) return is_cut();
  const std::uint32_t ahead = (phase_ % stride() + stride() - next_frame_ % stride()) % stride();
  return next_frame_ + ahead >= high_;
}

Cursor::Next Cursor::finish_segment() {
  const SegmentSpan& span = table_->span(segment_);
  // What was left out or missing counts as passed, so that the sum over all segments is the media's duration.
  const bool is_whole = table_->granularity() == Granularity::kFrame || !is_cut();
  if (is_whole && high_ > low_) {
    const std::uint32_t first = table_->granularity() == Granularity::kFrame ? low_ : span.first_frame;
    const auto range = static_cast<std::uint64_t>(table_->frame_end_us(high_ - 1) - table_->frame_us(first));
    sent_us_ = std::max(sent_us_, segment_base_us_ + range);
  }
  boundary_ = heading_ == Heading::kForward ? high_ : low_;
  if (is_stepping_) {
    step_left_ += pending_;  // frames that turned out to be missing
    ++step_segments_;
    // A media of which nothing can be decoded is looked through once, however it loops.
    if (step_left_ == 0 || step_segments_ > table_->segments()) {
      state_ = State::kIdle;
      return Next::kIdle;
    }
  }
  if (!move_on()) return Next::kEnd;
  enter_segment();
  return Next::kSegment;
}

bool Cursor::stops_inside() const {
  return is_stepping_ && heading_ == Heading::kForward && high_ < table_->span(segment_).end_frame();
}

bool Cursor::take_looped() { return std::exchange(has_looped_, false); }

std::size_t Cursor::upcoming(std::int64_t ahead_us, std::span<std::uint32_t> out) const {
  std::size_t count = 0;
  std::uint32_t segment = segment_;
  const bool is_forward = heading_ == Heading::kForward;
  const std::uint32_t last = is_forward ? table_->segments() - 1 : 0;
  while (count < out.size() && ahead_us > 0) {
    if (segment != last)
      segment = is_forward ? segment + 1 : segment - 1;
    else if (is_looping_)
      segment = is_forward ? 0 : table_->segments() - 1;
    else
      break;
    if (segment == segment_) break;
    out[count++] = segment;
    const SegmentSpan& span = table_->span(segment);
    ahead_us -= table_->frame_end_us(span.end_frame() - 1) - table_->frame_us(span.first_frame);
  }
  return count;
}

}  // namespace zoe::server
