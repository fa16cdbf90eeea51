// What is in a media file: container, tracks, chapters.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>

#include "engine/core/result.hpp"
#include "engine/media/track.hpp"

namespace zoe::media {

// Bounds on what a file may ask for. All errors that they cause are kTooLarge, kUnsupported or kTimeout.
struct ProbeLimits {
  std::int64_t most_probe_bytes = 8'000'000;  // read to learn about the streams
  std::int64_t most_probe_us = 8'000'000;     // media time looked at for the same
  int most_streams = 100;
  std::size_t most_extradata_bytes = std::size_t{1} << 20;  // of one track
  int most_width = 16'384;
  int most_height = 16'384;
  std::int64_t most_pixels = std::int64_t{1} << 26;  // twice 8K
  std::chrono::milliseconds timeout{20'000};
};

// Opens the file at `path`, and that file only: containers that refer to other files or to the network (playlists,
// external references) get nothing from there. Blocks. Any thread.
//
// kNotFound, kDenied, kIo; kMalformed: no container that FFmpeg knows, or a damaged one; kUnsupported: pictures, text
// and playlists, which are not media here; kCancelled after a stop request. A track whose codec is unknown or whose
// numbers are out of bounds is left out; a file without any track is kMalformed.
Result<MediaInfo> probe(const std::string& path, const ProbeLimits& limits = {}, std::stop_token stop = {});

}  // namespace zoe::media
