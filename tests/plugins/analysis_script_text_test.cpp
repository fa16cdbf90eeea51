// Manifests and lines of scripts: what is understood, and how what is not is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "plugins/analysis_script/manifest.hpp"
#include "plugins/analysis_script/script_line.hpp"

namespace zoe::plugins::analysis_script {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kGood = R"(id = "football"
name = "Football"
description = "Players and ball"
version = "1.0.0"
command = ["python3", "{folder}/football.py", "--in={media}", "{parameters}"]
needs = ["python3"]
[limits]
seconds = 60
at_once = 2
[[parameters]]
name = "speed"
title = "Speed"
type = "choice"
choices = ["fast", "exact"]
default = "exact"
[[parameters]]
name = "share"
type = "number"
min = 0
max = 1
)";

std::string error_of(const std::string& text) {
  const auto parsed = parse_manifest(text, "/scripts/x/x.toml");
  EXPECT_FALSE(parsed) << text;
  return parsed ? "" : parsed.error().message;
}

// kGood with a line replaced.
std::string with(const std::string& line, const std::string& other) {
  std::string text = kGood;
  const auto at = text.find(line);
  EXPECT_NE(at, std::string::npos) << line;
  return text.replace(at, line.size(), other);
}

TEST(Manifest, IsUnderstood) {
  const auto manifest = parse_manifest(kGood, "/scripts/football/football.toml");
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->id, "football");
  EXPECT_EQ(manifest->folder, "/scripts/football");
  EXPECT_EQ(manifest->limits.seconds, 60);
  EXPECT_EQ(manifest->limits.at_once, 2);
  EXPECT_EQ(manifest->limits.memory_mib, Limits().memory_mib);
  ASSERT_EQ(manifest->parameters.size(), 2U);
  EXPECT_EQ(manifest->parameters[0].at("default"), "exact");
  EXPECT_EQ(manifest->parameters[1].at("default"), 0);
  EXPECT_EQ(manifest->parameters[1].at("title"), "share");
}

TEST(Manifest, PlacesAreFilledInOnce) {
  const Places places{.media = "/a {work}.mp4", .parameters = "/p", .work = "/w", .folder = "/f"};
  EXPECT_THAT(fill_in({"--in={media}{work}", "{parameters}", "{", "{medi", "{print $1}", "{folder}/x"}, places),
              ElementsAre("--in=/a {work}.mp4/w", "/p", "{", "{medi", "{print $1}", "/f/x"));
}

