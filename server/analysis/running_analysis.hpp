// A job that runs: what its plugin tells it, and where that goes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "engine/plugin/abi/analysis.h"
#include "server/analysis/analysers.hpp"
#include "server/analysis/result_writer.hpp"
#include "server/store/analysis_store.hpp"

namespace zoe::server {

// The plugin's generation is held until this is destroyed. `begin`, `cancel`, `flush` and the destructor: one thread,
// which may block; `progress`: any. What the plugin tells comes on a thread of its choosing; the lock is held for no
// longer than it takes to write a block.
class RunningAnalysis {
 public:
  // `woken` is called, on any thread, when the job has ended; it must only wake.
  RunningAnalysis(AnalysisRecord record, Analyser analyser, ResultWriter writer, std::int64_t duration_us,
                  std::function<void()> woken);

  // Ends the job where it still runs, and waits for that.
  ~RunningAnalysis();
  RunningAnalysis(const RunningAnalysis&) = delete;
  RunningAnalysis& operator=(const RunningAnalysis&) = delete;

  // Once. What the plugin says where it does not start.
  Status begin(const std::string& path);
  void cancel();

  // Writes what was told until now; a failure is the job's, which then ends by itself.
  void flush();

  // How it ended; nothing: it has not.
  std::optional<Status> end() const;

  AnalysisProgress progress() const;
  const AnalysisRecord& record() const { return record_; }
  std::int64_t duration_us() const { return duration_us_; }

  // After the end: everything is on the disk.
  Status finish();

 private:
  struct Sink;

  const AnalysisRecord record_;
  const Analyser analyser_;
  const std::int64_t duration_us_;
  const std::function<void()> woken_;
  zoe_analysis_job* job_ = nullptr;

  mutable Mutex mutex_;
  ResultWriter writer_ ZOE_GUARDED_BY(mutex_);
  double fraction_ ZOE_GUARDED_BY(mutex_) = 0;
  std::string message_ ZOE_GUARDED_BY(mutex_);
  std::string summary_ ZOE_GUARDED_BY(mutex_);
  std::optional<Status> end_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::server
