// The thread of the analysis service: begins what waits, watches what runs, settles what has ended.
#include <algorithm>
#include <filesystem>
#include <utility>

#include "engine/core/file.hpp"
#include "server/analysis/analysis_service.hpp"
#include "server/analysis/live_analysis.hpp"
#include "server/library/library.hpp"
#include "server/store/store.hpp"

namespace zoe::server {
namespace {

using std::chrono::steady_clock;

constexpr const char* kComponent = "analysis";
// While something runs: how often it is looked at, and its progress is kept in the database.
constexpr std::chrono::milliseconds kLook{100};
constexpr std::chrono::seconds kStoreEvery{2};
// While something waits for what nobody tells of: a plugin, a script, a disk with videos.
constexpr std::chrono::seconds kLookForMore{5};

bool is_alike(const AnalysisProgress& a, const AnalysisProgress& b) {
  return a.state == b.state && a.fraction == b.fraction && a.message == b.message && a.analysed_us == b.analysed_us &&
         a.counts == b.counts;
}

// A server that has just begun does not know its library yet.
bool has_scanned(Metrics& metrics) { return metrics.counter("library_scans_total").value() > 0; }

}  // namespace

Status AnalysisService::start(Changed changed) {
  changed_ = std::move(changed);
  ZOE_CHECK(make_private_folder(config_.folder));
  ZOE_CHECK(services_.store.analyses().queue_again());
  sweep();
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  return {};
}

// Files whose jobs were removed while the server did not run, or crashed over it.
void AnalysisService::sweep() {
  const auto ids = services_.store.analyses().ids();
  if (!ids) return;
  std::set<std::string> kept;
  for (const std::string& id : *ids) kept.insert(file_of(id));
  std::error_code error;
  for (std::filesystem::directory_iterator entry(config_.folder, error), end; !error && entry != end;
       entry.increment(error))
    if (!kept.contains(entry->path().string())) std::filesystem::remove(entry->path(), error);
}

void AnalysisService::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  look();
  thread_.join();
  thread_ = {};
}

void AnalysisService::run(const std::stop_token& stop) {
  set_thread_name("analysis");
  bool is_told = true;
  auto next_queue = steady_clock::now();
  while (!stop.stop_requested()) {
    const bool is_queue_due = is_told || steady_clock::now() >= next_queue;
    if (is_queue_due) next_queue = steady_clock::now() + kLookForMore;
    auto outcome = catch_to_result("analysis", [&]() -> Status {
      watch_running();
      if (is_queue_due) begin_waiting();
      return {};
    });
    if (!outcome) services_.log.error(kComponent, "{}", outcome.error().message);
    MutexLock lock(mutex_);
    const auto until = live_.empty() ? next_queue : steady_clock::now() + kLook;
    while (!is_woken_ && !stop.stop_requested())
      if (!woken_.wait_until(mutex_, until)) break;
    is_told = std::exchange(is_woken_, false);
  }
  // The database goes on saying that these run, so that the next start begins them anew.
  std::map<std::string, std::shared_ptr<Live>> left;
  {
    MutexLock lock(mutex_);
    left.swap(live_);
  }
  for (const auto& [id, live] : left) live->analysis->cancel();
  left.clear();
}

void AnalysisService::tell(const AnalysisRecord& record, AnalysisChange change) {
  if (changed_) changed_(record, change);
}

void AnalysisService::begin_waiting() {
  const auto waiting = services_.store.analyses().waiting();
  if (!waiting) return services_.log.warning(kComponent, "{}", waiting.error().message);
  std::size_t left = waiting->size();
  if (left > 0 && running().size() < config_.at_once) {
    const std::vector<Analyser> offered = analysers();
    for (const AnalysisRecord& record : *waiting) {
      if (running().size() >= config_.at_once) break;
      if (begin(record, offered)) --left;
    }
  }
  services_.metrics.gauge("analysis_jobs_running").set(static_cast<std::int64_t>(running().size()));
  services_.metrics.gauge("analysis_jobs_waiting").set(static_cast<std::int64_t>(left));
}

void AnalysisService::fail_job(const AnalysisRecord& record, Error why) {
  AnalysisRecord failed = record;
  failed.progress.state = AnalysisState::kFailed;
  failed.progress.error = std::move(why.message);
  failed.progress.ended_utc_ns = services_.clock.utc_ns();
  services_.metrics.counter("analysis_jobs_failed_total").add();
  services_.log.warning(kComponent, "{} ({}) of {}: {}", failed.id, failed.analyser, failed.media,
                        failed.progress.error);
  if (auto kept = services_.store.analyses().update(failed.id, failed.progress); !kept)
    services_.log.warning(kComponent, "{}", kept.error().message);
  tell(failed);
}

bool AnalysisService::is_full(const AnalysisRecord& record, const std::vector<Analyser>& offered) const {
  const auto analyser = std::ranges::find(offered, record.analyser, &Analyser::id);
  const auto all = running();
  const auto same = std::ranges::count_if(
      all, [&](const auto& live) { return live->analysis->record().analyser == record.analyser; });
  return static_cast<std::size_t>(same) >= analyser->at_once;
}

