// Analyses of videos: what was asked for, how far it is, how it ended. What they found lies in files (server/analysis).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "server/store/people_store.hpp"

namespace zoe::server {

class Database;

// The numbers lie in the database: none is given another meaning.
enum class AnalysisState {
  kQueued = 1,
  kRunning = 2,
  kDone = 3,
  kPartial = 4,  // ended before its time, with something found
  kFailed = 5,
  kCancelled = 6,
};

// "queued", "running", "done", "partial", "failed", "cancelled".
std::string_view to_string(AnalysisState state);

struct AnalysisCounts {
  std::int64_t points = 0;
  std::int64_t events = 0;
  std::int64_t samples = 0;

  friend bool operator==(const AnalysisCounts&, const AnalysisCounts&) = default;
};

// What changes while a job goes on.
struct AnalysisProgress {
  AnalysisState state = AnalysisState::kQueued;
  double fraction = 0;
  std::string message;
  std::string error;             // why it failed; empty: it has not
  std::int64_t analysed_us = 0;  // of the video, as far as it has told anything
  AnalysisCounts counts;
  std::string summary;  // a JSON object; empty: none yet
  std::optional<std::int64_t> started_utc_ns;
  std::optional<std::int64_t> ended_utc_ns;
};

struct AnalysisRecord {
  std::string id;  // 32 hexadecimal digits
  std::string media;
  std::string media_version;
  std::string title;  // of the media, for when it is gone
  std::string analyser;
  std::string name;  // of the analyser, for people
  std::string analyser_version;
  std::string parameters;  // a JSON object with all of them, in the order of their names
  std::optional<PersonId> started_by;
  std::string started_by_name;  // empty: the account is gone
  std::int64_t created_utc_ns = 0;
  AnalysisProgress progress;
};

struct AnalysisQuery {
  std::string media;  // empty: of all
  std::size_t offset = 0;
  std::size_t limit = 100;
};

// As Store.
class AnalysisStore {
 public:
  explicit AnalysisStore(Database& database) : database_(database) {}

  // Jobs that wait or run: how many there may be in all, and of one person; and how many there may be of any kind.
  static constexpr std::size_t kMostOpen = 1000;
  static constexpr std::size_t kMostOpenOfOne = 20;
  static constexpr std::size_t kMostOfMedia = 200;

  struct Entered {
    AnalysisRecord record;
    bool is_new = false;
    std::vector<std::string> replaced;  // ids of failed and cancelled ones of the same kind, which are gone now
  };
  // The job that computes or has computed the same (the same version of the media and of the analyser, the same
  // parameters), or else this one, queued. kTooLarge where there are too many.
  Result<Entered> enter(const AnalysisRecord& wish);

  Result<std::optional<AnalysisRecord>> find(const std::string& id);
  // Newest first, without their summaries; as in `waiting`.
  Result<std::vector<AnalysisRecord>> list(const AnalysisQuery& query);
  // Those that wait, oldest first.
  Result<std::vector<AnalysisRecord>> waiting();
  Result<std::vector<std::string>> ids();

  Status update(const std::string& id, const AnalysisProgress& progress);
  // Before it begins: with what version of its analyser.
  Status set_analyser_version(const std::string& id, const std::string& version);
  // Nothing happens where there is none.
  Status remove(const std::string& id);
  // At the start: what ran when the server ended waits again.
  Status queue_again();

 private:
  Database& database_;
};

}  // namespace zoe::server
