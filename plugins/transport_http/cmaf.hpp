// A track as CMAF (ISO/IEC 23000-19): the header that a player is set up with, and fragments of packets.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"
#include "engine/media/segment.hpp"
#include "engine/media/track.hpp"
#include "plugins/transport_http/segment_plan.hpp"

namespace zoe::transport_http {

// Immutable; any thread. Times begin at 0 with the first frame of the media's video.
class CmafTrack {
 public:
  // kUnsupported for a codec that CMAF does not carry, or without the header that it needs.
  static Result<std::unique_ptr<CmafTrack>> create(const SegmentPlan& plan);

  // The file's beginning: ftyp and moov.
  Bytes header() const { return as_bytes(header_); }

  // Packets of one segment in decoding order, as one moof and mdat at the end of `out`, where nothing is written for no
  // packets. The data is copied once.
  void write(std::uint32_t segment, const std::vector<media::PacketView>& packets, std::string& out) const;

 private:
  explicit CmafTrack(const SegmentPlan& plan);
  Status make_header();
  std::int64_t time_of(std::int64_t ticks) const;
  std::int64_t first_on_grid(std::uint32_t segment) const;

  const media::TrackInfo track_;
  const std::int64_t first_pts_;
  const std::int64_t lead_;
  const std::int64_t offset_us_;
  const std::vector<std::int64_t> ends_us_;
  const bool has_start_codes_;  // H.264 as in a transport stream: its units are told apart by start codes
  const int frame_samples_;     // of a sound codec whose packets all have as many; 0 where not known
  const bool is_gridded_;
  std::string header_;
  std::int64_t timescale_ = 0;  // ticks per second of the times written
};

}  // namespace zoe::transport_http