bool AnalysisService::begin(const AnalysisRecord& record, const std::vector<Analyser>& offered) {
  const MediaEntryPtr media = services_.library.find(record.media);
  if (!media && !has_scanned(services_.metrics)) return false;
  if (!media) return fail_job(record, {Errc::kNotFound, "the video is not in the library any more"}), false;
  if (media->version() != record.media_version)
    return fail_job(record, {Errc::kNotFound, "the video's file has changed since: start it again"}), false;
  const auto analyser = std::ranges::find(offered, record.analyser, &Analyser::id);
  // Its plugin may be about to be loaded, or switched off for a while.
  if (analyser == offered.end() || is_full(record, offered)) return false;
  if (!analyser->unavailable_reason.empty())
    return fail_job(record, {Errc::kUnavailable, analyser->unavailable_reason}), false;
  auto writer = ResultWriter::create(file_of(record.id), config_.results);
  if (!writer) return fail_job(record, writer.error()), false;
  AnalysisRecord running = record;
  running.analyser_version = analyser->version;
  running.progress = {};
  running.progress.state = AnalysisState::kRunning;
  running.progress.started_utc_ns = services_.clock.utc_ns();
  auto live = std::make_shared<Live>();
  live->analysis = std::make_unique<RunningAnalysis>(running, *analyser, std::move(*writer), media->info.duration_us,
                                                     [this] { look(); });
  live->told = running.progress;
  live->told_at = live->stored_at = steady_clock::now();
  {
    MutexLock lock(mutex_);
    std::erase_if(readers_, [&](const auto& each) { return each->id == record.id; });  // of what it found before
    live_.emplace(record.id, live);
  }
  // Who cancelled or removed it meanwhile has not met it among those that run.
  const auto now = services_.store.analyses().find(record.id);
  const bool is_wanted = now && *now && (*now)->progress.state == AnalysisState::kQueued;
  if (is_wanted) {
    if (running.analyser_version != record.analyser_version)
      static_cast<void>(services_.store.analyses().set_analyser_version(record.id, running.analyser_version));
    static_cast<void>(services_.store.analyses().update(record.id, running.progress));
  }
  const Status begun = is_wanted ? live->analysis->begin(media->path) : Status();
  if (!is_wanted || !begun) {
    MutexLock lock(mutex_);
    live_.erase(record.id);
    lock.unlock();
    live.reset();
    if (!is_wanted) return remove_file(record.id), false;
    return fail_job(running, begun.error()), false;
  }
  services_.metrics.counter("analysis_jobs_started_total").add();
  services_.log.info(kComponent, "{} ({}) of {} begins", record.id, record.analyser, record.media);
  tell(running);
  return true;
}

void AnalysisService::watch_running() {
  const auto now = steady_clock::now();
  for (const auto& live : running()) {
    RunningAnalysis& analysis = *live->analysis;
    if (analysis.end()) {
      settle(live);
      continue;
    }
    if (!services_.library.find(analysis.record().media) && live->lost.empty()) {
      live->lost = "the video has left the library";
      live->is_to_end = true;
    }
    if (live->is_to_end && !live->is_cancelled) {
      live->is_cancelled = true;
      analysis.cancel();
    }
    if (now - live->told_at < kTellEvery) continue;
    analysis.flush();
    AnalysisRecord record = analysis.record();
    record.progress = analysis.progress();
    if (!is_alike(record.progress, live->told) && !live->is_removed) {
      live->told = record.progress;
      live->told_at = now;
      tell(record);
    }
    if (now - live->stored_at < kStoreEvery || live->is_removed) continue;
    live->stored_at = now;
    if (auto kept = services_.store.analyses().update(record.id, record.progress); !kept)
      services_.log.warning(kComponent, "{}", kept.error().message);
  }
}

void AnalysisService::settle(const std::shared_ptr<Live>& live) {
  RunningAnalysis& analysis = *live->analysis;
  Status how = *analysis.end();
  if (const Status kept = analysis.finish(); !kept && how) how = kept;
  AnalysisRecord record = analysis.record();
  record.progress = analysis.progress();
  AnalysisProgress& progress = record.progress;
  progress.ended_utc_ns = services_.clock.utc_ns();
  const bool has_found = !(progress.counts == AnalysisCounts()) || !progress.summary.empty();
  if (how) {
    progress.state = AnalysisState::kDone;
    progress.fraction = 1;
    progress.analysed_us = std::max(progress.analysed_us, analysis.duration_us());
  } else if (how.error().code == Errc::kCancelled && live->lost.empty()) {
    progress.state = has_found ? AnalysisState::kPartial : AnalysisState::kCancelled;
  } else {
    progress.state = has_found ? AnalysisState::kPartial : AnalysisState::kFailed;
  }
  if (!how) progress.error = live->lost.empty() ? how.error().message : live->lost;
  services_.metrics.counter("analysis_jobs_" + std::string(to_string(progress.state)) + "_total").add();
  services_.log.info(kComponent, "{} ({}) of {}: {}{}{}", record.id, record.analyser, record.media,
                     to_string(progress.state), progress.error.empty() ? "" : ": ", progress.error);
  if (!live->is_removed) {
    if (auto kept = services_.store.analyses().update(record.id, progress); !kept)
      services_.log.error(kComponent, "{} is not kept as {}: {}", record.id, to_string(progress.state),
                          kept.error().message);
  }
  {
    MutexLock lock(mutex_);
    live_.erase(record.id);
  }
  if (live->is_removed)
    remove_file(record.id);
  else
    tell(record);
}

}  // namespace zoe::server
