#include "server/api/analysis_view.hpp"

#include <nlohmann/json.hpp>

#include "engine/net/json.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;

json progress_of(const AnalysisRecord& job) {
  const AnalysisProgress& progress = job.progress;
  return {
      {"job", job.id},
      {"media", job.media},
      {"state", to_string(progress.state)},
      {"fraction", progress.fraction},
      {"message", progress.message},
      {"analysed_us", progress.analysed_us},
      {"counts",
       {{"tracks", progress.counts.points}, {"events", progress.counts.events}, {"series", progress.counts.samples}}}};
}

}  // namespace

json analysis_view(const AnalysisRecord& job) {
  json view = progress_of(job);
  view["analyser"] = job.analyser;
  view["name"] = job.name;
  view["version"] = job.analyser_version;
  view["parameters"] = json::parse(job.parameters, nullptr, false);
  if (view["parameters"].is_discarded()) view["parameters"] = json::object();
  view["started_by"] = job.started_by_name;
  view["created_utc_ns"] = job.created_utc_ns;
  if (job.progress.started_utc_ns) view["started_utc_ns"] = *job.progress.started_utc_ns;
  if (job.progress.ended_utc_ns) view["ended_utc_ns"] = *job.progress.ended_utc_ns;
  if (!job.progress.error.empty()) view["error"] = job.progress.error;
  return view;
}

std::string analysis_changed_event(const AnalysisRecord& job, AnalysisChange change) {
  json event = progress_of(job);
  event["event"] = "analysis.changed";
  if (!job.progress.error.empty()) event["error"] = job.progress.error;
  if (change == AnalysisChange::kRemoved) event["is_deleted"] = true;
  return net::to_text(event);
}

}  // namespace zoe::server
