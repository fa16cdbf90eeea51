// The analyses of this server: what waits, what runs, what was found.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/metrics.hpp"
#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "engine/core/unique_fd.hpp"
#include "server/analysis/analysers.hpp"
#include "server/analysis/result_reader.hpp"
#include "server/analysis/result_writer.hpp"
#include "server/library/media_entry.hpp"
#include "server/store/analysis_store.hpp"

namespace zoe::server {

// What is told of a job.
enum class AnalysisChange { kProgress = 1, kRemoved };

class Library;
class RunningAnalysis;
class Store;

struct AnalysisConfig {
  std::string folder;         // of the results' files
  std::size_t at_once = 1;    // jobs that run at the same time
  ResultLimits results = {};  // of a job
};

struct AnalysisServices {
  Store& store;
  const Library& library;
  AnalysisSource source;
  const Clock& clock;
  Log& log;
  Metrics& metrics;
};

// Thread-safe; functions block for the database, files and plugins. One thread ("analysis") starts, watches and ends
// jobs. What runs when the server ends is started anew by the next one.
class AnalysisService {
 public:
  // How often a job's progress is told.
  static constexpr std::chrono::milliseconds kTellEvery{500};

  AnalysisService(AnalysisConfig config, AnalysisServices services);
  ~AnalysisService();
  AnalysisService(const AnalysisService&) = delete;
  AnalysisService& operator=(const AnalysisService&) = delete;

  // Once. `changed` is called on the service's thread, for a job at most once in kTellEvery while nothing but its
  // progress changes, also by other functions of this object: the job as it is now.
  using Changed = std::function<void(const AnalysisRecord& job, AnalysisChange change)>;
  Status start(Changed changed);

  // Ends what runs, as a restart would find it; nothing is started any more.
  void stop();

  // Something may have changed that jobs wait for: plugins, the library.
  void look();

  std::vector<Analyser> analysers() const;

  struct Wish {
    MediaEntryPtr media;
    std::string analyser;
    nlohmann::json parameters;  // an object
    PersonId person = 0;
  };
  // The job that computes the same, or a new one. kNotFound, kUnavailable, kInvalidArgument, kTooLarge.
  Result<AnalysisRecord> enter(const Wish& wish);

  // With what it has reached by now. kNotFound.
  Result<AnalysisRecord> find(const std::string& id) const;
  Result<std::vector<AnalysisRecord>> list(const AnalysisQuery& query) const;

  // Of one that waits or runs; nothing happens to others.
  Status cancel(const std::string& id);
  // With all that it has found.
  Status remove(const std::string& id);

  // kNotFound for a job that has found nothing yet, so that callers ask `find` first.
  Result<PointPage> points(const std::string& id, std::int64_t from_us, std::int64_t until_us,
                           const std::optional<PointCursor>& after, std::size_t limit);
  Result<std::vector<ResultEvent>> events(const std::string& id, std::size_t first, std::size_t limit);
  Result<std::vector<SeriesView>> series(const std::string& id, const std::string& name, std::size_t most_points);

  // A fresh reader, for who reads everything. Where there is no file, nothing.
  Result<std::optional<ResultReader>> open_results(const std::string& id) const;
  // A file without a name, for what is made to be sent.
  Result<UniqueFd> scratch_file() const;
  // False while somebody else has it: what costs much is done one at a time.
  bool try_begin_export() { return !is_exporting_.exchange(true); }
  void end_export() { is_exporting_ = false; }

 private:
  struct Live;
  struct OpenReader;

  void run(const std::stop_token& stop);
  void begin_waiting();
  // True where it runs now.
  bool begin(const AnalysisRecord& record, const std::vector<Analyser>& offered);
  bool is_full(const AnalysisRecord& record, const std::vector<Analyser>& offered) const;
  void fail_job(const AnalysisRecord& record, Error why);
  void watch_running();
  void settle(const std::shared_ptr<Live>& live);
  void tell(const AnalysisRecord& record, AnalysisChange change = AnalysisChange::kProgress);
  void sweep();
  std::string file_of(const std::string& id) const;
  void remove_file(const std::string& id);
  std::vector<std::shared_ptr<Live>> running() const;
  std::shared_ptr<Live> find_live(const std::string& id) const;
  AnalysisRecord with_progress(AnalysisRecord record) const;
  std::shared_ptr<OpenReader> reader_of(const std::string& id);
  template <typename Ask>
  auto ask_reader(const std::string& id, Ask&& ask) -> decltype(ask(std::declval<ResultReader&>()));

  const AnalysisConfig config_;
  const AnalysisServices services_;
  Changed changed_;
  std::atomic<bool> is_exporting_{false};

  mutable Mutex mutex_;
  CondVar woken_;
  bool is_woken_ ZOE_GUARDED_BY(mutex_) = false;
  std::map<std::string, std::shared_ptr<Live>> live_ ZOE_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<OpenReader>> readers_ ZOE_GUARDED_BY(mutex_);  // the one used last stands last
  std::jthread thread_;
};

}  // namespace zoe::server
