// Everything that is done with a file's bytes before it is listed, and to make pictures of it. Runs in the prober's
// child (prober.hpp), which hostile bytes may take down.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/core/result.hpp"
#include "engine/media/track.hpp"
#include "server/library/preview_layout.hpp"

namespace zoe::server {

// What is wanted of a file. Empty names: not wanted.
struct ExamineOrder {
  std::string path;
  std::string index_file;      // where the track index of the video goes
  bool is_index_lent = false;  // one lies there already, and saves reading the whole file
  std::string poster_file;
  std::string preview_stem;  // sheet n becomes STEMn.jpg
  bool is_checked = false;   // the first picture of every segment is decoded, whoever wants it
};

struct Findings {
  media::MediaInfo info;
  bool has_index = false;  // false, as all that follows, where the file is no video (check_is_video)
  bool has_poster = false;
  std::optional<PreviewLayout> preview;
};

// Tells the share that is done, 0 to 1, at least several times a second; a failure that it returns ends the work.
using ExamineProgress = std::function<Status(double share)>;

// Probes the file, demuxes all of its video track, decodes the first picture of each segment, picks the poster among
// them, and draws the preview sheets: tiles every quarter of a second, or further apart where more than
// PreviewLayout::kMostTiles would be needed. Tiles less than a second apart show their moment; others show the first
// picture of the segment that their moment lies in.
//
// Errors of media::probe and TrackIndex::build; kMalformed where not one picture can be decoded; kUnsupported without a
// decoder.
Result<Findings> examine(const ExamineOrder& order, const ExamineProgress& progress);

}  // namespace zoe::server
