// Reads the segments of a track out of its file, as packets or as decoded frames.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "engine/core/result.hpp"
#include "engine/media/frame.hpp"
#include "engine/media/segment.hpp"
#include "engine/media/track.hpp"
#include "engine/media/track_index.hpp"

namespace zoe::media {

// Owns an open demuxer on the file, and a decoder once frames were asked for. One thread at a time. Reading on in order
// costs no seek, so keep a reader for the next segment.
//
// Every packet read is held against the index (size and checksum); where a seek lands in the wrong place an earlier one
// is tried, at last the start of the file. kUnavailable when the file is no longer the one that was indexed.
class SourceReader {
 public:
  struct Options {
    int decoder_threads = 1;
    std::stop_token stop;  // ends a blocking read with kCancelled
  };

  static Result<std::unique_ptr<SourceReader>> open(const std::string& path, const TrackInfo& track,
                                                    TrackIndexPtr index, const Options& options);
  static Result<std::unique_ptr<SourceReader>> open(const std::string& path, const TrackInfo& track,
                                                    TrackIndexPtr index) {
    return open(path, track, std::move(index), Options{});
  }
  ~SourceReader();
  SourceReader(const SourceReader&) = delete;
  SourceReader& operator=(const SourceReader&) = delete;

  // Another stop token for the calls that follow.
  void set_stop(std::stop_token stop);

  // A failure that a sink returns ends the read, which returns it. The view lives for the length of the call.
  using PacketSink = std::function<Status(const PacketView& packet)>;
  using FrameSink = std::function<Status(const FramePtr& frame)>;

  // Exactly the packets of copy segment `segment` (TrackIndex::segments()), which decode alone from a flushed decoder
  // into exactly its frames. Their ordinals count from 0. kInvalidArgument for a segment that does not exist.
  Status read_segment(std::uint32_t segment, const PacketSink& sink);

  // From inside a PacketSink: keeps the bytes of the packet that it was given, without a copy, for as long as the owner
  // lives, whatever becomes of the reader. Null where they cannot be kept.
  std::shared_ptr<const void> keep_packet() const;

  // Asked for each packet that is decoded only because a wanted frame needs it; a failure ends the call, which returns
  // it.
  using OnTheWay = std::function<Status()>;

  // The frames whose pts lie in [first_pts, end_pts), in rising order. Where the decoder stands before `first_pts` in
  // the same segment it goes on; else decoding begins with the segment that holds `first_pts`. Pictures before
  // `first_pts` that no other refers to are not decoded. What cannot be decoded is missing.
  Status decode_range(std::int64_t first_pts, std::int64_t end_pts, const FrameSink& sink,
                      const OnTheWay& on_the_way = {});

  // Where `decode_range` goes on without decoding anything twice; kNoTimestamp when nowhere.
  std::int64_t decode_position() const;

  // Damaged packets and frames that the decoder met so far.
  std::uint64_t decode_errors() const;

 private:
  struct Impl;
  explicit SourceReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::media
