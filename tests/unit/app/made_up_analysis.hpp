// What a server might tell of analyses: a match of football that nobody played.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "tests/unit/app/player_stage.hpp"

namespace zoe::test {

struct MadeUpAnalysis {
  std::string state = "done";  // empty: there is no job yet
  double fraction = 1;
  std::string message;
  std::string error;
  std::int64_t analysed_us = 596'000'000;
  bool has_analysers = true;
  std::string analysers_error;  // instead of an answer
};

// Where the player of this number is at a time: left edge and top of its box.
inline std::pair<double, double> made_up_place(int id, std::int64_t time_us) {
  const double t = static_cast<double>(time_us) / 1e6;
  return {0.08 + 0.037 * id + 0.02 * std::sin(t * 1.3 + id),
          0.3 + 0.4 * ((id * 7) % 11) / 11 + 0.015 * std::cos(t + id)};
}

inline constexpr int kMadeUpPlayers = 23;  // the last is the referee
inline constexpr int kMadeUpBall = 99;

inline nlohmann::json made_up_job(const MadeUpAnalysis& analysis) {
  const bool has_found = analysis.analysed_us > 0;
  nlohmann::json job{{"job", "j1"},
                     {"media", "Big Buck Bunny"},
                     {"analyser", "football"},
                     {"name", "Football"},
                     {"version", "1.0.0"},
                     {"parameters", nlohmann::json::object()},
                     {"state", analysis.state},
                     {"fraction", analysis.fraction},
                     {"message", analysis.message},
                     {"analysed_us", analysis.analysed_us},
                     {"counts", {{"tracks", has_found ? 412'300 : 0}, {"events", has_found ? 9 : 0}, {"series", 3}}},
                     {"started_by", "Ada"},
                     {"created_utc_ns", 1}};
  if (!analysis.error.empty()) job["error"] = analysis.error;
  return job;
}

inline nlohmann::json made_up_tracks(const nlohmann::json& params, std::int64_t analysed_us) {
  using nlohmann::json;
  json objects = json::array();
  for (int id = 1; id <= kMadeUpPlayers; ++id) {
    json object{{"id", id}, {"class", id == kMadeUpPlayers ? "referee" : id % 11 == 1 ? "keeper" : "player"}};
    if (id < kMadeUpPlayers) object["team"] = id <= 11 ? "a" : "b";
    objects.push_back(std::move(object));
  }
  objects.push_back({{"id", kMadeUpBall}, {"class", "ball"}});
  json points = json::array();
  const auto until_us = std::min(params.at("until_us").get<std::int64_t>(), analysed_us);
  for (std::int64_t time_us = params.at("from_us"); time_us < until_us; time_us += 100'000) {
    for (int id = 1; id <= kMadeUpPlayers; ++id) {
      const auto [x, y] = made_up_place(id, time_us);
      points.push_back({time_us, id, x, y, 0.018, 0.09, 0.6 + 0.4 * (id % 5) / 4, 105 * x, 68 * (y - 0.25) / 0.5});
    }
    const double t = static_cast<double>(time_us) / 1e6;
    const double x = 0.5 + 0.2 * std::sin(t * 2);
    points.push_back({time_us, kMadeUpBall, x, 0.62, 0.008, 0.014, 0.8, 105 * x, 34});
  }
  return {{"objects", std::move(objects)}, {"points", std::move(points)}, {"until_us", analysed_us}};
}

inline nlohmann::json made_up_summary() {
  using nlohmann::json;
  json heat = json::array();
  for (int row = 0; row < 12; ++row)
    for (int column = 0; column < 18; ++column)
      heat.push_back(std::exp(-0.03 * (std::pow(column - 11, 2) + 2 * std::pow(row - 5, 2))));
  json rows = json::array();
  for (int i = 1; i <= 11; ++i) rows.push_back({"Player " + std::to_string(i), 4.1 + 0.37 * i, 21.5 + i % 7, "a"});
  return {
      {"text", "The reds had more of the ball; most of it in the middle third."},
      {"values", {{"possession_a", "58 %"}, {"possession_b", "42 %"}, {"shots", 7}, {"camera_cuts", 0}}},
      {"teams", {{"a", {{"name", "Reds"}, {"color", "#e0453c"}}}, {"b", {{"name", "Blues"}, {"color", "#5aa0ff"}}}}},
      {"tables",
       {{{"title", "Distance and speed"}, {"columns", {"Player", "km", "km/h", "Team"}}, {"rows", std::move(rows)}}}},
      {"grids", {{{"title", "Reds"}, {"columns", 18}, {"rows", 12}, {"values", heat}, {"team", "a"}}}},
      {"not_seen",
       {"Who the players are: their numbers are too small to be read.",
        "Offsides: the lines of the pitch are not in view for most of the time."}}};
}

inline nlohmann::json made_up_series() {
  using nlohmann::json;
  const auto series = [](const char* name, const char* unit, double high) {
    json points = json::array();
    for (int i = 0; i < 150; ++i) {
      const double wave = std::sin(i * 0.21) + 0.6 * std::sin(i * 0.047 + 1);
      points.push_back({i * 4'000'000LL, high * (high > 1 ? (wave + 1.6) / 3.2 : std::clamp(wave, -1.0, 1.0))});
    }
    return json{{"name", name}, {"unit", unit}, {"points", std::move(points)}};
  };
  return {{"series", {series("possession", "", 1), series("pressure", "%", 100), series("ball_speed", "km/h", 90)}}};
}

inline nlohmann::json made_up_events() {
  using nlohmann::json;
  const char* kinds[] = {"shot", "turnover", "fast_break", "cross", "set_piece", "shot", "goal", "turnover", "other"};
  json list = json::array();
  for (int i = 0; i < 9; ++i) {
    json event{{"event", i},
               {"kind", kinds[i]},
               {"time_us", i == 6 ? 303'000'000LL : 40'000'000LL + i * 52'000'000LL},
               {"confidence", 0.5 + 0.05 * i},
               {"team", i % 2 == 0 ? "a" : "b"}};
    if (i % 3 == 0) event["text"] = "From the left, over the bar";
    list.push_back(std::move(event));
  }
  return {{"events", std::move(list)}};
}

inline nlohmann::json made_up_analysers() {
  using nlohmann::json;
  return {{"analysers",
           {{{"analyser", "football"},
             {"name", "Football"},
             {"description", "Finds pitch, players, referee and ball, follows them, and says who had the ball where."},
             {"version", "1.0.0"},
             {"is_available", true},
             {"parameters",
              {{{"name", "step"},
                {"title", "Look at every so many frames"},
                {"type", "integer"},
                {"default", 1},
                {"min", 1},
                {"max", 10}},
               {{"name", "detector"},
                {"title", "Detector"},
                {"type", "choice"},
                {"default", "classic"},
                {"choices", {"classic", "onnx"}}},
               {{"name", "heat"}, {"title", "Heat maps"}, {"type", "boolean"}, {"default", true}}}}},
            {{"analyser", "scene_cuts"},
             {"name", "Scene cuts"},
             {"description", "Marks where one scene ends and the next begins."},
             {"version", "0.2"},
             {"is_available", false},
             {"unavailable_reason", "ffmpeg is not installed on the server. Install it and it is offered by itself."},
             {"parameters", json::array()}}}}};
}

// Answers all questions about analyses of the video that playing_snapshot() shows; others are left alone.
inline void answer_analysis(const MadeUpAnalysis& analysis, std::string_view method, const std::string& params,
                            const net::Completion& done) {
  using nlohmann::json;
  Result<json> answer = json::object();
  if (method == "analysis.jobs") {
    json jobs = json::array();
    if (!analysis.state.empty()) jobs.push_back(made_up_job(analysis));
    answer = json{{"jobs", jobs}, {"total", jobs.size()}};
  } else if (method == "analysis.analysers") {
    if (!analysis.analysers_error.empty())
      answer = fail(Errc::kUnavailable, analysis.analysers_error);
    else
      answer = analysis.has_analysers ? made_up_analysers() : json{{"analysers", json::array()}};
  } else if (method == "analysis.tracks") {
    answer = made_up_tracks(json::parse(params), analysis.analysed_us);
  } else if (method == "analysis.get") {
    const bool has_summary = analysis.state == "done";
    json job = made_up_job(analysis);
    job["summary"] = has_summary ? made_up_summary() : json();
    answer = json{{"job", std::move(job)}};
  } else if (method == "analysis.series") {
    answer = analysis.analysed_us > 0 ? made_up_series() : json{{"series", json::array()}};
  } else if (method == "analysis.events") {
    answer = analysis.analysed_us > 0 ? made_up_events() : json{{"events", json::array()}};
  } else if (method == "analysis.start") {
    answer = json{{"job", made_up_job({.state = "queued", .fraction = 0, .analysed_us = 0})}};
  } else if (!method.starts_with("analysis.")) {
    return;
  }
  done(answer);
}

inline void answer_with_analysis(PlayerStage& stage, const MadeUpAnalysis& analysis) {
  stage.link.on_request = [analysis](std::string_view method, const std::string& params, const net::Completion& done) {
    answer_analysis(analysis, method, params, done);
  };
}

}  // namespace zoe::test
