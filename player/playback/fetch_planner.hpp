// What to ask the server for next: pure logic over what is held, what is on its way and where decoding stands.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/core/clock.hpp"
#include "engine/core/rational.hpp"
#include "player/playback/frame_ring.hpp"
#include "player/playback/packet_store.hpp"

namespace zoe::player {

// No segment: a cursor that stands nowhere of use.
inline constexpr std::uint32_t kNoSegment = UINT32_MAX;

// The stream as the player knows it: which segment it will hear of next.
struct StreamCursor {
  bool is_open = false;
  bool is_settled = false;  // false while the answer to a seek by position is awaited: where it stands is not known
  bool has_ended = false;   // the run with END has come
  bool has_failed = false;  // stream.failed: nothing more comes
  Direction direction = Direction::kForward;
  std::uint32_t segment = kNoSegment;  // arriving, or the next to arrive
  std::int64_t granted_us = 0;         // of the current serial
  std::int64_t received_us = 0;        // counted as the server counts: the durations of the packets sent
};

struct FetchLimits {
  std::int64_t ahead_us = 10'000'000;  // media time held beyond the decoder's place
  std::size_t ahead_bytes = 128U << 20;
  std::int64_t window_us = 2'500'000;  // granted and not received yet: what a seek has to wait for
};

struct FetchView {
  std::uint32_t segments = 0;
  bool is_looping = false;
  Direction direction = Direction::kForward;
  RingEdge edge;                // where decoding goes on in that direction
  bool is_edge_sought = false;  // a frame inside the edge's segment was sought: a part that begins with it will do
  Need need = Need::kEvery;
  Rational time_base{1, 1};
  StreamCursor cursor;
  FetchLimits limits;
};

struct FetchPlan {
  enum class Act { kNothing = 1, kGrant, kSeek };
  Act act = Act::kNothing;
  bool is_waiting = false;     // what is missing is on its way, as far as credit allows
  std::uint32_t segment = 0;   // kSeek: from here on, in the view's direction
  std::int64_t credit_us = 0;  // kGrant: the new total; kSeek: the first grant
  std::int64_t ahead_us = 0;   // media time held beyond the decoder's place without a gap
};

// The segment that `edge` stands for, rounds of a looping media taken into account; nothing at the end.
struct EdgePlace {
  std::int64_t lap = 0;
  std::uint32_t segment = 0;
};
std::optional<EdgePlace> resolve_edge(const RingEdge& edge, std::uint32_t segments, bool is_looping);

// A new grant is sent when it adds this much, so that credit costs few messages.
inline constexpr std::int64_t kGrantStepUs = 250'000;

// The first grant of a stream whose bit rate is not known yet.
inline constexpr std::int64_t kUnknownWindowUs = 1'000'000;

// Where a new stream begins that goes on with what is held: kSeek at the first segment that is missing, without credit
// where nothing is wanted yet. A cursor is not looked at.
FetchPlan plan_open(const FetchView& view, const PacketStore& store);

// Marks what lies ahead of the decoder as used, the nearest last: what was read ahead must not be the first to go.
FetchPlan plan_fetch(const FetchView& view, PacketStore& store);

// Credit is counted on both sides from the packets' durations. Where those do not say what the server counts by, both
// drift apart and the server would wait for credit that the player believes unused: after so long without a packet
// that is wanted, all that was granted counts as sent.
inline constexpr std::int64_t kQuietNs = 400 * kNsPerMs;

// plan_fetch, and once more where a stream has been quiet; then `cursor`, which the view has a copy of, and
// `last_arrival_ns` are changed.
FetchPlan plan_fetch_or_recount(FetchView view, PacketStore& store, StreamCursor& cursor, std::int64_t& last_arrival_ns,
                                std::int64_t now_ns);

}  // namespace zoe::player
