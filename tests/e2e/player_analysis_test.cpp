// AI, end to end: the player by its input script, the server, the football script, and a generated match whose truth is
// known. What lies on the picture is compared with that truth, by what the player says it drew and by its pixels.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>

#include "tests/e2e/player_process.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/paths.hpp"

namespace zoe::test {
namespace {

using nlohmann::json;

constexpr int kWidth = 1280;  // of the window, which the picture fills
constexpr int kHeight = 720;
constexpr int kFps = 25;
constexpr double kEventUs = 3'240'000;
constexpr const char* kScript = R"sh(
/usr/bin/python3 -B "$@" | sed -u '/^{"type":"summary"/i {"type":"event","kind":"shot","time_us":3240000,"team":"a"}'
)sh";

struct Rect {
  double x = 0;
  double y = 0;
  double w = 0;
  double h = 0;
};

double overlap(const Rect& a, const Rect& b) {
  const double w = std::min(a.x + a.w, b.x + b.w) - std::max(a.x, b.x);
  const double h = std::min(a.y + a.h, b.y + b.h) - std::max(a.y, b.y);
  if (w <= 0 || h <= 0) return 0;
  return w * h / (a.w * a.h + b.w * b.h - w * h);
}

Rect rect_of(const json& box, double width, double height) {
  return {box[0].get<double>() * width, box[1].get<double>() * height, box[2].get<double>() * width,
          box[3].get<double>() * height};
}

class PlayerAnalysis : public testing::Test {
 protected:
  PlayerAnalysis() {
    const std::string truth = dir.file("truth.jsonl");
    std::filesystem::create_directories(dir.file("films"));
    const RunResult made = test::run({"/usr/bin/python3", "-B", repository_folder() + "/assets/football/make_match.py",
                                      dir.file("films/Match.mp4"), "--truth", truth, "--seconds", "5", "--seed", "14",
                                      "--size", "864x486", "--fps", std::to_string(kFps), "--kits", "blue,yellow"},
                                     {}, std::chrono::minutes(10));
    if (!made.ok()) throw std::runtime_error(made.err);
    std::ifstream lines(truth);
    for (std::string line; std::getline(lines, line);) {
      json item = json::parse(line);
      if (item.at("type") == "frame") frames.push_back(std::move(item));
    }
    // The football script, and an event more, so that there is one at a time that is known.
    dir.write("scripts/match/run.sh", kScript);
    dir.write("scripts/match/match.toml",
              "id = \"match\"\nname = \"Match\"\nversion = \"1\"\nneeds = [\"/usr/bin/python3\"]\ncommand = [\"sh\", "
              "\"{folder}/run.sh\", \"" +
                  repository_folder() +
                  "/plugins/analysis_script/scripts/football/football.py\", \"{media}\", \"{parameters}\", "
                  "\"{work}\"]\n");
    server = std::make_unique<ServerProcess>(
        ServerOptions{.folders = {dir.file("films")},
                      .settings = "[plugins.analysis_script]\nscripts = [\"" + dir.file("scripts") + "\"]\n"});
    WireClient(server->port()).result("auth.register", kAnn);
    dir.write("password", kAnn.at("password").get<std::string>() + "\n");
  }

  PlayerOutcome play(const std::string& script) {
    return player->run({"--media", "Match", "--paused", "--user", "ann", "--password-file", dir.file("password"),
                        "--size", std::to_string(kWidth) + "x" + std::to_string(kHeight)},
                       "timeout 240000\n" + script + "quit\n");
  }

  // Compares the boxes of a marked moment with the truth of its frame: most people have one, most boxes have someone,
  // and counts which team is drawn as which.
  void expect_true(const json& mark) {
    const json& overlay = mark.at("overlay");
    const auto frame = static_cast<std::size_t>(std::llround(overlay.at("time_us").get<double>() * kFps / 1e6));
    ASSERT_LT(frame, frames.size());
    std::vector<const json*> people;
    for (const json& each : overlay.at("objects"))
      if (each.at("class") != "ball") people.push_back(&each);
    std::vector<bool> is_taken(people.size());
    int plain = 0;  // people who are hidden by hardly anything
    int found = 0;
    for (const json& each : frames[frame].at("objects")) {
      const Rect box = rect_of(each.at("box"), kWidth, kHeight);
      std::size_t best = people.size();
      double most = 0.5;
      for (std::size_t i = 0; i < people.size(); ++i) {
        const double share = is_taken[i] ? 0 : overlap(box, rect_of(people[i]->at("box"), 1, 1));
        if (share > most) most = share, best = i;
      }
      const bool is_plain = each.at("class") != "assistant" && each.at("occlusion") < 0.3;
      plain += is_plain ? 1 : 0;
      if (best == people.size()) continue;
      is_taken[best] = true;
      found += is_plain ? 1 : 0;
      if (each.at("class") == "player")
        ++teams[each.at("team").get<std::string>() + people[best]->at("team").get<std::string>()];
    }
    const auto right = std::count(is_taken.begin(), is_taken.end(), true);
    EXPECT_GE(plain, 8) << mark.at("name");
    EXPECT_GE(found, 0.8 * plain) << mark.at("name") << ", of " << plain;
    EXPECT_GE(static_cast<double>(right), 0.8 * static_cast<double>(people.size())) << mark.at("name");
  }

