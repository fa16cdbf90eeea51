// Whether all of a stream comes, each packet once, and where it is to be opened again (docs/protocol.md, "Going on
// elsewhere").
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace zoe::load {

// One stream under one serial, over as many connections as it takes. Packets are known by segment and ordinal. Pure;
// one thread.
class Continuity {
 public:
  enum class Heading { kForward = 1, kReverse };
  enum class Found { kNew = 1, kHeld, kRepeated };

  // A new serial: nothing has come of it. The counts and the lengths of segments stay.
  void begin(Heading heading);

  // How many segments there are, as `stream.open` said.
  void set_segments(std::uint32_t segments) { segments_ = segments; }

  // One run: its header, each of its packets, its end. `flags` are those of the message.
  void run(std::uint32_t segment, std::uint32_t first_ordinal, std::uint16_t flags);
  // kNew is to be shown. kHeld came before the stream was opened again and is dropped; kRepeated must not come.
  Found packet(std::uint32_t ordinal);
  void end_run(std::uint16_t flags);

  // The stream is about to be opened again: with `segment`, or where nothing has come yet, at the position last asked
  // for.
  struct Reopening {
    std::optional<std::uint32_t> segment;
    bool went_round = false;  // `segment` lies behind the end of a looping stream
  };
  Reopening reopen();

  // Whether the packets that come now belong to the segment with which the serial began; it may have begun inside.
  bool is_in_first_segment() const { return is_first_segment_; }

  std::uint64_t lost() const { return lost_; }
  std::uint64_t repeated() const { return repeated_; }

 private:
  std::uint32_t following() const;
  void enter(std::uint32_t segment, std::uint32_t first_ordinal);
  void leave();

  Heading heading_ = Heading::kForward;
  std::uint32_t segments_ = 0;
  std::map<std::uint32_t, std::int64_t> lengths_;  // in packets, of segments that came whole

  bool has_place_ = false;
  std::uint32_t segment_ = 0;
  std::int64_t ordinal_ = -1;  // that came last of it
  bool is_whole_ = false;      // its last packet has come
  bool is_first_segment_ = false;
  bool is_thinned_ = false;  // packets are left out on purpose
  std::int64_t held_ = -1;   // up to here a segment that was broken off is repeated
  std::uint64_t lost_ = 0;
  std::uint64_t repeated_ = 0;
};

}  // namespace zoe::load
