// Which files are worth probing, and which probe results are videos.
#pragma once

#include <string_view>

#include "engine/core/result.hpp"
#include "engine/media/track.hpp"

namespace zoe::server {

// False for names that end like something that is certainly no video (".srt", ".jpg", ".txt"): those are passed over
// without a word. Everything else is decided by its bytes.
bool may_be_media(std::string_view file_name);

// True for names that end like a video's: where such a file is none, its owner will want to know.
bool claims_to_be_video(std::string_view file_name);

// kUnsupported, with words, for what FFmpeg reads but nobody would call a video: pictures, text, playlists that refer
// to other files, sound alone, a cover picture alone.
Status check_is_video(const media::MediaInfo& info);

}  // namespace zoe::server
