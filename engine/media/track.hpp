// What is known about a media file and its tracks; FFmpeg-free, so that it can be kept, sent and shown anywhere.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/rational.hpp"
#include "engine/media/segment.hpp"

namespace zoe::media {

enum class TrackKind { kVideo = 1, kAudio = 2, kSubtitle = 3 };

// Code points of ITU-T H.273; 2 is "unspecified".
struct ColorInfo {
  std::uint8_t primaries = 2;
  std::uint8_t transfer = 2;
  std::uint8_t matrix = 2;
  bool is_full_range = false;

  friend bool operator==(const ColorInfo&, const ColorInfo&) = default;
};

// One track of a file, or what a rendition of it decodes to.
struct TrackInfo {
  TrackKind kind = TrackKind::kVideo;
  int stream_index = 0;  // in the container
  std::string codec;     // FFmpeg's name: "h264"
  int width = 0;         // coded size in pixels
  int height = 0;
  Rational time_base{1, 1};
  Rational frame_rate{0, 1};  // 0/1 when not known
  Rational sample_aspect_ratio{1, 1};
  int rotation_degrees = 0;  // clockwise: 0, 90, 180, 270
  ColorInfo color;
  int bit_depth = 8;
  std::int64_t start = 0;     // ticks: presentation time of the first frame
  std::int64_t duration = 0;  // ticks; 0 when not known
  std::vector<std::uint8_t> extradata;
  int profile = -99;
  int level = -99;
  std::int64_t bit_rate = 0;
  int sample_rate = 0;  // audio
  int channels = 0;
  std::string language;  // ISO 639-2, empty when not known
  std::string title;
  bool is_default = false;
  bool is_attached_picture = false;
  // What a few codecs need of the container to decode; 0 and empty when not known.
  std::uint32_t codec_tag = 0;    // FourCC, first character in the low byte
  int bits_per_coded_sample = 0;  // raw and palette video
  std::string pixel_format;       // raw video: FFmpeg's name ("yuv420p")

  // Size on the screen in square pixels, upright.
  int display_width() const;
  int display_height() const;
};

struct Chapter {
  std::int64_t start_us = 0;
  std::int64_t end_us = 0;
  std::string title;
};

struct MediaInfo {
  std::string container;  // FFmpeg's name: "mov,mp4,m4a,3gp,3g2,mj2"
  std::string title;      // from the tags, else empty
  std::int64_t duration_us = 0;
  std::int64_t bit_rate = 0;
  std::vector<TrackInfo> tracks;
  std::vector<Chapter> chapters;

  // The video track to play: the default one, else the largest; attached pictures never. Null when there is none.
  const TrackInfo* best_video() const;
  const TrackInfo* track(int stream_index) const;
};

// ticks of `time_base` to microseconds and back, rounded to the nearest, saturating.
std::int64_t ticks_to_us(std::int64_t ticks, Rational time_base);
std::int64_t us_to_ticks(std::int64_t us, Rational time_base);

}  // namespace zoe::media
