// Analysers that are scripts in any language, each described by a manifest: docs/analysis-scripts.md.
#include <set>

#include "engine/core/threads.hpp"
#include "engine/plugin/sdk/analysis.hpp"
#include "engine/plugin/sdk/settings.hpp"
#include "plugins/analysis_script/options.hpp"
#include "plugins/analysis_script/script_folders.hpp"
#include "plugins/analysis_script/script_job.hpp"
#include "plugins/analysis_script/work_folder.hpp"

namespace zoe::plugins::analysis_script {
namespace {

class ScriptAnalysis final : public sdk::AnalysisPlugin {
 public:
  static Result<std::unique_ptr<ScriptAnalysis>> create(const sdk::Host& host) {
    ZOE_TRY(const sdk::Settings settings, sdk::Settings::read(host, "analysis_script"));
    ZOE_TRY(Options options, Options::read(settings));
    if (!options.is_enabled) return fail(Errc::kUnavailable, "not enabled");
    ZOE_TRY([[maybe_unused]] const auto* processes, host.service<zoe_processes_v1>(ZOE_PROCESSES_V1));
    WorkFolder::sweep(options.work);
    return std::make_unique<ScriptAnalysis>(host, std::move(options));
  }

  ScriptAnalysis(const sdk::Host& host, Options options) : AnalysisPlugin(host), options_(std::move(options)) {}

  Result<std::vector<sdk::AnalyserInfo>> analysers() override {
    std::vector<sdk::AnalyserInfo> all;
    for (const Manifest& script : find()) {
      all.push_back({.id = script.id,
                     .name = script.name,
                     .description = script.description,
                     .version = script.version,
                     .unavailable_reason = why_unavailable(script),
                     .parameters_json = script.parameters.dump(),
                     .at_once = static_cast<std::uint32_t>(script.limits.at_once)});
    }
    return all;
  }

  Result<std::unique_ptr<sdk::AnalysisJob>> start(const sdk::AnalysisRequest& request,
                                                  sdk::AnalysisSink sink) override {
    for (Manifest& script : find()) {
      if (script.id != request.analyser) continue;
      ZOE_TRY(std::unique_ptr<sdk::AnalysisJob> job,
              ScriptJob::start(host(), options_, std::move(script), request, sink));
      return job;
    }
    return fail(Errc::kNotFound, "there is no script \"" + std::string(request.analyser) + "\" (any more)");
  }

 private:
  std::vector<Manifest> find() {
    std::vector<std::string> folders{options_.folder};
    folders.insert(folders.end(), options_.scripts.begin(), options_.scripts.end());
    if (options_.folder.empty()) folders.erase(folders.begin());
    FoundScripts found = find_scripts(folders);
    MutexLock lock(mutex_);
    std::set<std::string> problems(found.problems.begin(), found.problems.end());
    for (const std::string& problem : problems)
      if (!told_.contains(problem)) host().warning("a script is left out: {}", problem);
    told_ = std::move(problems);
    return std::move(found.scripts);
  }

  const Options options_;
  Mutex mutex_;
  std::set<std::string> told_ ZOE_GUARDED_BY(mutex_);  // the problems that are in the log
};

}  // namespace
}  // namespace zoe::plugins::analysis_script

ZOE_DEFINE_PLUGIN(zoe::plugins::analysis_script::ScriptAnalysis, "analysis_script", "Analysis scripts", "1.0.0")
