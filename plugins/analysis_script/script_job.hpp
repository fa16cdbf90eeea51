// One run of a script: its process, what it says, its end.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/threads.hpp"
#include "engine/plugin/sdk/analysis.hpp"
#include "engine/plugin/sdk/process.hpp"
#include "plugins/analysis_script/manifest.hpp"
#include "plugins/analysis_script/options.hpp"
#include "plugins/analysis_script/script_line.hpp"
#include "plugins/analysis_script/work_folder.hpp"

namespace zoe::plugins::analysis_script {

// `cancel`: any thread. What ProcessEvents are called on is one thread of the host's, and the sink's only one.
class ScriptJob final : public sdk::AnalysisJob, private sdk::ProcessEvents {
 public:
  // kInvalidArgument for a parameter, kUnavailable where the script cannot be started here, kIo.
  static Result<std::unique_ptr<ScriptJob>> start(const sdk::Host& host, const Options& options, Manifest manifest,
                                                  const sdk::AnalysisRequest& request, sdk::AnalysisSink sink);

  ScriptJob(const sdk::Host& host, Manifest manifest, std::string id, sdk::AnalysisSink sink, WorkFolder work);
  ~ScriptJob() override;

  void cancel() override;

 private:
  Status launch(const Options& options, const sdk::AnalysisRequest& request);

  void line(Stream stream, std::string_view text, bool is_cut) override;
  void ended(const zoe_process_end& end) override;

  void take_output(std::string_view text, bool is_cut);
  void take_error(std::string_view text);
  Status take(const ScriptLine& line);
  Status take_track(const TrackLine& line);
  Status take_event(const EventLine& line);
  Status take_series(const SeriesLine& line);
  Status take_summary(const SummaryLine& line);
  void count_bad(const Error& why);
  void give_up(Error why);
  Status outcome(const zoe_process_end& end) const;
  std::string last_words() const;

  const sdk::Host host_;
  const Manifest manifest_;
  const std::string id_;
  const sdk::AnalysisSink sink_;
  const WorkFolder work_;

  // The host's thread's own.
  std::uint64_t lines_ = 0;
  std::uint64_t bad_lines_ = 0;
  std::uint64_t error_lines_ = 0;
  bool has_greeted_ = false;
  bool has_summary_ = false;
  std::string first_bad_;
  std::deque<std::string> last_errors_;
  std::optional<Error> failure_;  // why it was given up, or what the script said of itself

  Mutex mutex_;
  bool is_cancelled_ ZOE_GUARDED_BY(mutex_) = false;
  bool is_to_end_ ZOE_GUARDED_BY(mutex_) = false;
  sdk::Process process_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::plugins::analysis_script
