// The names of JPEG renditions: "jpeg", "jpeg@q80", "jpeg@q60,720p".
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.hpp"

namespace zoe::plugins {

// What a rendition's name asks for.
struct JpegSettings {
  int quality = 80;  // 1 to 100
  int lines = 0;     // the picture's shorter side is at most this; 0: the source's size

  friend bool operator==(const JpegSettings&, const JpegSettings&) = default;
};

// The sizes that can be asked for, largest first.
std::span<const int> jpeg_lines();

// Settings in any order behind '@', separated by commas, each at most once. kInvalidArgument says what is allowed.
Result<JpegSettings> parse_jpeg_name(std::string_view name, int default_quality);

// The one way to write them.
std::string jpeg_name(const JpegSettings& settings);

struct PictureSize {
  int width = 0;
  int height = 0;

  friend bool operator==(const PictureSize&, const PictureSize&) = default;
};

// The source's size brought down to `lines`: in its proportions, in whole even pixels, never enlarged.
PictureSize reduced_size(PictureSize source, int lines);

}  // namespace zoe::plugins
