// One look at the library's folders: what is new is probed, what is known is kept, what has gone is dropped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "server/library/catalog.hpp"
#include "server/library/file_walk.hpp"
#include "server/library/library.hpp"
#include "server/library/listing.hpp"
#include "server/library/prober.hpp"

namespace zoe::server {

class ArtworkStore;
class IndexCache;

// One thread. Reports by callbacks on that thread. What a file holds is found out by a prober (prober.hpp).
class Scanner {
 public:
  struct Events {
    std::function<void(ScanState)> progress;
    // The listing as it is now, complete at the end of a scan. `is_changed` where it differs from the last one.
    std::function<void(Listing, std::vector<LibraryProblem>, bool is_changed)> listed;
  };

  Scanner(const LibraryConfig& config, const Quarantine& quarantine, IndexCache& indexes, ArtworkStore& artwork,
          const Clock& clock, Log& log, Events events);

  // Reads what earlier runs found.
  void load();

  void scan(const std::stop_token& stop);

  // Of the last scan: the folders that it read, and whether files were passed over because they are being written.
  const std::vector<std::string>& folders() const { return folders_; }
  bool has_unfinished_files() const { return has_unfinished_; }

 private:
  struct Known {
    CatalogRecord record;
    ListedMediaPtr listed;  // once seen in a scan
  };
  // By path.
  using KnownFiles = std::map<std::string, Known>;

  std::vector<FoundFile> keep_known(const WalkResult& walk);
  void look_into(const FoundFile& file, const std::stop_token& stop);
  bool is_whole(const FoundFile& file) const;
  Result<CatalogRecord> examine(const FoundFile& file, const std::stop_token& stop);
  Status take_in(CatalogRecord& record, const ExamineOrder& order, Result<Findings> findings);
  void name_record(CatalogRecord& record);
  void list(Known& known, const FoundFile& file);
  std::string root_name_of(const std::string& folder) const;
  void drop_pictures_of_gone();
  void report_problem(const std::string& path, const std::string& message);
  void publish();
  void save();

  const LibraryConfig& config_;
  const Quarantine& quarantine_;
  IndexCache& indexes_;
  ArtworkStore& artwork_;
  const Clock& clock_;
  Log& log_;
  const Events events_;

  Prober prober_;
  bool is_first_ever_ = true;  // no earlier scan has left anything
  KnownFiles known_;
  std::unordered_map<std::string, CatalogRecord> gone_;           // by content: files that this scan did not find again
  std::set<std::string> ids_;                                     // of what is listed
  std::map<std::string, std::vector<SidecarSubtitle>> sidecars_;  // by the path of their video
  std::vector<LibraryProblem> scan_problems_;
  std::vector<std::string> folders_;
  bool has_unfinished_ = false;
  std::vector<std::string> last_listed_;  // ids and versions, sorted
  bool is_unsaved_ = false;
};

}  // namespace zoe::server
