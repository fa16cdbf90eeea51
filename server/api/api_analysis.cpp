// Analyses of videos: what can be started, what runs, what was found. Who may see the media may see all of it; members
// start; who started one, and administrators, end and delete it.
#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

#include "server/analysis/analysis_service.hpp"
#include "server/analysis/result_export.hpp"
#include "server/analysis/result_json.hpp"
#include "server/api/analysis_view.hpp"
#include "server/api/handlers.hpp"
#include "server/api/personal.hpp"
#include "server/store/store.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

constexpr std::size_t kMostJobId = 64;
constexpr std::size_t kMostAnalyserId = 64;
constexpr std::int64_t kMostTime = std::int64_t{1} << 53;
constexpr std::size_t kPointsAtOnce = 20'000;
constexpr std::size_t kEventsAtOnce = 1'000;
constexpr std::int64_t kMostSeriesPoints = 2'000;
constexpr std::int64_t kUsualSeriesPoints = 500;
constexpr std::int64_t kMostJobs = 200;

tl::unexpected<Error> no_such_job(const std::string& id) {
  return fail(Errc::kNotFound, "there is no analysis \"" + id + "\"");
}

// Whether who asks may know of it; administrators know of those whose video is gone, too.
bool is_visible(const Call& call, const AnalysisRecord& job) {
  if (call.library().find(job.media)) return true;
  return call.identity->role == ZOE_ROLE_ADMIN && !is_hidden(call, job.media);
}

// The job named by `params.job`, if who asks may see its media: the gate is asked about that, which the request does
// not name.
Result<AnalysisRecord> job_of(const Call& call) {
  ZOE_TRY(const std::string id, call.params.text("job", kMostJobId));
  auto job = call.services.analyses.find(id);
  if (!job && job.error().code == Errc::kNotFound) return no_such_job(id);
  if (!job) return fail(std::move(job).error());
  if (!is_visible(call, *job)) return no_such_job(id);
  ZOE_CHECK(call.services.auth.authorise(*call.identity, Action::kBrowse, job->media));
  return std::move(*job);
}

// The same, of somebody who may end it.
Result<AnalysisRecord> own_job(const Call& call) {
  ZOE_TRY(AnalysisRecord job, job_of(call));
  if (call.identity->role == ZOE_ROLE_ADMIN) return job;
  const auto person = call.services.store.people().find({call.identity->provider, call.identity->user_id});
  const bool is_own = person && *person && job.started_by == (*person)->id;
  if (!is_own || call.identity->user_id == 0)
    return fail(Errc::kDenied, "only who started an analysis, and administrators, may do that");
  return job;
}

class ExportTurn {
 public:
  explicit ExportTurn(AnalysisService& service) : service_(service), is_ours_(service.try_begin_export()) {}
  ~ExportTurn() {
    if (is_ours_) service_.end_export();
  }
  ExportTurn(const ExportTurn&) = delete;
  ExportTurn& operator=(const ExportTurn&) = delete;
  bool is_ours() const { return is_ours_; }

 private:
  AnalysisService& service_;
  const bool is_ours_;
};

}  // namespace

Answer analysis_analysers(const Call& call) {
  json list = json::array();
  for (const Analyser& each : call.services.analyses.analysers()) {
    json view = {{"analyser", each.id},
                 {"name", each.name},
                 {"description", each.description},
                 {"version", each.version},
                 {"is_available", each.unavailable_reason.empty()},
                 {"parameters", each.parameters}};
    if (!each.unavailable_reason.empty()) view["unavailable_reason"] = each.unavailable_reason;
    list.push_back(std::move(view));
  }
  return json{{"analysers", std::move(list)}};
}

Answer analysis_start(const Call& call) {
  ZOE_TRY(const MediaEntryPtr media, media_of(call));
  ZOE_TRY(const std::string analyser, call.params.text("analyser", kMostAnalyserId));
  json parameters = json::object();
  if (call.params.has("parameters")) {
    ZOE_TRY(parameters, call.params.value("parameters"));
  }
  ZOE_TRY(const PersonId person, person_of(call));
  ZOE_TRY(const AnalysisRecord job, call.services.analyses.enter({media, analyser, std::move(parameters), person}));
  return json{{"job", analysis_view(job)}};
}

// Of all media, those that who asks may see; the total is that of these.
Answer analysis_jobs(const Call& call) {
  std::string media;
  if (call.params.has("media")) {
    ZOE_TRY(const MediaEntryPtr entry, media_of(call));
    media = entry->id;
  }
  ZOE_TRY(const std::int64_t offset, call.params.integer("offset", 0, std::numeric_limits<std::int32_t>::max(), 0));
  ZOE_TRY(const std::int64_t limit, call.params.integer("limit", 1, kMostJobs, 100));
  json jobs = json::array();
  std::int64_t total = 0;
  AnalysisQuery query{.media = media, .offset = 0, .limit = 1000};
  while (true) {
    ZOE_TRY(const std::vector<AnalysisRecord> records, call.services.analyses.list(query));
    for (const AnalysisRecord& job : records) {
      if (!is_visible(call, job)) continue;
      if (total >= offset && total < offset + limit) jobs.push_back(analysis_view(job));
      ++total;
    }
    if (records.size() < query.limit) break;
    query.offset += query.limit;
  }
  return json{{"jobs", std::move(jobs)}, {"total", total}};
}

