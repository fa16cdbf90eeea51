// One worker decoding forwards through a track and encoding the segments that are wanted on its way.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "server/streams/decode_runs.hpp"
#include "server/streams/live_rendition.hpp"
#include "server/streams/maker_context.hpp"
#include "server/streams/rendition.hpp"

namespace zoe::server {

// Lives on one worker's thread for the length of `go`.
//
// Forwards it makes its segment and goes on to the next one while that waits to be made. Backwards it also makes those
// that it crosses from the key frame on, since the viewer wants them next: so a long group of pictures is decoded once
// and not once for each of its segments.
class FrameRun {
 public:
  // `rendition` is what was current in `live` when the job was taken; the run ends with its segment when another is.
  FrameRun(MakerContext& context, const LiveRendition& live, RenditionPtr rendition, const DecodeJob& job);

  // `left`, which must outlive this call also when it throws, gets the jobs that were left to this run and are still to
  // be done.
  void go(std::vector<DecodeJob>& left);

 private:
  // The most segments made on the way to one in reverse: 16 s. Of a longer group of pictures the rest is decoded again.
  static constexpr std::uint32_t kMostFill = 8;
  // The most segments made in a row while other viewers wait for a worker: one who takes all that is made must not keep
  // it.
  static constexpr int kMostInARow = 2;

  DecodeCost cost() const;
  std::uint32_t first_to_fill() const;
  void make_target();
  void make_what_follows();
  Status open_reader();
  Status fill_before();
  Status check_wanted();
  Status make(std::uint32_t segment, media::Segment& out);
  void park();

  std::int64_t first_pts(std::uint32_t segment) const;
  std::int64_t end_pts(std::uint32_t segment) const;

  MakerContext& context_;
  const LiveRendition& live_;
  const RenditionPtr rendition_;
  const SegmentTable& table_;
  const DecodeJob job_;
  std::uint32_t segment_ = 0;    // being made
  std::int64_t key_pts_ = 0;     // of the first frame that decodes with the job's segment
  std::uint32_t key_frame_ = 0;  // its number
  std::int64_t position_ = 0;    // where the reader's decoding begins
  unsigned checks_ = 0;
  std::unique_ptr<ClaimedSegment> target_;
  std::unique_ptr<media::SourceReader> reader_;
  DecodeRuns::Handle run_;
};

}  // namespace zoe::server
