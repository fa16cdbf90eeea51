// Files of this machine as media: their names among those of servers, and what is known of them.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/media/track.hpp"
#include "player/client/library_messages.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

// "file:" and the absolute path; no server's media is called so.
std::string local_media_of(const std::string& path);
bool is_local_media(std::string_view media);
std::string local_path_of(std::string_view media);  // of one that is_local_media

// A subtitle that belongs to a local file: a file beside it, or a track inside it.
struct LocalSubtitle {
  SubtitleInfo info;
  std::string path;        // of the file beside it; empty for a track
  media::TrackInfo track;  // where there is no path
};

// What the interface shows of a file.
struct LocalMedia {
  LibraryItem item;
  MediaDetails details;
  std::vector<LocalSubtitle> subtitles;  // as in `details`
  std::int64_t origin_us = 0;            // of the container: the first frame of the video
};

// As far as its name tells; nothing is read.
LibraryItem local_item_of(const std::string& path);

// Examines the file. Blocks; any thread. As media::probe; kUnsupported where there is no video in it.
Result<LocalMedia> examine_local(const std::string& path, std::stop_token stop = {});

// The files to play for what was named or dropped: a file is itself, a folder the videos in it (not below), by name. At
// most kMostLocalFiles. kNotFound names what is not there, kUnsupported a folder without videos.
inline constexpr std::size_t kMostLocalFiles = 5000;
Result<std::vector<std::string>> local_files_of(const std::vector<std::string>& paths);

}  // namespace zoe::player