Answer analysis_get(const Call& call) {
  ZOE_TRY(const AnalysisRecord job, job_of(call));
  json view = analysis_view(job);
  view["summary"] = job.progress.summary.empty() ? json() : json::parse(job.progress.summary, nullptr, false);
  if (view["summary"].is_discarded()) view["summary"] = nullptr;
  return json{{"job", std::move(view)}};
}

Answer analysis_cancel(const Call& call) {
  ZOE_TRY(const AnalysisRecord job, own_job(call));
  ZOE_CHECK(call.services.analyses.cancel(job.id));
  return json::object();
}

Answer analysis_delete(const Call& call) {
  ZOE_TRY(const AnalysisRecord job, own_job(call));
  ZOE_CHECK(call.services.analyses.remove(job.id));
  return json::object();
}

Answer analysis_tracks(const Call& call) {
  ZOE_TRY(const AnalysisRecord job, job_of(call));
  ZOE_TRY(const std::int64_t from_us, call.params.integer("from_us", 0, kMostTime));
  ZOE_TRY(const std::int64_t until_us, call.params.integer("until_us", 0, kMostTime));
  ZOE_TRY(const std::string after, call.params.text("after", 64, ""));
  const auto cursor = PointCursor::parse(after);
  if (!after.empty() && !cursor) return fail(Errc::kInvalidArgument, "params.after: must be what \"next\" was");
  ZOE_TRY(const PointPage page, call.services.analyses.points(job.id, from_us, until_us, cursor, kPointsAtOnce));
  json answer = {{"objects", json::array()}, {"points", json::array()}, {"until_us", job.progress.analysed_us}};
  for (const ResultObject& object : page.objects) answer["objects"].push_back(object_json(object));
  json& points = answer["points"];
  for (const ResultPoint& point : page.points) points.push_back(point_json(point));
  if (page.next) answer["next"] = page.next->to_text();
  return answer;
}

Answer analysis_events(const Call& call) {
  ZOE_TRY(const AnalysisRecord job, job_of(call));
  ZOE_TRY(const auto after, call.params.integer_if_any("after", 0, std::numeric_limits<std::int32_t>::max()));
  const std::size_t first = after ? static_cast<std::size_t>(*after) + 1 : 0;
  ZOE_TRY(const auto found, call.services.analyses.events(job.id, first, kEventsAtOnce + 1));
  json list = json::array();
  for (std::size_t i = 0; i < std::min(found.size(), kEventsAtOnce); ++i) {
    json view = event_json(found[i]);
    view["event"] = first + i;
    list.push_back(std::move(view));
  }
  json answer = {{"events", std::move(list)}};
  if (found.size() > kEventsAtOnce) answer["next"] = first + kEventsAtOnce - 1;
  return answer;
}

Answer analysis_series(const Call& call) {
  ZOE_TRY(const AnalysisRecord job, job_of(call));
  ZOE_TRY(const std::string name, call.params.text("name", 256, ""));
  ZOE_TRY(const std::int64_t points, call.params.integer("points", 2, kMostSeriesPoints, kUsualSeriesPoints));
  ZOE_TRY(const auto found, call.services.analyses.series(job.id, name, static_cast<std::size_t>(points)));
  json list = json::array();
  for (const SeriesView& each : found) {
    json view = series_json(each.series);
    view["points"] = each.points;
    list.push_back(std::move(view));
  }
  return json{{"series", std::move(list)}};
}

Answer analysis_export(const Call& call) {
  ZOE_TRY(const std::string format, call.params.text("format", 8, "json"));
  if (format != "json" && format != "csv")
    return fail(Errc::kInvalidArgument, R"(params.format: must be "json" or "csv")");
  ZOE_TRY(const std::int64_t chunk_bytes, call.params.integer("chunk_bytes", 512, 1 << 20, 8192));
  ZOE_TRY(const AnalysisRecord job, job_of(call));
  const ExportTurn turn(call.services.analyses);
  if (!turn.is_ours())
    return fail(Errc::kUnavailable, "somebody else's results are being written; try again in a moment");
  ZOE_TRY(auto results, call.services.analyses.open_results(job.id));
  ZOE_TRY(UniqueFd fd, call.services.analyses.scratch_file());
  json view = analysis_view(job);
  view["title"] = job.title;
  view["summary"] = job.progress.summary.empty() ? json() : json::parse(job.progress.summary, nullptr, false);
  const bool is_csv = format == "csv";
  ZOE_TRY(const std::uint64_t size_bytes,
          export_results(is_csv ? ExportFormat::kCsv : ExportFormat::kJson, view, std::move(results), fd.get()));
  ZOE_TRY(const auto reservation, call.session.reserve_file());
  ZOE_CHECK(call.session.add_file(reservation, std::move(fd), size_bytes));
  return json{{"file", reservation.handle},
              {"size_bytes", size_bytes},
              {"name", job.analyser + "-" + job.id.substr(0, 8) + "." + format},
              {"version", job.id + "-" + std::to_string(size_bytes)},
              {"content_type", is_csv ? "text/csv; charset=utf-8" : "application/json"},
              {"offset", 0},
              {"chunk_bytes", chunk_bytes}};
}

}  // namespace zoe::server::handlers
