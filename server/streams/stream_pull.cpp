#include <array>
#include <atomic>
#include <cmath>
#include <utility>

#include "server/streams/stream_impl.hpp"

namespace zoe::server {
namespace {

using media::PacketPlace;
using media::PacketRecord;

constexpr std::size_t kPlacesAtOnce = 64;
// How far ahead of the segment being sent the next ones are made, in media time at rate 1. A segment of a long GOP
// costs the decoding of the whole of it, so two grid segments.
constexpr std::int64_t kAheadUs = 4'000'000;
constexpr std::size_t kMostAhead = 4;
// A segment that was cancelled as nobody wanted it, or as another version of the codec makes it now, is asked for
// again.
constexpr int kMostRetries = 16;

// Adds a packet to a run; false when it has no room for it.
bool append(zoe_run& run, const PacketPlace& place, std::size_t most_bytes) {
  if (run.packets > 0 && run.bytes + place.total_bytes > most_bytes) return false;
  zoe_slice* last = run.slice_count > 0 ? &run.slices[run.slice_count - 1] : nullptr;
  if (last && last->data + last->size == place.record) {
    last->size += place.total_bytes;
  } else {
    if (run.slice_count == ZOE_RUN_SLICES) return false;
    run.slices[run.slice_count++] = {place.record, place.total_bytes};
  }
  run.bytes += place.total_bytes;
  ++run.packets;
  return true;
}

}  // namespace

// Keeps the interest: what is being made for this stream goes on being made.
void Stream::Impl::let_go() {
  token.reset();
  segment.reset();
}

void Stream::Impl::leave_segment() {
  let_go();
  interest.reset();
  is_delivering = false;
  retries = 0;
}

void Stream::Impl::acquire() {
  const bool is_new = !interest;
  if (is_new) interest = std::make_shared<char>();
  segment = source->request({cursor.segment(), Urgency::kWaiting, cursor.heading(), interest});
  if (!is_new || cursor.is_stepping()) return;
  // The tokens of the segments read ahead before are dropped only now, after this one of them has its own.
  auto next_interest = std::make_shared<char>();
  std::array<std::uint32_t, kMostAhead> next{};
  const double pace = std::max(1.0, std::abs(rate.to_double()));
  const std::size_t count = cursor.upcoming(static_cast<std::int64_t>(pace * static_cast<double>(kAheadUs)), next);
  for (std::size_t i = 0; i < count; ++i)
    source->read_ahead({next[i], Urgency::kReadAhead, cursor.heading(), next_interest});
  ahead_interest = std::move(next_interest);
}

zoe_status Stream::pull(std::size_t most_bytes, zoe_run& out) {
  out.flags = 0;
  out.stream = id_;
  out.packets = 0;
  out.slice_count = 0;
  out.bytes = 0;
  out.first_packet = 0;
  out.hold = nullptr;
  Impl& impl = *impl_;
  auto filled = Impl::Filled::kNextSegment;
  std::optional<Impl::Failure> failure;
  {
    MutexLock lock(impl.mutex);
    impl.waits_for_credit = false;
    while (filled == Impl::Filled::kNextSegment) filled = impl.fill(most_bytes, out);
    failure = std::exchange(impl.failure, std::nullopt);
  }
  if (failure)
    if (const auto owner = impl.observer.lock()) owner->stream_failed(id_, failure->serial, failure->error);
  return filled == Impl::Filled::kRun ? ZOE_OK : ZOE_AGAIN;
}

Stream::Impl::Filled Stream::Impl::fill(std::size_t most_bytes, zoe_run& run) {
  run.serial = serial;
  run.segment = cursor.segment();
  if (is_closed || is_failed || (is_paused && !cursor.is_stepping())) {
    let_go();
    return Filled::kAgain;
  }
  if (cursor.is_idle()) {
    leave_segment();
    if (!cursor.is_ended() || is_end_told) return Filled::kAgain;
    is_end_told = true;
    run.flags |= ZOE_RUN_END;
    return Filled::kRun;
  }
  if (cursor.is_segment_complete()) return finish_segment(run);
  if (!cursor.has_credit()) {
    waits_for_credit = true;
    let_go();
    return Filled::kAgain;
  }
  if (!segment) acquire();
  token.reset();
  const media::Segment::State state = segment->state();
  const bool is_full = take_packets(state, most_bytes, run);
  if (!is_full && cursor.is_segment_complete()) return finish_segment(run);
  if (run.packets > 0) return hand_over(run);
  if (!cursor.has_credit()) return Filled::kNextSegment;
  return wait_for_more(state, run);
}

// True when the run is full.
bool Stream::Impl::take_packets(const media::Segment::State& state, std::size_t most_bytes, zoe_run& run) {
  std::array<PacketPlace, kPlacesAtOnce> places;
  while (cursor.ordinal() < state.packets) {
    const std::size_t count = segment->places(cursor.ordinal(), places);
    for (std::size_t i = 0; i < count; ++i) {
      const PacketRecord record = media::load_record(places[i].record);
      switch (cursor.judge(record)) {
        case Cursor::Verdict::kSend:
          if (!append(run, places[i], most_bytes)) return true;
          if (run.packets == 1) run.first_packet = record.ordinal;
          cursor.sent(record);
          break;
        case Cursor::Verdict::kPass:
          // A run that leaves nothing out has rising ordinals without gaps.
          cursor.passed(record);
          break;
        case Cursor::Verdict::kNoCredit:
        case Cursor::Verdict::kSegmentDone:
          return false;
      }
      if (cursor.is_segment_complete()) return false;
    }
    if (count == 0) break;
  }
  return false;
}

// The run, perhaps empty, is the last one of this segment.
Stream::Impl::Filled Stream::Impl::finish_segment(zoe_run& run) {
  const bool was_delivering = is_delivering;
  if (!cursor.stops_inside()) run.flags |= ZOE_RUN_SEGMENT_END;
  const Filled filled = run.packets > 0 || was_delivering ? hand_over(run) : Filled::kNextSegment;
  const Cursor::Next next = cursor.finish_segment();
  leave_segment();
  if (next != Cursor::Next::kEnd) return filled;
  is_end_told = true;
  run.flags |= ZOE_RUN_END;
  if (filled != Filled::kRun) run.flags &= ~std::uint32_t{ZOE_RUN_SEGMENT_END};
  return Filled::kRun;
}

Stream::Impl::Filled Stream::Impl::hand_over(zoe_run& run) {
  if (!is_delivering) run.flags |= ZOE_RUN_SEGMENT_START;
  if (cursor.stride() > 1) run.flags |= ZOE_RUN_SUBSET;
  if (cursor.take_looped()) run.flags |= ZOE_RUN_LOOPED;
  is_delivering = true;
  if (run.packets > 0) run.hold = new media::SegmentPtr(segment);
  return Filled::kRun;
}

Stream::Impl::Filled Stream::Impl::wait_for_more(const media::Segment::State& state, zoe_run& run) {
  if (state.error) {
    if (state.error->code != Errc::kCancelled || ++retries > kMostRetries) return fail_with(*state.error);
    let_go();  // nobody wanted it at that moment; ask again
    return Filled::kNextSegment;
  }
  if (state.is_finished) return finish_segment(run);
  // The observer must not be called from here, where the lock is held: a wake that comes before the wait is armed is
  // kept back, and the segment looked at again.
  enum : int { kRegistering, kArmed, kFired };
  auto phase = std::make_shared<std::atomic<int>>(kRegistering);
  token = segment->wait(cursor.ordinal(), [phase, owner = observer, stream = id_] {
    if (phase->exchange(kFired) != kArmed) return;
    if (const auto watcher = owner.lock()) watcher->stream_ready(stream);
  });
  int expected = kRegistering;
  return phase->compare_exchange_strong(expected, kArmed) ? Filled::kAgain : Filled::kNextSegment;
}

Stream::Impl::Filled Stream::Impl::fail_with(const Error& error) {
  is_failed = true;
  failure = Failure{serial, error};
  leave_segment();
  ahead_interest.reset();
  return Filled::kAgain;
}

void Stream::release(zoe_run& run) {
  delete static_cast<media::SegmentPtr*>(run.hold);
  run.hold = nullptr;
}

}  // namespace zoe::server
