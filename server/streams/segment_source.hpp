// Where a stream gets its segments from.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/media/segment.hpp"
#include "server/streams/segment_table.hpp"

namespace zoe::server {

// Who wants a segment: as long as the token lives, its making is worth while. Once every token of a segment has gone,
// a job that has not begun is dropped and the segment fails with kCancelled.
using InterestToken = std::shared_ptr<const void>;

enum class Urgency {
  kReadAhead = 1,  // somebody will want it soon
  kWaiting         // a viewer waits for it now
};

// In which direction its reader goes on, so that a maker can prepare what comes next.
enum class Heading { kForward = 1, kBackward };

struct SegmentRequest {
  std::uint32_t segment = 0;
  Urgency urgency = Urgency::kWaiting;
  Heading heading = Heading::kForward;
  InterestToken interest;
};

// The segments of one rendition of one track. Thread-safe; never blocks.
class SegmentSource {
 public:
  virtual ~SegmentSource() = default;

  virtual const SegmentTablePtr& table() const = 0;

  // Canonical name of the rendition, for people.
  virtual std::string rendition() const { return {}; }

  // The segment, which may still be empty or in the making; never null. What cannot be made is a failed segment.
  virtual media::SegmentPtr request(const SegmentRequest& request) = 0;

  // Has it made, if the cache has room for what nobody waits for yet.
  virtual void read_ahead(const SegmentRequest& request) = 0;
};

}  // namespace zoe::server
