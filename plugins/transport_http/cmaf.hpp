// A track as CMAF (ISO/IEC 23000-19): the header that a player is set up with, and fragments of packets.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"
#include "engine/media/segment.hpp"
#include "engine/media/track.hpp"

namespace zoe::transport_http {

// How a rendition is cut, as `stream.segments` tells it.
struct SegmentPlan {
  std::string rendition;
  media::TrackInfo track;
  std::int64_t first_pts = 0;
  std::int64_t lead = 0;
  std::int64_t offset_us = 0;
  std::vector<std::int64_t> starts_us;
  std::vector<std::uint32_t> first_frames;  // of each segment; as many
  std::uint32_t frames = 0;
  std::int64_t duration_us = 0;
  bool is_closed = false;
  std::string version;

  std::uint32_t segments() const { return static_cast<std::uint32_t>(starts_us.size()); }
  // Since the track's first frame; of the last segment the track's end.
  std::int64_t end_us(std::uint32_t segment) const {
    return segment + 1 < segments() ? starts_us[segment + 1] : duration_us;
  }
  std::int64_t longest_us() const;
};

// kMalformed where the answer is none.
Result<SegmentPlan> parse_plan(const nlohmann::json& result);

// The codec as RFC 6381 writes it ("avc1.64001f"); empty where this does not know how.
std::string codec_text(const media::TrackInfo& track);

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
