// Subtitle files that lie beside the videos they belong to.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/core/unique_fd.hpp"
#include "server/library/file_walk.hpp"

namespace zoe::server {

struct SidecarSubtitle {
  std::string path;      // absolute, raw bytes
  std::string format;    // its ending in lower case: "srt", "vtt", "ass", "ssa"
  std::string language;  // ISO 639-2, empty when its name does not say
  std::string title;     // UTF-8: what else its name says ("Commentary"); may be empty
  bool is_forced = false;
  bool is_for_deaf = false;
  std::uint64_t size_bytes = 0;
  std::int64_t mtime_ns = 0;

  friend bool operator==(const SidecarSubtitle&, const SidecarSubtitle&) = default;
};

inline constexpr std::size_t kMostSidecars = 64;  // of one video
inline constexpr std::uint64_t kMostSidecarBytes = std::uint64_t{16}
                                                   << 20;  // of one file: larger ones are no subtitles

// What the name of a subtitle file says of the video of that name (both without folder), or false where it belongs to
// another: "Film.srt", "Film.en.forced.ass" and "Film.Commentary.de.srt" belong to "Film.mkv".
bool read_sidecar_name(std::string_view name, std::string_view video_name, SidecarSubtitle& out);

// By the path of the video: its subtitles, in the same folder or in one called "Subs" or "Subtitles" in it, by name.
// Where several videos' names begin alike ("Film", "Film 2"), a file belongs to the one with the longest name that
// fits.
std::map<std::string, std::vector<SidecarSubtitle>> find_sidecars(const std::vector<FoundFile>& files);

// Open for reading, if it still is the file that was found. kNotFound, kDenied, kIo.
Result<UniqueFd> open_sidecar(const SidecarSubtitle& subtitle);

}  // namespace zoe::server
