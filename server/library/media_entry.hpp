// One video of the library, as the scan found it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/core/unique_fd.hpp"
#include "engine/media/track.hpp"
#include "server/library/sidecar.hpp"

namespace zoe::server {

// Immutable once listed, shared by the library, streams and open files; it stays valid after its file has gone. Where
// the file changes, the library makes a new entry.
struct MediaEntry {
  // Content identity: 32 hexadecimal digits over the file's size and samples of its bytes, so that a moved or renamed
  // file keeps it. A further copy of a listed file gets an id of its own, made from the content's and its place.
  std::string id;
  std::string path;           // absolute, in the file system's own bytes
  std::string root;           // the name of the root that it lies in
  std::string relative_path;  // inside its root, as UTF-8 for people: bytes that are none are replaced by U+FFFD
  std::string title;          // UTF-8: the tag's where there is one, else from the file's name
  std::uint64_t size_bytes = 0;
  std::int64_t mtime_ns = 0;  // of the file when it was probed, since 1970
  std::int64_t added_utc_ns = 0;
  media::MediaInfo info;    // has at least one video track
  std::string artwork_key;  // of its pictures in the ArtworkStore
  bool has_poster = false;
  std::vector<SidecarSubtitle> subtitles;

  // The folder inside the root that it lies in, empty for the root itself. Part of relative_path.
  std::string_view folder() const;

  // Changes when the file's bytes may have: what a resumed download compares.
  std::string version() const;
};

using MediaEntryPtr = std::shared_ptr<const MediaEntry>;

// The entry's file, open for reading, if it still is the one that was probed (size and time of change). Never waits for
// a pipe. kNotFound where it has gone or changed, kDenied, kIo.
Result<UniqueFd> open_media_file(const MediaEntry& entry);

}  // namespace zoe::server
