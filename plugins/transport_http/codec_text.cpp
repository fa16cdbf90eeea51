#include "plugins/transport_http/codec_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "plugins/transport_http/annex_b.hpp"

namespace zoe::transport_http {
namespace {

using media::TrackInfo;

// From the header of H.264: profile, constraints, level (RFC 6381, 3.3).
std::string avc_text(const std::vector<std::uint8_t>& header) {
  if (header.size() >= 4 && header[0] == 1)
    return fmt::format("avc1.{:02x}{:02x}{:02x}", header[1], header[2], header[3]);
  constexpr unsigned kParameterSet = 7;
  for (const Unit& unit : units_of(header))
    if (unit.size() >= 4 && (header[unit.begin] & 0x1FU) == kParameterSet)
      return fmt::format("avc1.{:02x}{:02x}{:02x}", header[unit.begin + 1], header[unit.begin + 2],
                         header[unit.begin + 3]);
  return {};
}

// ISO/IEC 14496-15, annex E.3, from the configuration record.
std::string hevc_text(const std::vector<std::uint8_t>& header) {
  if (header.size() < 13 || header[0] != 1) return {};
  const unsigned space = header[1] >> 6;
  std::uint32_t flags = 0;
  for (int i = 0; i < 32; ++i)
    flags |= ((static_cast<std::uint32_t>(header[2U + static_cast<unsigned>(i) / 8]) >> (7 - i % 8)) & 1U) << i;
  std::string text =
      fmt::format("hvc1.{}{}.{:X}.{}{}", space == 0 ? "" : std::string(1, static_cast<char>('A' + space - 1)),
                  header[1] & 0x1FU, flags, (header[1] & 0x20U) != 0 ? 'H' : 'L', header[12]);
  std::size_t last = 12;
  while (last > 6 && header[last - 1] == 0) --last;
  for (std::size_t i = 6; i < last; ++i) text += fmt::format(".{:X}", header[i]);
  return text;
}

std::string av1_text(const std::vector<std::uint8_t>& header) {
  if (header.size() < 4 || header[0] != 0x81) return {};
  const bool is_high = (header[2] & 0x40U) != 0;
  const bool is_twelve = (header[2] & 0x20U) != 0;
  return fmt::format("av01.{}.{:02}{}.{:02}", header[1] >> 5, header[1] & 0x1FU, (header[2] & 0x80U) != 0 ? 'H' : 'M',
                     is_twelve ? 12
                     : is_high ? 10
                               : 8);
}

// The level by its largest picture (VP9 levels, annex A), which the container need not tell.
std::string vp9_text(const TrackInfo& track) {
  struct Level {
    std::int64_t pixels;
    int level;
  };
  constexpr std::array kLevels = {Level{36'864, 10},    Level{73'728, 11},    Level{122'880, 20},
                                  Level{245'760, 21},   Level{552'960, 30},   Level{983'040, 31},
                                  Level{2'228'224, 41}, Level{8'912'896, 51}, Level{35'651'584, 61}};
  const std::int64_t pixels = std::int64_t{track.width} * track.height;
  int level = 62;
  for (const Level& each : kLevels)
    if (pixels <= each.pixels) {
      level = each.level;
      break;
    }
  return fmt::format("vp09.{:02}.{}.{:02}", std::max(track.profile, 0), level, track.bit_depth);
}

}  // namespace

std::string codec_text(const TrackInfo& track) {
  if (track.codec == "h264") return avc_text(track.extradata);
  if (track.codec == "hevc") return hevc_text(track.extradata);
  if (track.codec == "av1") return av1_text(track.extradata);
  if (track.codec == "vp9") return vp9_text(track);
  if (track.codec == "aac") return "mp4a.40.2";
  if (track.codec == "opus") return "opus";
  if (track.codec == "flac") return "fLaC";
  return {};
}

}  // namespace zoe::transport_http
