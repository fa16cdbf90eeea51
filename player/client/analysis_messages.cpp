#include "player/client/analysis_messages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/net/json.hpp"
#include "player/client/analysis_fields.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<std::string_view, JobState>, 6> kStates{{{"queued", JobState::kQueued},
                                                                        {"running", JobState::kRunning},
                                                                        {"done", JobState::kDone},
                                                                        {"partial", JobState::kPartial},
                                                                        {"failed", JobState::kFailed},
                                                                        {"cancelled", JobState::kCancelled}}};
constexpr std::array<std::pair<std::string_view, ParameterType>, 6> kTypes{{{"text", ParameterType::kText},
                                                                            {"integer", ParameterType::kInteger},
                                                                            {"number", ParameterType::kNumber},
                                                                            {"boolean", ParameterType::kBoolean},
                                                                            {"choice", ParameterType::kChoice},
                                                                            {"file", ParameterType::kFile}}};

template <typename Table>
auto named(Fields& fields, const char* key, const Table& table) {
  const std::string name = fields.text(key, kMostNameBytes);
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto& each) { return each.first == name; });
  if (found == table.end()) fields.complain(key, "has a value that is not known");
  return found == table.end() ? table.front().second : found->second;
}

void read_counts(const json& object, std::int64_t& points, std::int64_t& events, std::int64_t& series) {
  const json* counts = member(object, "counts");
  if (counts == nullptr) return;
  points = integer_or(*counts, "tracks", 0);
  events = integer_or(*counts, "events", 0);
  series = integer_or(*counts, "series", 0);
}

// A default of whatever type, as the text that is typed for it.
std::string value_text(const json& value) {
  if (value.is_string()) return cut_text(value.get_ref<const std::string&>(), kMostWordsBytes);
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number()) return net::to_text(value);
  return {};
}

Result<AnalyserParameter> parse_parameter(const json& object) {
  Fields fields(object, "parameter");
  AnalyserParameter parameter;
  parameter.name = fields.text("name", kMostNameBytes);
  parameter.type = named(fields, "type", kTypes);
  if (!fields.is_ok()) return fail(fields.error());
  parameter.title = text_or(object, "title", kMostNameBytes);
  if (parameter.title.empty()) parameter.title = parameter.name;
  if (const json* value = member(object, "default")) parameter.value = value_text(*value);
  if (const json* value = member(object, "min")) parameter.least = finite(*value);
  if (const json* value = member(object, "max")) parameter.most = finite(*value);
  if (const json* choices = member(object, "choices"); choices != nullptr && choices->is_array()) {
    for (const json& each : *choices)
      if (parameter.choices.size() < kMostChoices) parameter.choices.push_back(value_text(each));
  }
  if (parameter.type == ParameterType::kChoice && parameter.choices.empty())
    return fail(Errc::kMalformed, "The server's answer cannot be understood: a choice without choices.");
  return parameter;
}

Result<Analyser> parse_analyser(const json& object) {
  Fields fields(object, "analyser");
  Analyser analyser{.analyser = fields.text("analyser", kMostNameBytes), .name = fields.text("name", kMostNameBytes)};
  analyser.is_available = fields.boolean("is_available");
  if (!fields.is_ok()) return fail(fields.error());
  analyser.description = text_or(object, "description", kMostWordsBytes);
  analyser.version = text_or(object, "version", kMostNameBytes);
  analyser.unavailable_reason = text_or(object, "unavailable_reason", kMostWordsBytes);
  if (member(object, "parameters") == nullptr) return analyser;
  ZOE_TRY(analyser.parameters,
          parse_list<AnalyserParameter>(object, "analyser", "parameters", kMostParameters, parse_parameter));
  return analyser;
}

Result<AnalysisEvent> parse_event(const json& object) {
  Fields fields(object, "event");
  AnalysisEvent event;
  event.index = fields.integer("event", 0, INT64_MAX);
  event.kind = fields.text("kind", kMostNameBytes);
  event.time_us = fields.integer("time_us", 0, kMostMediaUs);
  if (!fields.is_ok()) return fail(fields.error());
  event.end_us = std::clamp(integer_or(object, "end_us", event.time_us), event.time_us, kMostMediaUs);
  event.text = text_or(object, "text", kMostWordsBytes);
  event.team = team_of(object);
  if (const json* value = member(object, "confidence"))
    event.confidence = static_cast<float>(std::clamp(finite(*value).value_or(-1), -1.0, 1.0));
  return event;
}