TEST(Manifest, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_THAT(error_of(with("id = \"football\"", "id = \"Foot ball\"")), HasSubstr("x.toml:1: id must be"));
  EXPECT_THAT(error_of(with("version = \"1.0.0\"\n", "")), HasSubstr("version must be text"));
  EXPECT_THAT(error_of(with("seconds = 60", "seconds = 0")), HasSubstr("x.toml:8: limits.seconds must be a whole"));
  EXPECT_THAT(error_of(with("seconds = 60", "seconds = \"60\"")), HasSubstr("x.toml:8"));
  EXPECT_THAT(error_of(with("seconds", "second")), HasSubstr("x.toml:8: limits.second is nothing"));
  EXPECT_THAT(error_of(with("{media}", "{mdia}")), HasSubstr("no other places"));
  EXPECT_THAT(error_of(with("command = [\"python3\"", "command = [3")), HasSubstr("x.toml:5: command must be"));
  EXPECT_THAT(error_of("command = []\n" + with("command", "kommand")), HasSubstr("command must be"));
  EXPECT_THAT(error_of(with("default = \"exact\"", "default = \"slow\"")), HasSubstr("parameters[0].default"));
  EXPECT_THAT(error_of(with("\"share\"", "\"speed\"")), HasSubstr("another name"));
  EXPECT_THAT(error_of(with("min = 0", "min = 3")), HasSubstr("at most max"));
  EXPECT_THAT(error_of(with("\"number\"", "\"color\"")), HasSubstr("parameters[1].type"));
  EXPECT_THAT(error_of(with("[limits]", "[limits")), HasSubstr("x.toml:7"));
  EXPECT_THAT(error_of("a = " + std::string(10'000, '[')), HasSubstr("too deeply"));
  EXPECT_THAT(error_of(std::string(70'000, '#')), HasSubstr("64 KiB"));
  EXPECT_THAT(error_of(std::string("id = \"a\0b\"", 10)), HasSubstr("x.toml:1"));
}

std::string wrong_with(const std::string& line) {
  const auto parsed = parse_line(line);
  EXPECT_FALSE(parsed) << line;
  return parsed ? "" : parsed.error().message;
}

TEST(ScriptLine, EachKindIsUnderstood) {
  EXPECT_TRUE(std::holds_alternative<HelloLine>(parse_line(R"({"type":"hello","protocol":1})").value()));
  const auto track =
      std::get<TrackLine>(parse_line(R"({"type":"track","time_us":40000,"id":7,"class":"player","team":"a",
      "box":[0.995,0.1,0.01,0.2],"confidence":0.5,"pitch":[-2,70],"more":{"a":1}})")
                              .value());
  EXPECT_EQ(track.id, 7U);
  EXPECT_NEAR(track.x + track.width, 1, 1e-9) << "a rounding over the edge is put back";
  EXPECT_EQ(track.pitch->y, 70);
  const auto plain = std::get<TrackLine>(
      parse_line(R"({"type":"track","time_us":0,"id":1,"class":"ball","box":[0,0,1,1],"team":null,"label":""})")
          .value());
  EXPECT_EQ(plain.confidence, 1);
  EXPECT_FALSE(plain.pitch);
  const auto event =
      std::get<EventLine>(parse_line(R"({"type":"event","kind":"shot","time_us":1,"end_us":2,"team":"b"})").value());
  EXPECT_EQ(event.end_us, 2);
  EXPECT_FALSE(event.confidence);
  EXPECT_EQ(std::get<SeriesLine>(parse_line(R"({"type":"series","name":"n","time_us":1,"value":-2.5})").value()).value,
            -2.5);
  const auto summary = std::get<SummaryLine>(parse_line(R"({"type":"summary","text":"t","values":{"a":1,"b":"x"},
      "teams":{"a":{"name":"A","color":"#00ff7F"}},"tables":[{"title":"T","columns":["c"],"rows":[[1],["x"]]}],
      "grids":[{"title":"G","columns":2,"rows":1,"values":[0,1],"team":"a"}],"not_seen":["x"]})")
                                                 .value());
  EXPECT_FALSE(json::parse(summary.json).contains("type"));
  EXPECT_EQ(json::parse(summary.json).at("grids").at(0).at("values").size(), 2U);
  EXPECT_EQ(std::get<ErrorLine>(parse_line(R"({"type":"error","message":"m"})").value()).message, "m");
}

TEST(ScriptLine, WhatIsWrongIsSaid) {
  for (const char* line : {"", "{", "[]", "3", "null", R"({"type":3})", R"({"type":"nothing"})", "{\"type\":\"\xff\"}"})
    wrong_with(line);
  EXPECT_THAT(wrong_with(R"({"type":"progress","fraction":1.5})"),
              HasSubstr("\"fraction\" must be a number from 0 to 1"));
  EXPECT_THAT(wrong_with(R"({"type":"progress","fraction":1e999})"), HasSubstr("JSON"));
  const auto track = [](const std::string& more) { return R"({"type":"track","class":"p",)" + more + "}"; };
  EXPECT_THAT(wrong_with(track(R"("time_us":1.5,"id":1,"box":[0,0,1,1])")), HasSubstr("time_us"));
  EXPECT_THAT(wrong_with(track(R"("time_us":18446744073709551615,"id":1,"box":[0,0,1,1])")), HasSubstr("time_us"));
  EXPECT_THAT(wrong_with(track(R"("time_us":1,"id":0,"box":[0,0,1,1])")), HasSubstr("\"id\""));
  EXPECT_THAT(wrong_with(track(R"("time_us":1,"id":2147483648,"box":[0,0,1,1])")), HasSubstr("\"id\""));
  for (const char* box :
       {"[0,0,1]", "[0,0,1,1,1]", "[0,0,0,1]", "[0.5,0,0.6,1]", "[-0.5,0,0.4,1]", "\"all\"", "[0,0,null,1]"})
    EXPECT_THAT(wrong_with(track(R"("time_us":1,"id":1,"box":)" + std::string(box))), HasSubstr("\"box\"")) << box;
  EXPECT_THAT(wrong_with(track(R"("time_us":1,"id":1,"box":[0,0,1,1],"pitch":[1e9,0])")), HasSubstr("pitch"));
  EXPECT_THAT(wrong_with(R"({"type":"event","kind":"shot","time_us":5,"end_us":4})"), HasSubstr("end_us"));
  EXPECT_THAT(wrong_with(R"({"type":"event","kind":")" + std::string(65, 'x') + R"(","time_us":5})"),
              HasSubstr("kind"));
  for (const char* part : {R"("values":[1])", R"("values":{"a":[1]})", R"("teams":{"a":{"color":"red"}})",
                           R"("tables":[{"title":"T","columns":["c"],"rows":[[1,2]]}])", R"("not_seen":"all")",
                           R"("grids":[{"title":"G","columns":2,"rows":2,"values":[0,1]}])",
                           R"("grids":[{"title":"G","columns":1,"rows":1,"values":[2]}])"})
    wrong_with(R"({"type":"summary",)" + std::string(part) + "}");
  wrong_with(R"({"type":"summary","a":)" + std::string(40, '[') + std::string(40, ']') + "}");
}

}  // namespace
}  // namespace zoe::plugins::analysis_script