  const json kAnn = {{"name", "ann"}, {"password", "a long enough password"}};
  TempDir dir;
  std::vector<json> frames;  // of the truth
  std::unique_ptr<ServerProcess> server;
  std::unique_ptr<PlayerRun> player;
  std::map<std::string, int> teams;  // how often a player of a true team was drawn in one of the analysis
};

std::string at_frame(int frame) {
  return "seek " + std::to_string((frame + 0.5) / kFps) + "\nwait-state paused\nwait-for overlay\n";
}

// Of the four edges of the boxes, the share of pixels that are others with the overlays than without.
double share_of_edges(const json& mark, const Pixels& with, const Pixels& without) {
  int looked_at = 0;
  int other = 0;
  const auto look = [&](double x, double y) {
    // The controls, the title and the map lie elsewhere.
    if (y < 110 || y > 430 || x < 4 || x > kWidth - 4) return;
    const std::size_t at = 3 * (static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x));
    int difference = 0;
    for (std::size_t i = at; i < at + 3; ++i)
      difference += std::abs(static_cast<unsigned char>(with.rgb[i]) - static_cast<unsigned char>(without.rgb[i]));
    ++looked_at;
    other += difference > 60 ? 1 : 0;
  };
  for (const json& each : mark.at("overlay").at("objects")) {
    if (each.at("class") == "ball") continue;
    const Rect box = rect_of(each.at("box"), 1, 1);
    for (double part = 0.1; part < 1; part += 0.1) {
      look(box.x + part * box.w, std::round(box.y) + 1);
      look(box.x + part * box.w, std::round(box.y + box.h) - 1);
      look(std::round(box.x) + 1, box.y + part * box.h);
      look(std::round(box.x + box.w) - 1, box.y + part * box.h);
    }
  }
  EXPECT_GT(looked_at, 200);
  return static_cast<double>(other) / std::max(looked_at, 1);
}

TEST_F(PlayerAnalysis, IsStartedWatchedSeenAndGoneTo) {
  player = std::make_unique<PlayerRun>(server->port());
  const std::string script =
      "wait-state paused\nmove 50% 50%\nclick-on ai\nclick-on analyser.match.start\nwait-for job.progress\npause\n"
      "wait-for job.state running\nmark running\nwait-for overlay\nmark first\nwait-for job.state done\n"
      // By the panel, then by the timeline.
      "click-on analysis.tab.events\nclick-on analysis.event.0\nwait-state paused\nmark by-panel\nseek 1\n"
      "wait-state paused\nmove 50% 96%\nclick-on seek.event.0\nwait-state paused\nmark by-timeline\n"
      "click-on analysis.close\n" +
      // The script looks at every second frame: the odd ones lie between two of its points.
      at_frame(60) + "mark even\n" + at_frame(61) +
      "mark odd\nscreenshot with.png\nkey shift+a\nwait-state paused\nmark none\nscreenshot without.png\nkey "
      "shift+a\n" +
      at_frame(110) + "rate -1\nplay\nwait-frame 61\nmark backwards\npause\nwait-state paused\nmark held\n" +
      at_frame(61) + "mark again\nrate 2\nplay\nwait-frame 100\nmark fast\npause\nwait-state paused\n";
  const PlayerOutcome outcome = play(script);
  ASSERT_TRUE(outcome.result.ok()) << outcome.result.err << server->log();
  std::map<std::string, json> marks;
  for (const json& each : outcome.stats.at("marks")) marks[each.at("name")] = each;

  for (const char* name : {"by-panel", "by-timeline"})
    EXPECT_NEAR(marks[name].at("position_us").get<double>(), kEventUs, 1e6 / kFps) << name;

  for (const char* name : {"even", "odd", "backwards", "held", "fast"}) expect_true(marks[name]);
  EXPECT_EQ(marks["odd"].at("overlay").at("time_us"), 61 * 1'000'000 / kFps);
  EXPECT_EQ(marks["odd"].at("overlay"), marks["again"].at("overlay")) << "the same frame, come to from the other side";
  EXPECT_NE(marks["odd"].at("overlay").at("objects"), marks["even"].at("overlay").at("objects"));
  EXPECT_TRUE(marks["none"].at("overlay").at("objects").empty());
  // Each team is drawn as one, and as another than the other.
  const int straight = teams["aa"] + teams["bb"];
  const int crossed = teams["ab"] + teams["ba"];
  EXPECT_GE(std::max(straight, crossed), 0.9 * (straight + crossed + teams["a"] + teams["b"]));
  EXPECT_GE(straight + crossed, 50);

  EXPECT_GT(
      share_of_edges(marks["odd"], read_pixels(player->file("with.png")), read_pixels(player->file("without.png"))),
      0.85);
}

}  // namespace
}  // namespace zoe::test
