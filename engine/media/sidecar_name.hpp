// What the name of a subtitle file says of it.
#pragma once

#include <string>
#include <string_view>

namespace zoe::media {

struct SidecarName {
  std::string format;    // its ending in lower case: "srt", "vtt", "ass", "ssa"
  std::string language;  // ISO 639-2, empty when its name does not say
  std::string title;     // UTF-8: what else its name says ("Commentary"); may be empty
  bool is_forced = false;
  bool is_for_deaf = false;
};

// False where the file belongs to another video than that of this name, or is none of these formats (both names
// without folder): "Film.srt", "Film.en.forced.ass" and "Film.Commentary.de.srt" belong to "Film.mkv".
bool read_sidecar_name(std::string_view name, std::string_view video_name, SidecarName& out);

}  // namespace zoe::media
