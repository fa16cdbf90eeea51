#include "player/client/analysis_messages.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace zoe::player {
namespace {

using nlohmann::json;

json job() {
  return {{"job", "j1"},
          {"media", "m1"},
          {"analyser", "football"},
          {"name", "Football"},
          {"version", "1.0.0"},
          {"parameters", {{"detector", "classic"}}},
          {"state", "running"},
          {"fraction", 0.25},
          {"message", "Tracking"},
          {"analysed_us", 5'000'000},
          {"counts", {{"tracks", 120}, {"events", 3}, {"series", 2}}},
          {"started_by", "ann"},
          {"created_utc_ns", 77}};
}

TEST(AnalysisMessages, AJobIsReadAsItIs) {
  const auto read = parse_job(job());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->job, "j1");
  EXPECT_EQ(read->state, JobState::kRunning);
  EXPECT_FLOAT_EQ(read->fraction, 0.25F);
  EXPECT_EQ(read->points, 120);
  EXPECT_EQ(read->events, 3);
  EXPECT_TRUE(read->is_going_on());
}

TEST(AnalysisMessages, AJobWithoutAStateIsNone) {
  json bad = job();
  bad["state"] = "flying";
  EXPECT_FALSE(parse_job(bad));
  bad.erase("state");
  EXPECT_FALSE(parse_job(bad));
  EXPECT_FALSE(parse_job(json::array()));
  json odd = job();
  odd["fraction"] = 1e300;
  odd["counts"] = "many";
  odd["analysed_us"] = -4;
  const auto read = parse_job(odd);
  ASSERT_TRUE(read) << "what only decorates is as if it were not told";
  EXPECT_FLOAT_EQ(read->fraction, 1);
  EXPECT_EQ(read->points, 0);
  EXPECT_EQ(read->analysed_us, 0);
}

