// HLS playlists (RFC 8216).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/transport_http/segment_plan.hpp"

namespace zoe::transport_http {

// A picture rendition in the multivariant playlist.
struct HlsVariant {
  int track = 0;  // index in the container
  SegmentPlan plan;
  std::int64_t bit_rate = 0;  // its most, sound not counted
};

struct HlsSound {
  int track = 0;
  SegmentPlan plan;
  std::string name;
  std::string language;  // RFC 5646, empty when not known
  bool is_default = false;
};

struct HlsSubtitle {
  std::int64_t index = 0;
  std::string name;
  std::string language;
  bool is_forced = false;
};

// `suffix` goes behind every address: "?v=…".
std::string multivariant_playlist(const std::vector<HlsVariant>& variants, const std::vector<HlsSound>& sounds,
                                  const std::vector<HlsSubtitle>& subtitles, const std::string& suffix);

std::string media_playlist(const SegmentPlan& plan, const std::string& suffix);

// One file for the whole length.
std::string subtitle_playlist(const std::string& address, std::int64_t duration_us);

// How a rendition of a track is called in an address: "0,h264@q23,720p".
std::string hls_name(int track, const std::string& rendition);

}  // namespace zoe::transport_http
