// Subtitles inside the library's files, as files of their own: text as ASS, pictures as Matroska.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "engine/media/subtitles.hpp"
#include "server/library/disk_cache.hpp"
#include "server/library/media_entry.hpp"

namespace zoe::server {

struct EmbeddedSubtitlesConfig {
  std::string folder;  // exists; empty: nothing is kept
  std::uint64_t most_bytes = std::uint64_t{256} << 20;
};

// The tracks of the file that can be shown, in its order.
std::vector<const media::TrackInfo*> embedded_subtitles(const MediaEntry& entry);

// "ass", or media::kPictureFormat.
std::string_view subtitle_format_of(const media::TrackInfo& track);

// Thread-safe. Reading them out takes a pass over the file, so what was read once is kept on disk; one file is read at
// a time, whoever asks meanwhile waits.
class EmbeddedSubtitles {
 public:
  explicit EmbeddedSubtitles(EmbeddedSubtitlesConfig config);

  // The bytes of an ASS file, with `kRead` the fonts attached to the container in it, or of the pictures' file
  // (media::kPictureFormat). kNotFound where the media's file has gone or changed, else as media::read_subtitle_track.
  Result<std::string> read(const MediaEntry& entry, const media::TrackInfo& track, media::Fonts fonts);

 private:
  DiskCache disk_;
  Mutex reading_;
};

}  // namespace zoe::server
