#include "player/panels/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace zoe::player {

std::string time_text(std::int64_t time_us, TimeStyle style) {
  const bool is_negative = time_us < 0;
  const std::int64_t ms = (is_negative ? -time_us : time_us) / 1000;
  const std::int64_t s = ms / 1000;
  std::string text = is_negative ? "\u2212" : "";
  if (s >= 3600)
    text += fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  else
    text += fmt::format("{}:{:02}", s / 60, s % 60);
  if (style == TimeStyle::kMilliseconds) text += fmt::format(".{:03}", ms % 1000);
  return text;
}

std::string duration_text(std::int64_t duration_us) {
  if (duration_us < 9'950'000) return fmt::format("{:.1f} s", static_cast<double>(duration_us) / 1e6);
  return time_text(duration_us + 500'000);
}

std::string bytes_text(double bytes) {
  constexpr std::array<const char*, 5> kUnits{"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  return fmt::format(fmt::runtime(unit > 0 && bytes < 9.95 ? "{:.1f} {}" : "{:.0f} {}"), bytes, kUnits[unit]);
}

std::string rate_text(double bytes_per_second) { return bytes_text(bytes_per_second) + "/s"; }

std::string speed_text(Rational rate) {
  const Rational size = rate.abs();
  std::string number = fmt::format("{:g}", size.to_double());
  if (size == Rational{1, 4}) number = "\u00BC";
  if (size == Rational{1, 2}) number = "\u00BD";
  if (size == Rational{3, 4}) number = "\u00BE";
  return (rate.is_negative() ? "\u2212" : "") + number + "\u00D7";
}

std::string resolution_text(int width, int height) {
  if (width <= 0 || height <= 0) return {};
  // The usual names go by the shorter side; a wide format is named after the width that it fills.
  const int lines = std::min(width, height);
  const int columns = std::max(width, height);
  constexpr std::array<std::pair<int, const char*>, 7> kNames{
      {{4320, "8K"}, {2160, "4K"}, {1440, "1440p"}, {1080, "1080p"}, {720, "720p"}, {576, "576p"}, {480, "480p"}}};
  for (const auto& [name_lines, name] : kNames)
    if (lines == name_lines || (columns == name_lines * 16 / 9 && lines <= name_lines && lines > name_lines / 2))
      return name;
  return fmt::format("{}\u00D7{}", width, height);
}

std::string codec_text(const std::string& codec) {
  constexpr std::array<std::pair<std::string_view, const char*>, 12> kNames{{{"h264", "H.264"},
                                                                             {"hevc", "HEVC"},
                                                                             {"av1", "AV1"},
                                                                             {"vp8", "VP8"},
                                                                             {"vp9", "VP9"},
                                                                             {"mpeg1video", "MPEG-1"},
                                                                             {"mpeg2video", "MPEG-2"},
                                                                             {"mpeg4", "MPEG-4"},
                                                                             {"mjpeg", "JPEG"},
                                                                             {"prores", "ProRes"},
                                                                             {"ffv1", "FFV1"},
                                                                             {"theora", "Theora"}}};
  for (const auto& [name, shown] : kNames)
    if (name == codec) return shown;
  return codec;
}

std::string rendition_text(const std::string& rendition) {
  if (rendition == "copy") return "Original";
  if (rendition == "jpeg") return "JPEG";
  if (rendition == "h264@auto") return "Automatic";
  if (rendition == "jpeg@auto") return "JPEG, automatic";
  if (rendition.rfind("h264@", 0) == 0) return rendition.substr(5);
  if (rendition.rfind("jpeg@q", 0) == 0) return "JPEG " + rendition.substr(6);
  return rendition;
}

std::string role_text(Role role) {
  switch (role) {
    case Role::kAdmin:
      return "Admin";
    case Role::kMember:
      return "Member";
    case Role::kGuest:
      break;
  }
  return "Guest";
}

std::string details_text(const LibraryItem& item) {
  std::string text = codec_text(item.codec);
  const auto add = [&text](const std::string& part) {
    if (part.empty()) return;
    if (!text.empty()) text += " \u00B7 ";
    text += part;
  };
  if (item.frame_rate.num > 0) {
    const double fps = item.frame_rate.to_double();
    add(fmt::format(fmt::runtime(std::abs(fps - std::round(fps)) < 0.005 ? "{:.0f} fps" : "{:.2f} fps"), fps));
  }
  if (item.size_bytes > 0) add(bytes_text(static_cast<double>(item.size_bytes)));
  return text;
}

std::string fingerprint_text(const std::string& hex, std::size_t groups) {
  std::string text;
  for (std::size_t at = 0; at < hex.size() && groups > 0; at += 4, --groups) {
    if (!text.empty()) text += ' ';
    text += hex.substr(at, 4);
  }
  return text;
}

}  // namespace zoe::player
