// What keys do with a video besides playing it, by what is on the screen, in the files it leaves, and in its trace.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/player_process.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/paths.hpp"

namespace zoe::test {
namespace {

constexpr std::int64_t kFrameUs = 33'334;

class PlayerKeys : public testing::Test {
 protected:
  RunResult play(const std::vector<std::string>& files, const std::string& script) {
    std::filesystem::create_directories(dir.file("saved"));
    std::vector<std::string> words = {
        program("zoetrope"), "--headless", "--size",          "640x480",        "--downloads",
        dir.file("saved"),   "--trace",    dir.file("trace"), "--input-script", dir.write("keys.txt", script)};
    words.insert(words.end(), files.begin(), files.end());
    return run(words, {.environment = {{"XDG_CONFIG_HOME", dir.file("config")}}, .folder = dir.path()});
  }

  std::vector<std::string> saved() const {
    std::vector<std::string> files;
    for (const auto& each : std::filesystem::directory_iterator(dir.file("saved"))) files.push_back(each.path());
    std::sort(files.begin(), files.end());
    return files;
  }

  // Media times of what was played in a direction.
  std::vector<std::int64_t> played(int direction) const {
    std::vector<std::int64_t> times;
    std::ifstream file(dir.file("trace"));
    for (std::string line; std::getline(file, line);) {
      const auto row = nlohmann::json::parse(line);
      if (row.at("kind") == "played" && row.at("direction") == direction) times.push_back(row.at("pts_us"));
    }
    return times;
  }

  TempDir dir;
};

TEST_F(PlayerKeys, OneSavesThePictureWithoutWhatLiesOverIt) {
  const std::string clip = dir.file("a film.mp4");
  std::filesystem::copy_file(make_clip({.frames = 60, .gop = 30}), clip);
  const RunResult result =
      play({clip},
           "wait-shown 1\npause\nwait-state paused\nseek 1.05\nwait-state paused\nmove 320 240\nkey s\n"
           "wait 300\nkey s\nwait 1500\nquit\n");
  ASSERT_TRUE(result.ok()) << result.err;
  const auto files = saved();
  ASSERT_EQ(files.size(), 2U) << "neither takes the other's place";
  for (const std::string& each : files) {
    EXPECT_THAT(each, testing::HasSubstr("a film 0-01.0"));
    EXPECT_EQ(number_in(each), 31U) << each;
  }
}

TEST_F(PlayerKeys, TwoMarkASectionThatRepeatsInBothDirections) {
  const std::string clip = dir.file("a.mp4");
  std::filesystem::copy_file(make_clip({.frames = 90, .gop = 30}), clip);
  const std::string mark =
      "wait-shown 1\npause\nwait-state paused\nseek 1.01\nwait-state paused\nkey left_bracket\n"
      "seek 1.51\nwait-state paused\nkey right_bracket\n";
  RunResult result = play({clip}, mark + "play\nwait-shown 70\nquit\n");
  ASSERT_TRUE(result.ok()) << result.err;
  const auto check = [&](int direction) {
    std::vector<std::int64_t> times = played(direction);
    // What was shown before the first key.
    times.erase(times.begin(), std::find_if(times.begin(), times.end(), [](std::int64_t us) { return us >= 990'000; }));
    ASSERT_GT(times.size(), 30U);
    int turns = 0;
    for (std::size_t i = 0; i < times.size(); ++i) {
      EXPECT_GE(times[i], 1'000'000 - 3 * kFrameUs);
      EXPECT_LE(times[i], 1'500'000 + 3 * kFrameUs);
      if (i > 0 && (times[i] - times[i - 1]) * direction < -300'000) ++turns;
    }
    EXPECT_GE(turns, 2) << "it began anew";
  };
  check(1);
  result = play({clip}, mark + "rate -1\nplay\nwait-shown 70\nquit\n");
  ASSERT_TRUE(result.ok()) << result.err;
  check(-1);
  result = play({clip}, mark + "key backspace\nplay\nwait-frame 80\nquit\n");
  EXPECT_TRUE(result.ok()) << "without the section it goes on: " << result.err;
}

TEST_F(PlayerKeys, MediaKeysPlayPauseAndGoOn) {
  std::filesystem::copy_file(make_clip({.frames = 40, .gop = 10}), dir.file("a.mp4"));
  std::filesystem::copy_file(make_clip({.frames = 60, .gop = 30}), dir.file("b.mp4"));
  const RunResult result = play(
      {dir.file("a.mp4"), dir.file("b.mp4")},
      "wait-shown 1\nkey media_stop\nwait-state paused\nkey media_play\nwait-state playing\nkey media_play\nwait-state "
      "paused\n"
      "key media_next\nwait 500\npause\nwait-state paused\nkey tab\nseek 1.5\nwait-state paused\nscreenshot next.png\n"
      "key media_previous\nwait 500\npause\nwait-state paused\nseek 1.05\nwait-state paused\nscreenshot "
      "back.png\nquit\n");
  ASSERT_TRUE(result.ok()) << result.err;
  EXPECT_EQ(number_in(dir.file("next.png")), 45U) << "which the first has no frame for";
  EXPECT_EQ(number_in(dir.file("back.png")), 31U);
}

}  // namespace
}  // namespace zoe::test