Result<AnalysisSeries> parse_one_series(const json& object) {
  Fields fields(object, "series");
  AnalysisSeries series{.name = fields.text("name", kMostNameBytes)};
  const json* points = fields.find("points");
  if (points != nullptr && !points->is_array()) fields.complain("points", "is not a list");
  if (!fields.is_ok()) return fail(fields.error());
  series.title = text_or(object, "title", kMostNameBytes);
  series.unit = text_or(object, "unit", 32);
  if (series.title.empty()) series.title = series.name;
  for (const json& each : *points) {
    if (series.points.size() == kMostSeriesPoints) break;
    if (!each.is_array() || each.size() != 2) continue;
    const auto time_us = whole(each[0]);
    const auto value = finite(each[1]);
    if (!time_us || *time_us < 0 || *time_us > kMostMediaUs || !value || std::abs(*value) > 1e18) continue;
    series.points.emplace_back(*time_us, static_cast<float>(*value));
  }
  std::stable_sort(series.points.begin(), series.points.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  return series;
}

Result<TrackObject> parse_object(const json& object) {
  Fields fields(object, "object");
  TrackObject read{.id = static_cast<std::int32_t>(fields.integer("id", 1, INT32_MAX))};
  if (!fields.is_ok()) return fail(fields.error());
  const std::string kind = text_or(object, "class", kMostNameBytes);
  if (kind == "player") read.kind = TrackClass::kPlayer;
  if (kind == "keeper") read.kind = TrackClass::kKeeper;
  if (kind == "referee") read.kind = TrackClass::kReferee;
  if (kind == "ball") read.kind = TrackClass::kBall;
  read.team = team_of(object);
  read.label = text_or(object, "label", kMostNameBytes);
  return read;
}

// [time_us, id, x, y, w, h, confidence, pitch_x|null, pitch_y|null]. False for what makes no sense.
bool read_point(const json& row, TrackPoint& point) {
  if (!row.is_array() || row.size() < 6) return false;
  const auto time_us = whole(row[0]);
  const auto id = whole(row[1]);
  if (!time_us || *time_us < 0 || *time_us > kMostMediaUs || !id || *id < 1 || *id > INT32_MAX) return false;
  std::array<float, 4> box{};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto value = finite(row[i + 2]);
    if (!value || std::abs(*value) > 16) return false;  // so far outside that it is no place in the picture
    box[i] = static_cast<float>(*value);
  }
  if (box[2] <= 0 || box[3] <= 0) return false;
  const auto at = [&](std::size_t index) { return row.size() > index ? finite(row[index]) : std::nullopt; };
  const auto pitch_x = at(7);
  const auto pitch_y = at(8);
  const bool is_on_pitch = pitch_x && pitch_y && std::abs(*pitch_x) < 1000 && std::abs(*pitch_y) < 1000;
  constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
  point = {.time_us = *time_us,
           .id = static_cast<std::int32_t>(*id),
           .x = box[0],
           .y = box[1],
           .width = box[2],
           .height = box[3],
           .confidence = static_cast<float>(std::clamp(at(6).value_or(1), 0.0, 1.0)),
           .pitch_x = is_on_pitch ? static_cast<float>(*pitch_x) : kUnknown,
           .pitch_y = is_on_pitch ? static_cast<float>(*pitch_y) : kUnknown};
  return true;
}

// As the server gave it.
void add_cursor(json& params, std::string_view after) {
  if (!after.empty()) params["after"] = json::parse(after, nullptr, false);
}

// A person's text for one parameter as the value that it stands for.
Result<json> chosen_value(const AnalyserParameter& parameter, const std::string& text) {
  const auto wrong = [&](std::string_view what) {
    return fail(Errc::kInvalidArgument, fmt::format("{}: {}", parameter.title, what));
  };
  switch (parameter.type) {
    case ParameterType::kText:
    case ParameterType::kFile:
      return json(text);
    case ParameterType::kBoolean:
      return json(text == "true");
    case ParameterType::kChoice:
      if (std::find(parameter.choices.begin(), parameter.choices.end(), text) == parameter.choices.end())
        return wrong("none of the choices.");
      return json(text);
    case ParameterType::kInteger:
    case ParameterType::kNumber:
      break;
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return wrong("not a number.");
  if (parameter.least && number < *parameter.least) return wrong(fmt::format("at least {:g}.", *parameter.least));
  if (parameter.most && number > *parameter.most) return wrong(fmt::format("at most {:g}.", *parameter.most));
  if (parameter.type == ParameterType::kNumber) return json(number);
  if (number != std::floor(number) || std::abs(number) > 9e15) return wrong("a whole number, please.");
  return json(static_cast<std::int64_t>(number));
}

}  // namespace

Result<std::vector<Analyser>> parse_analysers(const json& result) {
  return parse_list<Analyser>(result, "analysis.analysers", "analysers", kMostAnalysers, parse_analyser);
}

