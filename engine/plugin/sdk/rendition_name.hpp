// The names of renditions that have a quality and a size: "jpeg", "jpeg@q80", "h264@q23,720p", "jpeg@q80,jfif".
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.hpp"

namespace zoe::sdk {

// What a codec's names may say.
struct NameRules {
  std::string_view family;  // "jpeg"
  std::string_view shown;   // in messages: "JPEG"
  int least_quality = 1;
  int most_quality = 100;
  bool has_jfif = false;  // may end with "jfif"
};

// What a rendition's name asks for.
struct PictureSettings {
  int quality = 80;      // in the codec's own terms
  int lines = 0;         // the picture's shorter side is at most this; 0: the source's size
  bool is_jfif = false;  // in the colours that JFIF gives a JPEG, whatever the source's

  friend bool operator==(const PictureSettings&, const PictureSettings&) = default;
};

// The sizes that can be asked for, largest first.
std::span<const int> rung_lines();

// Settings in any order behind '@', separated by commas, each at most once. kInvalidArgument says what is allowed.
Result<PictureSettings> parse_rendition_name(std::string_view name, const NameRules& rules, int default_quality);

// The one way to write them.
std::string rendition_name(const PictureSettings& settings, const NameRules& rules);

struct PictureSize {
  int width = 0;
  int height = 0;

  friend bool operator==(const PictureSize&, const PictureSize&) = default;
};

// The source's size brought down to `lines`: in its proportions, in whole even pixels, never enlarged.
PictureSize reduced_size(PictureSize source, int lines);

}  // namespace zoe::sdk
