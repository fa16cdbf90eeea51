// A media file opened for one of its subtitle tracks.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "engine/media/demuxer.hpp"
#include "engine/media/subtitle_decoder.hpp"
#include "engine/media/track.hpp"

namespace zoe::media {

// Of reading through a file for its subtitles.
inline constexpr std::chrono::seconds kMostSubtitleReading{60};

// The track's stream is there and the only one whose packets are read. kMalformed where it no longer is subtitles, else
// as Demuxer.
Result<std::unique_ptr<Demuxer>> open_subtitle_track(const std::string& path, const TrackInfo& track,
                                                     std::stop_token stop);

// Of the first video in the file that says it, else 0.
CanvasSize video_size_of(const AVFormatContext& context);

}  // namespace zoe::media