Result<AnalysisJob> parse_job(const json& object) {
  Fields fields(object, "job");
  AnalysisJob job;
  job.job = fields.text("job", kMostNameBytes);
  job.media = fields.text("media", kMostNameBytes);
  job.analyser = fields.text("analyser", kMostNameBytes);
  job.state = named(fields, "state", kStates);
  if (!fields.is_ok()) return fail(fields.error());
  job.name = text_or(object, "name", kMostNameBytes);
  if (job.name.empty()) job.name = job.analyser;
  job.version = text_or(object, "version", kMostNameBytes);
  if (const json* parameters = member(object, "parameters"); parameters != nullptr && parameters->is_object())
    job.parameters = cut_text(net::to_text(*parameters), kMostWordsBytes);
  job.fraction = share_or(object, "fraction", 0);
  job.message = text_or(object, "message", kMostWordsBytes);
  job.analysed_us = integer_or(object, "analysed_us", 0);
  read_counts(object, job.points, job.events, job.series);
  job.started_by = text_or(object, "started_by", kMostNameBytes);
  job.created_utc_ns = integer_or(object, "created_utc_ns", 0);
  job.error = text_or(object, "error", kMostWordsBytes);
  return job;
}

Result<std::vector<AnalysisJob>> parse_jobs(const json& result) {
  return parse_list<AnalysisJob>(result, "analysis.jobs", "jobs", kMostJobs, parse_job);
}

Result<AnalysisJob> parse_started_job(const json& result) {
  Fields fields(result, "analysis.start");
  const json* job = fields.find("job");
  if (job == nullptr) return fail(fields.error());
  return parse_job(*job);
}

Result<TrackPage> parse_tracks(const json& result) {
  Fields fields(result, "analysis.tracks");
  TrackPage page;
  page.until_us = fields.integer("until_us", 0, kMostMediaUs);
  const json* points = fields.find("points");
  if (points != nullptr && !points->is_array()) fields.complain("points", "is not a list");
  if (!fields.is_ok()) return fail(fields.error());
  ZOE_TRY(page.objects, parse_list<TrackObject>(result, "analysis.tracks", "objects", kMostPagePoints, parse_object));
  page.points.reserve(std::min(points->size(), kMostPagePoints));
  for (const json& row : *points) {
    if (page.points.size() == kMostPagePoints) break;
    TrackPoint point;
    if (read_point(row, point)) page.points.push_back(point);
  }
  page.next = cursor_of(result);
  return page;
}

Result<EventPage> parse_events(const json& result) {
  EventPage page;
  ZOE_TRY(page.events, parse_list<AnalysisEvent>(result, "analysis.events", "events", kMostPageEvents, parse_event));
  page.next = cursor_of(result);
  return page;
}

Result<std::vector<AnalysisSeries>> parse_series(const json& result) {
  return parse_list<AnalysisSeries>(result, "analysis.series", "series", kMostSeries, parse_one_series);
}

Result<JobChange> parse_job_change(const json& event) {
  Fields fields(event, "analysis.changed");
  JobChange change;
  change.job = fields.text("job", kMostNameBytes);
  change.media = fields.text("media", kMostNameBytes);
  change.state = named(fields, "state", kStates);
  if (!fields.is_ok()) return fail(fields.error());
  change.fraction = share_or(event, "fraction", 0);
  change.message = text_or(event, "message", kMostWordsBytes);
  change.analysed_us = integer_or(event, "analysed_us", 0);
  read_counts(event, change.points, change.events, change.series);
  return change;
}

Result<std::string> start_params(std::string_view media, const Analyser& analyser,
                                 std::span<const std::pair<std::string, std::string>> chosen) {
  json parameters = json::object();
  for (const AnalyserParameter& parameter : analyser.parameters) {
    const auto found =
        std::find_if(chosen.begin(), chosen.end(), [&](const auto& each) { return each.first == parameter.name; });
    // What is left as it came is left to the analyser.
    if (found == chosen.end() || found->second == parameter.value) continue;
    ZOE_TRY(parameters[parameter.name], chosen_value(parameter, found->second));
  }
  json params = {{"media", media}, {"analyser", analyser.analyser}};
  if (!parameters.empty()) params["parameters"] = std::move(parameters);
  return net::to_text(params);
}

std::string tracks_params(std::string_view job, std::int64_t from_us, std::int64_t until_us, std::string_view after) {
  json params = {{"job", job}, {"from_us", from_us}, {"until_us", until_us}};
  add_cursor(params, after);
  return net::to_text(params);
}

std::string events_params(std::string_view job, std::string_view after) {
  json params = {{"job", job}};
  add_cursor(params, after);
  return net::to_text(params);
}

}  // namespace zoe::player
