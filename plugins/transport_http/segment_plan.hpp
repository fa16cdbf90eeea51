// How the server cuts a rendition.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"
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

}  // namespace zoe::transport_http
