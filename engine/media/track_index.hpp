// Every packet of a track of video or sound, the frames that it shows, and how it is cut into segments. Each packet of
// sound counts as a frame and as a key frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"
#include "engine/media/track.hpp"

namespace zoe::media {

// A packet as the index keeps it. Time stamps are those that segments carry: where the container gives none, or gives
// one twice, they were worked out (docs/media.md).
struct IndexedPacket {
  std::int64_t pts = kNoTimestamp;
  std::int64_t dts = kNoTimestamp;
  std::uint32_t size_bytes = 0;
  std::uint32_t checksum = 0;  // low half of XXH3 over the packet's data
  std::uint32_t duration = 0;
  std::uint32_t flags = 0;  // kPacketKey, kPacketDiscard, kPacketCorrupt, kIndexHidden
};
static_assert(sizeof(IndexedPacket) == 32);

// In IndexedPacket::flags. No picture comes out of it: an alternate reference frame, the second field of a frame, ….
inline constexpr std::uint32_t kIndexHidden = 1U << 16;
// Belongs to no segment: a leading picture at the track's start that needs what came before.
inline constexpr std::uint32_t kIndexDropped = 1U << 17;

// A segment of the `copy` rendition. What is sent of it, in decoding order:
//   1. [preroll_packet, first_packet), never shown: only where the key frame is the start of a gradual refresh;
//   2. [first_packet, next_packet) from its key frame on, without that key frame's leading pictures (with a preroll:
//   with
//      them, never shown);
//   3. [next_packet, end_packet), only where the next key frame has leading pictures: that key frame, never shown, and
//   they.
struct CopySegment {
  std::int64_t start_pts = 0;        // of the first frame shown
  std::int64_t end_pts = 0;          // of the next segment's first frame; of the last one: the end of its last frame
  std::uint32_t preroll_packet = 0;  // ordinals in packets()
  std::uint32_t first_packet = 0;
  std::uint32_t next_packet = 0;
  std::uint32_t end_packet = 0;
  std::uint32_t packet_count = 0;  // packets sent
  std::uint32_t first_frame = 0;   // ordinal in frames()
  std::uint32_t frame_count = 0;
  std::uint64_t bytes = 0;          // of the packets sent, with what header_before() puts in front
  std::int64_t seek_time = 0;       // where in the file its first sent packet is found: the container's own time stamp,
  std::int64_t seek_position = -1;  // and its byte, -1 where not known
};

// Immutable; any thread.
class TrackIndex {
 public:
  struct BuildOptions {
    std::stop_token stop;
    // Called now and then with the share of the file that was read, 0 to 1, on the building thread.
    std::function<void(double)> progress;
    std::uint32_t most_packets = 20'000'000;
  };

  // One demux pass over the file. Blocks for as long as reading it takes. kNotFound, kDenied, kIo; kMalformed when the
  // track has no packet that can be shown; kUnsupported for subtitles; kTooLarge; kCancelled.
  static Result<std::shared_ptr<const TrackIndex>> build(const std::string& path, const TrackInfo& track,
                                                         const BuildOptions& options);
  static Result<std::shared_ptr<const TrackIndex>> build(const std::string& path, const TrackInfo& track) {
    return build(path, track, BuildOptions{});
  }

  // For a disk cache. `parse` believes nothing: kMalformed, kTooLarge, or an index whose parts fit together.
  std::vector<std::uint8_t> serialize() const;
  static Result<std::shared_ptr<const TrackIndex>> parse(Bytes bytes);

  // In decoding order, from the first key frame on (from the first packet where the track has no key frame at all).
  std::span<const IndexedPacket> packets() const { return packets_; }

  // Presentation times of the frames shown, strictly rising.
  std::span<const std::int64_t> frames() const { return frames_; }

  // At least one. A group of pictures shorter than half a second shares its segment with the next; sound is cut every
  // two seconds.
  std::span<const CopySegment> segments() const { return segments_; }

  Rational time_base() const { return time_base_; }
  std::int64_t start_pts() const { return frames_.front(); }
  std::int64_t end_pts() const { return end_pts_; }  // end of the last frame

  // How long frame `ordinal` is shown, in ticks.
  std::int64_t frame_duration(std::size_t ordinal) const {
    return (ordinal + 1 < frames_.size() ? frames_[ordinal + 1] : end_pts_) - frames_[ordinal];
  }

  // The segment that shows the picture of time `pts`; the first or last one for a time outside the track.
  std::uint32_t find_segment(std::int64_t pts) const;

  // The frame on the screen at time `pts`: the last one that is not later; the first one for a time before it.
  std::uint32_t find_frame(std::int64_t pts) const;

  // Whether packet `ordinal`, in [preroll_packet, end_packet), is sent in `segment`; `flags` are then those of its
  // record.
  bool is_sent(const CopySegment& segment, std::uint32_t ordinal, std::uint32_t& flags) const;

  // Parameter sets that go in front of packet `ordinal`'s data: where a track's header changes on the way (two
  // recordings in one file), a segment has only the first one, so every key frame and every change carries its own.
  // Mostly empty.
  Bytes header_before(std::uint32_t ordinal) const;

  std::size_t size_bytes() const;

 private:
  friend class TrackIndexBuilder;
  TrackIndex() = default;

  // Where segments begin; the rest follows from the packets.
  struct Cut {
    std::uint32_t preroll_packet = 0;
    std::uint32_t first_packet = 0;
    std::int64_t seek_time = 0;
    std::int64_t seek_position = -1;
  };
  struct Header {
    std::uint32_t first_packet = 0;  // in force from there on
    std::vector<std::uint8_t> parameter_sets;
  };
  // Works out frames and segments. kMalformed where they do not fit together.
  Status arrange(const std::vector<Cut>& cuts);
  Status arrange_frames();
  Status arrange_segment(CopySegment& segment, const CopySegment* next);
  Status check_headers() const;
  std::uint32_t tail_end(std::uint32_t key_packet) const;

  std::vector<IndexedPacket> packets_;
  std::vector<std::int64_t> frames_;
  std::vector<CopySegment> segments_;
  std::vector<Header> headers_;  // rising; empty where there is but one
  Rational time_base_{1, 1};
  std::int64_t end_pts_ = 0;
};

using TrackIndexPtr = std::shared_ptr<const TrackIndex>;

}  // namespace zoe::media
