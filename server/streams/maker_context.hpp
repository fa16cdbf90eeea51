// What the jobs of the segment maker share.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>

#include "engine/core/log.hpp"
#include "engine/core/metrics.hpp"
#include "server/streams/decode_runs.hpp"
#include "server/streams/reader_park.hpp"
#include "server/streams/rendition.hpp"
#include "server/streams/segment_disk.hpp"
#include "server/streams/segment_store.hpp"

namespace zoe::server {

// Thread-safe.
struct MakerContext {
  MakerContext(SegmentStore& segment_store, SegmentDisk& segment_disk, Log& program_log, Metrics& metrics,
               std::size_t most_parked, std::size_t most_parked_bytes)
      : store(segment_store),
        disk(segment_disk),
        log(program_log),
        park(most_parked, most_parked_bytes),
        frames_decoded(metrics.counter("frames_decoded_total")),
        frames_encoded(metrics.counter("frames_encoded_total")),
        packets_copied(metrics.counter("packets_copied_total")),
        decode_errors(metrics.counter("decode_errors_total")),
        failures(metrics.counter("segments_failed_total")),
        make_us(metrics.histogram("segment_make_us")) {}

  SegmentStore& store;
  SegmentDisk& disk;
  Log& log;
  ReaderPark park;
  DecodeRuns runs;
  std::stop_source stop;
  std::atomic<int> urgent_waiting{0};  // jobs in the queue that a viewer waits for

  Counter& frames_decoded;  // also those on the way to a segment
  Counter& frames_encoded;
  Counter& packets_copied;
  Counter& decode_errors;
  Counter& failures;
  Histogram& make_us;
};

// A segment that this thread is to write. Whatever happens, it is finished or failed and the store told.
class ClaimedSegment {
 public:
  ClaimedSegment(MakerContext& context, RenditionPtr rendition, std::uint32_t index,
                 SegmentStore::Claim how = SegmentStore::Claim::kWaiting)
      : context_(context),
        key_{rendition->key, index},
        rendition_(std::move(rendition)),
        segment_(context.store.claim(key_, how)) {}
  ~ClaimedSegment() {
    if (segment_) end(fail(Errc::kInternal, "the making of the segment was broken off"));
  }
  ClaimedSegment(const ClaimedSegment&) = delete;
  ClaimedSegment& operator=(const ClaimedSegment&) = delete;

  // False when somebody else makes it, it is there already, or nobody wants it.
  explicit operator bool() const { return segment_ != nullptr; }
  media::Segment& operator*() const { return *segment_; }
  bool is_wanted() const { return context_.store.is_wanted(key_); }

  enum class Origin { kMade = 1, kDisk };
  void end(const Status& status, Origin origin = Origin::kMade);

 private:
  MakerContext& context_;
  const SegmentKey key_;
  const RenditionPtr rendition_;
  std::shared_ptr<media::Segment> segment_;
};

// An open reader of the rendition's file: `parked`, or a new one.
Result<std::unique_ptr<media::SourceReader>> reader_for(MakerContext& context, const Rendition& rendition,
                                                        std::unique_ptr<media::SourceReader> parked);

// What a parked reader of this track is counted as: the reference pictures of its decoder.
std::size_t parked_bytes(const Rendition& rendition);

}  // namespace zoe::server
