// Sound from the real server through the real player to a device: SDL's that writes a file.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/e2e/player_process.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/support/media_maker.hpp"

namespace zoe::test {
namespace {

namespace fs = std::filesystem;

constexpr int kRate = 48'000;

// Flashes and beeps at each whole second.
std::string flashes_and_beeps() {
  return make_media(
      "flashes", "mp4",
      {"-f",   "lavfi",   "-i",      "color=black:s=128x96:r=25:d=8,geq=lum='if(lt(mod(N,25),2),235,16)':cb=128:cr=128",
       "-f",   "lavfi",   "-i",      "aevalsrc='0.8*sin(2*PI*1000*t)*lt(mod(t,1),0.08)':s=48000:d=8",
       "-map", "0:v",     "-map",    "1:a",
       "-c:v", "libx264", "-preset", "ultrafast",
       "-g",   "25",      "-c:a",    "aac",
       "-b:a", "128k",    "-fflags", "+bitexact",
       "{out}"});
}

// Where sound begins in what SDL's disk device wrote: 32-bit floats in stereo.
std::vector<double> beeps_in(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<double> found;
  float frame[2] = {};
  std::int64_t quiet_since = -kRate;
  for (std::int64_t i = 0; file.read(reinterpret_cast<char*>(frame), sizeof frame); ++i) {
    if (std::abs(frame[0]) < 0.2F) continue;
    if (i - quiet_since > kRate / 5) found.push_back(static_cast<double>(i) / kRate);
    quiet_since = i;
  }
  return found;
}

struct PlayerSound : testing::Test {
  PlayerSound() {
    fs::create_directories(films);
    fs::copy_file(flashes_and_beeps(), films + "/flashes.mp4");
    server = std::make_unique<ServerProcess>(ServerOptions{.folders = {films}});
  }

  PlayerOutcome play(PlayerRun& player, const std::vector<std::string>& arguments, const std::string& script) {
    SpawnOptions environment = player.environment();
    environment.environment.emplace_back("SDL_AUDIODRIVER", "disk");
    environment.environment.emplace_back("SDL_DISKAUDIOFILE", player.file("tape.raw"));
    std::vector<std::string> words{"--media", "flashes"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return player.outcome(test::run(player.command(words, script), environment, std::chrono::minutes(5)));
  }

  TempDir dir;
  const std::string films = dir.file("films");
  std::unique_ptr<ServerProcess> server;
};

TEST_F(PlayerSound, BeepsAndFlashesComeTogether) {
  PlayerRun player(server->port());
  const PlayerOutcome outcome = play(player, {}, "timeout 120000\nwait-frame 140\nquit\n");
  ASSERT_TRUE(outcome.result.ok()) << outcome.result.err;
  const auto& sound = outcome.stats.at("sound");
  EXPECT_EQ(sound.at("track"), 1);
  EXPECT_EQ(sound.at("error"), "");
  EXPECT_TRUE(sound.at("has_device").get<bool>());
  const std::vector<double> beeps = beeps_in(player.file("tape.raw"));
  ASSERT_GE(beeps.size(), 5U);
  // As far apart as the flashes and in step with them, unless this machine could not keep up.
  if (sound.at("underruns") != 0 || sound.at("alignments") != 1) return;
  EXPECT_LT(std::abs(sound.at("clock_error_ms").get<double>()), 20);
  for (std::size_t i = 2; i < 5; ++i) EXPECT_NEAR(beeps[i] - beeps[1], static_cast<double>(i - 1), 0.002);
}

TEST_F(PlayerSound, IsHeardBackwards) {
  PlayerRun player(server->port());
  const PlayerOutcome outcome = play(player, {"--rate", "-1"}, "timeout 120000\nwait-frame 60\nquit\n");
  ASSERT_TRUE(outcome.result.ok()) << outcome.result.err;
  EXPECT_EQ(outcome.stats.at("sound").at("error"), "");
  EXPECT_GE(beeps_in(player.file("tape.raw")).size(), 3U);
}

TEST_F(PlayerSound, MutesByItsKey) {
  PlayerRun player(server->port());
  const PlayerOutcome outcome = play(player, {"--loop"}, "timeout 120000\nkey m\nwait-shown 100\nquit\n");
  ASSERT_TRUE(outcome.result.ok()) << outcome.result.err;
  EXPECT_TRUE(outcome.stats.at("sound").at("is_muted").get<bool>());
  EXPECT_LE(beeps_in(player.file("tape.raw")).size(), 1U) << "of before the key";
}

}  // namespace
}  // namespace zoe::test
