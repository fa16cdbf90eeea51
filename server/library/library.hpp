// The videos of the configured folders: found by a scan in the background, kept up to date by rescans.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/metrics.hpp"
#include "engine/core/result.hpp"
#include "server/library/artwork_store.hpp"
#include "server/library/embedded_subtitles.hpp"
#include "server/library/media_entry.hpp"
#include "server/library/prober.hpp"

namespace zoe::server {

class IndexCache;
class Quarantine;

struct LibraryConfig {
  std::vector<std::string> folders;                // absolute
  std::vector<std::string> root_names;             // of each; empty: name_roots
  std::string cache_file;                          // results of earlier scans; empty: none are kept
  std::chrono::milliseconds rescan_every{30'000};  // 0: only when asked
  std::size_t most_files = 1'000'000;              // looked at in one scan; the rest is a problem
  bool is_watching = true;                         // scans when the kernel tells of changes, too
  ProberOptions prober;                            // its program: the one beside this one where none is named
  ArtworkConfig artwork;
  EmbeddedSubtitlesConfig subtitles;
};

enum class SortBy { kTitle = 1, kDuration, kAdded, kSize };
enum class SortOrder { kAscending = 1, kDescending };

struct LibraryQuery {
  std::string search;  // words that title and path must all contain, without regard to case
  SortBy sort = SortBy::kTitle;
  SortOrder order = SortOrder::kAscending;
  std::string root;                                         // only of this one; empty: of all
  std::string folder;                                       // only in and below this folder inside the root; empty: all
  std::function<bool(const std::string& root)> is_visible;  // empty: all are
  std::size_t offset = 0;
  std::size_t limit = 100;
};

struct LibraryPage {
  std::vector<MediaEntryPtr> items;
  std::size_t total = 0;  // of the search, before offset and limit
};

struct FolderCount {
  std::string name;
  std::string folder;  // inside the root
  std::size_t media = 0;
};

// A file or folder that was left out, and why, in words with what to do about it. Both texts are UTF-8.
struct LibraryProblem {
  std::string path;
  std::string message;
};

struct ScanState {
  bool is_running = false;
  std::size_t done = 0;           // files looked at
  std::size_t total = 0;          // files found so far
  std::size_t pictures_left = 0;  // media whose posters and previews are still to be looked after
};

// Thread-safe. `start` returns at once; a thread of low priority scans, another makes preview sheets of what was found.
// What an earlier run found is listed as soon as the files are seen to be unchanged.
class Library {
 public:
  Library(LibraryConfig config, IndexCache& indexes, const Quarantine& quarantine, const Clock& clock, Log& log,
          Metrics& metrics);
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  // Once. `changed` is called from the scan's thread, at most a few times a second, after the listing changed: with its
  // length.
  void start(std::function<void(std::size_t total)> changed);

  // Scans no more: `changed` is not called after it. Takes a tenth of a second at most; what was found stays listed.
  void stop();

  // Looks again as soon as it can.
  void rescan();

  // Null where there is none of that id.
  MediaEntryPtr find(const std::string& id) const;

  // The media of that path inside its root, or inside the root whose name is the path's first part; of several the
  // first by title in a root that is visible. Null where there is none.
  MediaEntryPtr find_path(const std::string& path,
                          const std::function<bool(const std::string& root)>& is_visible) const;

  LibraryPage list(const LibraryQuery& query) const;
  std::size_t size() const;
  // Each root's name and how many media are listed of it, in the order of the configuration.
  std::vector<std::pair<std::string, std::size_t>> roots() const;
  std::vector<LibraryProblem> problems() const;
  ScanState scan_state() const;

  // The pictures of its media.
  const ArtworkStore& artwork() const;

  // What is written inside them.
  EmbeddedSubtitles& subtitles();

  // The folders in this one, and how many media lie in and below each, by name. `root` is a root's name.
  std::vector<FolderCount> folders(const std::string& root, const std::string& folder) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::server