TEST(AnalysisMessages, TracksAreReadAndPointsWithoutSenseLeftOut) {
  const json answer{{"objects",
                     {{{"id", 7}, {"class", "player"}, {"team", "b"}, {"label", "Ann"}},
                      {{"id", 8}, {"class", "ball"}},
                      {{"id", 9}, {"class", "dog"}, {"team", "c"}}}},
                    {"points",
                     {{40'000, 7, 0.1, 0.2, 0.05, 0.1, 0.9, 52.5, 34.0},
                      {40'000, 8, 0.1, 0.2, 0.01, 0.01, 0.5, nullptr, nullptr},
                      {-1, 7, 0.1, 0.2, 0.05, 0.1, 0.9, nullptr, nullptr},
                      {50'000, 0, 0.1, 0.2, 0.05, 0.1, 0.9, nullptr, nullptr},
                      {50'000, 7, 0.1, 0.2, 0.0, 0.1, 0.9, nullptr, nullptr},
                      {50'000, 7, 1e30, 0.2, 0.05, 0.1, 0.9, nullptr, nullptr},
                      {50'000, 7, "left", 0.2, 0.05, 0.1, 0.9, nullptr, nullptr},
                      {50'000, 5'000'000'000, 0.1, 0.2, 0.05, 0.1, 0.9, nullptr, nullptr},
                      {60'000, 7},
                      "nothing"}},
                    {"next", "c2"},
                    {"until_us", 80'000}};
  const auto page = parse_tracks(answer);
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->points.size(), 2U);
  EXPECT_FLOAT_EQ(page->points[0].pitch_x, 52.5F);
  EXPECT_TRUE(std::isnan(page->points[1].pitch_x));
  EXPECT_EQ(page->objects[0].kind, TrackClass::kPlayer);
  EXPECT_EQ(page->objects[0].team, Team::kB);
  EXPECT_EQ(page->objects[2].kind, TrackClass::kOther);
  EXPECT_EQ(page->objects[2].team, Team::kNone);
  EXPECT_EQ(tracks_params("j", 0, 5, page->next), R"({"after":"c2","from_us":0,"job":"j","until_us":5})");
}

TEST(AnalysisMessages, CursorsMayBeNumbers) {
  const json answer{{"events", json::array()}, {"next", 200}};
  EXPECT_EQ(events_params("j", parse_events(answer)->next), R"({"after":200,"job":"j"})");
  EXPECT_EQ(parse_events({{"events", json::array()}, {"next", json::object()}})->next, "");
  EXPECT_EQ(parse_events({{"events", json::array()}, {"next", std::string(1000, 'x')}})->next, "");
}

TEST(AnalysisMessages, ListsAreCutAtTheirBounds) {
  json points = json::array();
  for (std::size_t i = 0; i < kMostPagePoints + 10; ++i)
    points.push_back({i, 1, 0.1, 0.1, 0.1, 0.1, 1, nullptr, nullptr});
  EXPECT_EQ(parse_tracks({{"objects", json::array()}, {"points", points}, {"until_us", 1}})->points.size(),
            kMostPagePoints);
  json events = json::array();
  for (std::size_t i = 0; i < kMostPageEvents + 10; ++i)
    events.push_back({{"event", i}, {"kind", "shot"}, {"time_us", i}});
  EXPECT_EQ(parse_events({{"events", events}})->events.size(), kMostPageEvents);
  json grid{{"title", "g"}, {"columns", 100'000}, {"rows", 100'000}, {"values", {1}}};
  EXPECT_TRUE(parse_job_summary({{"job", {{"summary", {{"grids", {grid}}}}}}})->grids.empty());
}

TEST(AnalysisMessages, EventsMakeSenseInTime) {
  const auto page = parse_events({{"events",
                                   {{{"event", 0}, {"kind", "shot"}, {"time_us", 5'000}, {"end_us", 4'000}},
                                    {{"event", 1},
                                     {"kind", "turnover"},
                                     {"time_us", 6'000},
                                     {"end_us", 9'000},
                                     {"confidence", 7},
                                     {"team", "a"}}}}});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->events[0].end_us, 5'000);
  EXPECT_LT(page->events[0].confidence, 0);
  EXPECT_EQ(page->events[1].end_us, 9'000);
  EXPECT_FLOAT_EQ(page->events[1].confidence, 1);
  EXPECT_FALSE(parse_events({{"events", {{{"event", 0}, {"kind", "shot"}, {"time_us", -1}}}}}));
  EXPECT_FALSE(parse_events({{"events", "none"}}));
}

TEST(AnalysisMessages, SeriesAreSortedAndFinite) {
  const auto series =
      parse_series({{"series",
                     {{{"name", "possession"},
                       {"points", {{2000, 0.5}, {1000, -1}, {3000, nullptr}, {-5, 1}, {4000, 1e300}, 7}}}}}});
  ASSERT_TRUE(series);
  ASSERT_EQ(series->at(0).points.size(), 2U);
  EXPECT_EQ(series->at(0).points[0].first, 1000);
  EXPECT_EQ(series->at(0).title, "possession");
}

TEST(AnalysisMessages, ASummaryIsTakenAsFarAsItMakesSense) {
  const json summary{
      {"text", "Two teams."},
      {"values", {{"distance", 10.4321}, {"winner", "A"}, {"list", json::array()}}},
      {"teams", {{"a", {{"name", "Reds"}, {"color", "#ff0000"}}}, {"b", {{"color", "blue"}}}}},
      {"tables",
       {{{"title", "Speed"}, {"columns", {"Player", "km/h"}}, {"rows", {{"7", 31.25}, {"8"}, "x"}}},
        {{"title", "empty"}}}},
      {"grids", {{{"title", "Heat"}, {"columns", 2}, {"rows", 2}, {"values", {0, 0.5, 9}}, {"team", "a"}}}},
      {"not_seen", {"offside", 5}}};
  const auto read = parse_job_summary({{"job", {{"summary", summary}}}});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->values[0].second, "10.43");
  EXPECT_EQ(read->teams[0].color, (TeamColor{255, 0, 0}));
  EXPECT_FALSE(read->teams[1].color);
  ASSERT_EQ(read->tables.size(), 1U);
  ASSERT_EQ(read->tables[0].rows.size(), 2U);
  EXPECT_EQ(read->tables[0].rows[0][1], "31.25");
  EXPECT_EQ(read->tables[0].rows[1].size(), 2U);
  ASSERT_EQ(read->grids.size(), 1U);
  EXPECT_EQ(read->grids[0].values, (std::vector<float>{0, 0.5F, 1, 0}));
  EXPECT_EQ(read->not_seen, std::vector<std::string>{"offside"});
  EXPECT_TRUE(parse_job_summary({{"job", {{"summary", nullptr}}}})->is_empty());
}

TEST(AnalysisMessages, AnalysersAndTheirParameters) {
  const auto read = parse_analysers(
      {{"analysers",
        {{{"analyser", "football"},
          {"name", "Football"},
          {"is_available", true},
          {"parameters",
           {{{"name", "step"}, {"type", "integer"}, {"default", 1}, {"min", 1}, {"max", 10}},
            {{"name", "fast"}, {"type", "boolean"}, {"default", false}},
            {{"name", "detector"}, {"type", "choice"}, {"default", "classic"}, {"choices", {"classic", "onnx"}}}}}},
         {{"analyser", "cuts"}, {"name", "Cuts"}, {"is_available", false}, {"unavailable_reason", "no node"}}}}});
  ASSERT_TRUE(read) << read.error().message;
  const Analyser& football = read->at(0);
  EXPECT_EQ(football.parameters[0].value, "1");
  EXPECT_EQ(football.parameters[1].value, "false");
  EXPECT_EQ(read->at(1).unavailable_reason, "no node");

  using Chosen = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(*start_params("m", football, Chosen{{"step", "1"}}), R"({"analyser":"football","media":"m"})")
      << "what is left as it came is left to the analyser";
  EXPECT_EQ(*start_params("m", football, Chosen{{"step", "3"}, {"fast", "true"}, {"detector", "onnx"}}),
            R"({"analyser":"football","media":"m","parameters":{"detector":"onnx","fast":true,"step":3}})");
  EXPECT_EQ(start_params("m", football, Chosen{{"step", "0"}}).error().message, "step: at least 1.");
  EXPECT_EQ(start_params("m", football, Chosen{{"step", "2.5"}}).error().message, "step: a whole number, please.");
  EXPECT_EQ(start_params("m", football, Chosen{{"step", "lots"}}).error().message, "step: not a number.");
  EXPECT_FALSE(start_params("m", football, Chosen{{"detector", "magic"}}));
}

TEST(AnalysisMessages, ChangesAreRead) {
  json event = job();
  event["event"] = "analysis.changed";
  const auto change = parse_job_change(event);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->analysed_us, 5'000'000);
  EXPECT_FALSE(parse_job_change(json::object()));
}

}  // namespace
}  // namespace zoe::player
