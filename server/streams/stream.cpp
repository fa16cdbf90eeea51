#include "server/streams/stream.hpp"

#include <cmath>
#include <string>
#include <utility>

#include "server/streams/stream_impl.hpp"

namespace zoe::server {
namespace {

Status check_rate(Rational rate) {
  if (rate.den <= 0 || rate.num == 0 || std::abs(rate.to_double()) > Stream::kMostRate)
    return fail(Errc::kInvalidArgument, "a rate is a number from -16 to 16 and not 0, not " + rate.to_string());
  return {};
}

Status check_fps(double max_fps) {
  // Also refuses what is no number.
  if (!(max_fps == 0 || (max_fps >= 1 && max_fps <= 1000)))
    return fail(Errc::kInvalidArgument, "max_fps is a number from 1 to 1000, or 0 for every frame");
  return {};
}

Status check_segment(std::uint32_t segment, const SegmentTable& table) {
  if (segment < table.segments()) return {};
  return fail(Errc::kInvalidArgument, "there is no segment " + std::to_string(segment) +
                                          "; they are numbered from 0 to " + std::to_string(table.segments() - 1));
}

Heading heading_of(Rational rate) { return rate.is_negative() ? Heading::kBackward : Heading::kForward; }

}  // namespace

Status Stream::Impl::check_open() const {
  if (is_closed) return fail(Errc::kConflict, "the stream is closed");
  return {};
}

Status Stream::Impl::check_serial(std::uint32_t wanted) const {
  ZOE_CHECK(check_open());
  if (wanted > serial) return {};
  return fail(Errc::kConflict, "the serial must rise with each move of the cursor: " + std::to_string(wanted) +
                                   " is not above " + std::to_string(serial));
}

void Stream::Impl::begin_serial(std::uint32_t new_serial, std::uint64_t credit_us) {
  serial = new_serial;
  is_failed = false;
  is_end_told = false;
  failure.reset();
  cursor.begin_serial(credit_us);
  leave_segment();
  ahead_interest.reset();
}

StreamPosition Stream::Impl::where() const {
  const SegmentTable& table = cursor.table();
  return {serial, cursor.segment(), table.frame_us(table.span(cursor.segment()).first_frame) + offset_us};
}

Stream::Stream(std::uint32_t id, std::shared_ptr<SegmentSource> source, const StreamStart& start,
               std::weak_ptr<StreamObserver> observer)
    : id_(id), impl_(std::make_unique<Impl>(id, std::move(source), start, std::move(observer))) {}

Stream::~Stream() { close(); }

Status Stream::check(const StreamStart& start) {
  ZOE_CHECK(check_rate(start.rate));
  return check_fps(start.max_fps);
}

Status Stream::check(const StreamStart& start, const SegmentTable& table) {
  return start.segment ? check_segment(*start.segment, table) : Status();
}

Result<StreamPosition> Stream::seek(const SeekRequest& request) {
  if (request.rate) ZOE_CHECK(check_rate(*request.rate));
  if (request.position_us.has_value() == request.segment.has_value())
    return fail(Errc::kInvalidArgument, "a seek names one of position_us and segment");
  StreamPosition position;
  {
    MutexLock lock(impl_->mutex);
    ZOE_CHECK(impl_->check_serial(request.serial));
    const SegmentTable& table = impl_->cursor.table();
    if (request.segment) ZOE_CHECK(check_segment(*request.segment, table));
    impl_->begin_serial(request.serial, request.credit_us.value_or(0));
    if (request.rate) impl_->rate = *request.rate;
    if (request.is_paused) impl_->is_paused = *request.is_paused;
    impl_->cursor.set_pace(impl_->rate, impl_->max_fps);
    const Heading heading = heading_of(impl_->rate);
    if (request.segment)
      impl_->cursor.seek_segment(*request.segment, heading);
    else
      impl_->cursor.seek_frame(table.frame_at(*request.position_us - impl_->offset_us), heading);
    position = impl_->where();
  }
  impl_->wake();
  return position;
}

Status Stream::set_rate(Rational rate, std::optional<double> max_fps) {
  ZOE_CHECK(check_rate(rate));
  if (max_fps) ZOE_CHECK(check_fps(*max_fps));
  {
    MutexLock lock(impl_->mutex);
    ZOE_CHECK(impl_->check_open());
    if (rate.is_negative() != impl_->rate.is_negative())
      return fail(Errc::kInvalidArgument, "a change of direction needs a seek");
    impl_->rate = rate;
    if (max_fps) impl_->max_fps = *max_fps;
    impl_->cursor.set_pace(rate, impl_->max_fps);
  }
  impl_->wake();
  return {};
}

Status Stream::pause() {
  MutexLock lock(impl_->mutex);
  ZOE_CHECK(impl_->check_open());
  impl_->is_paused = true;
  impl_->let_go();
  return {};
}

Status Stream::play() {
  {
    MutexLock lock(impl_->mutex);
    ZOE_CHECK(impl_->check_open());
    impl_->is_paused = false;
    impl_->cursor.resume(heading_of(impl_->rate));
  }
  impl_->wake();
  return {};
}

Result<StreamPosition> Stream::step(std::uint32_t serial, std::int32_t count) {
  if (count == 0 || std::abs(std::int64_t{count}) > kMostStep)
    return fail(Errc::kInvalidArgument, "a step is of 1 to 300 frames, forwards or backwards");
  StreamPosition position;
  {
    MutexLock lock(impl_->mutex);
    ZOE_CHECK(impl_->check_serial(serial));
    impl_->begin_serial(serial, 0);
    impl_->cursor.step(count);
    position = impl_->where();
  }
  impl_->wake();
  return position;
}

Status Stream::set_looping(bool is_looping) {
  MutexLock lock(impl_->mutex);
  ZOE_CHECK(impl_->check_open());
  impl_->cursor.set_looping(is_looping);
  return {};
}

Result<StreamPosition> Stream::set_source(std::shared_ptr<SegmentSource> source, std::uint32_t serial,
                                          std::int64_t position_us) {
  StreamPosition position;
  {
    MutexLock lock(impl_->mutex);
    ZOE_CHECK(impl_->check_serial(serial));
    impl_->begin_serial(serial, 0);
    impl_->source = std::move(source);
    impl_->cursor.set_table(impl_->source->table(), position_us - impl_->offset_us, heading_of(impl_->rate));
    position = impl_->where();
  }
  impl_->wake();
  return position;
}

void Stream::credit(std::uint32_t serial, std::uint64_t media_us) {
  {
    MutexLock lock(impl_->mutex);
    if (serial != impl_->serial || !impl_->cursor.grant(media_us) || !impl_->waits_for_credit) return;
    if (!impl_->cursor.has_credit()) return;
    impl_->waits_for_credit = false;
  }
  impl_->wake();
}

void Stream::close() {
  MutexLock lock(impl_->mutex);
  impl_->is_closed = true;
  impl_->leave_segment();
  impl_->ahead_interest.reset();
  impl_->failure.reset();
}

StreamFigures Stream::figures() const {
  MutexLock lock(impl_->mutex);
  StreamFigures figures;
  figures.rendition = impl_->source->rendition();
  figures.serial = impl_->serial;
  figures.position_us = impl_->where().position_us;
  figures.rate = impl_->rate;
  figures.is_paused = impl_->is_paused;
  figures.is_looping = impl_->cursor.is_looping();
  figures.granted_us = impl_->cursor.credit_us();
  figures.sent_us = static_cast<std::uint64_t>(impl_->cursor.sent_us());
  return figures;
}

StreamPosition Stream::position() const {
  MutexLock lock(impl_->mutex);
  return impl_->where();
}

}  // namespace zoe::server
