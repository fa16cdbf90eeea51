// What the server tells of its library besides the listing: roots, folders, and one media's preview pictures.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"
#include "engine/media/track.hpp"

namespace zoe::player {

struct LibraryRoot {
  std::string root;
  std::int64_t media = 0;  // how many
};

struct LibraryFolder {
  std::string name;
  std::string folder;      // its path inside the root
  std::int64_t media = 0;  // in it and below
};

// Sheets of small pictures: tile n shows the time n * interval_us; each sheet holds columns * rows of them, row by row.
struct PreviewInfo {
  std::string version;  // changes with the pictures
  std::int64_t interval_us = 0;
  int tile_width = 0;
  int tile_height = 0;
  int columns = 0;
  int rows = 0;
  int sheets = 0;
  int tiles = 0;

  struct Place {
    int sheet = 0;
    int column = 0;
    int row = 0;
  };
  // The tile for a time; the last one behind the end.
  Place place_of(std::int64_t time_us) const;

  friend bool operator==(const PreviewInfo&, const PreviewInfo&) = default;
};

// One of a media's subtitles: a file beside it or a track inside it.
struct SubtitleInfo {
  int subtitle = 0;      // its number
  std::string language;  // ISO 639, empty where not known
  std::string title;
  std::string format;  // "srt", "vtt", "ass", "ssa", "mks" (pictures)
  bool is_forced = false;
  bool is_for_deaf = false;
  bool is_default = false;

  friend bool operator==(const SubtitleInfo&, const SubtitleInfo&) = default;
};

struct MediaDetails {
  std::string media;
  std::string title;
  std::string root;  // the server's name of the folder
  std::string path;  // inside it
  std::optional<PreviewInfo> preview;
  std::vector<SubtitleInfo> subtitles;
  std::vector<media::Chapter> chapters;  // by start
};

inline constexpr std::size_t kMostRoots = 1000;
inline constexpr std::size_t kMostFolders = 20'000;
inline constexpr std::size_t kMostSubtitles = 256;
inline constexpr std::size_t kMostChapters = 2000;

// All: kMalformed names what is missing or of another type or size.
Result<std::vector<LibraryRoot>> parse_roots(const nlohmann::json& result);
Result<std::vector<LibraryFolder>> parse_folders(const nlohmann::json& result);
Result<MediaDetails> parse_details(const nlohmann::json& result);

}  // namespace zoe::player
