// What the player says and does when something is wrong.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/e2e/player_process.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/paths.hpp"

namespace zoe::test {
namespace {

class PlayerTrouble : public testing::Test {
 protected:
  PlayerTrouble() { std::filesystem::copy_file(make_clip({.frames = 300, .gop = 30}), library.file("clip.mp4")); }

  TempDir library;
};

bool says(const PlayerOutcome& outcome, std::string_view text) {
  return outcome.result.err.find(text) != std::string::npos;
}

TEST_F(PlayerTrouble, NobodyListens) {
  const std::uint16_t port = free_port();
  PlayerRun player(port);
  const PlayerOutcome outcome = player.run({});
  EXPECT_EQ(outcome.result.status.code, 1);
  EXPECT_TRUE(says(outcome, "no connection to 127.0.0.1:" + std::to_string(port))) << outcome.result.err;
}

TEST_F(PlayerTrouble, AWrongPassword) {
  const ServerProcess server({.folders = {library.path()}, .guests = Guests::kRefused});
  PlayerRun player(server.port());
  const TempDir secrets;
  const std::string right = secrets.write("right", "correct horse\n");
  const std::string wrong = secrets.write("wrong", "battery staple\n");
  const PlayerOutcome registered = player.run({"--user", "ann", "--password-file", right, "--register", "--code",
                                               server.admin_code(), "--media", "clip", "--untimed", "--exit-at-end"});
  ASSERT_TRUE(registered.result.ok()) << registered.result.err;
  const PlayerOutcome refused = player.run({"--user", "ann", "--password-file", wrong});
  EXPECT_EQ(refused.result.status.code, 1);
  EXPECT_TRUE(says(refused, "did not let you in")) << refused.result.err;
  EXPECT_TRUE(says(refused, "password")) << refused.result.err;
  const PlayerOutcome accepted = player.run({"--user", "ann", "--password-file", right, "--untimed", "--exit-at-end"});
  EXPECT_TRUE(accepted.result.ok()) << accepted.result.err;
  const PlayerOutcome stale = player.run({"--token-file", wrong});
  EXPECT_EQ(stale.result.status.code, 1);
  EXPECT_TRUE(says(stale, "did not let you in")) << stale.result.err;
}

TEST_F(PlayerTrouble, NoWayInIsSaid) {
  const ServerProcess server({.folders = {library.path()}, .guests = Guests::kRefused});
  PlayerRun player(server.port());
  const PlayerOutcome outcome = player.run({"--guest"});
  EXPECT_EQ(outcome.result.status.code, 1);
  EXPECT_FALSE(outcome.result.err.empty());
}

TEST_F(PlayerTrouble, MediaThatIsNotThere) {
  const ServerProcess server({.folders = {library.path()}});
  PlayerRun player(server.port());
  const PlayerOutcome outcome = player.run({"--media", "Casablanca"});
  EXPECT_EQ(outcome.result.status.code, 1);
  EXPECT_TRUE(says(outcome, "there is no video called \"Casablanca\"")) << outcome.result.err;
}

TEST_F(PlayerTrouble, ARenditionThatIsNotThere) {
  const ServerProcess server({.folders = {library.path()}});
  PlayerRun player(server.port());
  const PlayerOutcome outcome = player.run({"--media", "clip", "--rendition", "smoke@signals"});
  EXPECT_EQ(outcome.result.status.code, 4);
  EXPECT_TRUE(says(outcome, "clip cannot be played")) << outcome.result.err;
}

// The player reads ten seconds ahead, and has told its first statistics after a second: it has to ask the new server
// for the rest, also where that second was long enough for a thousand frames or two.
TEST(PlayerReconnect, AServerThatGoesAndComesBackLosesNoFrame) {
  constexpr std::size_t kFrames = 9000;
  const TempDir library;
  std::filesystem::copy_file(make_clip({.frames = kFrames, .gop = 30, .picture = "color=gray"}),
                             library.file("clip.mp4"));
  const std::string port = std::to_string(free_port());
  const TempDir data;
  const ServerOptions options{.folders = {library.path()}, .data_folder = data.path(), .arguments = {"--port", port}};
  auto server = std::make_unique<ServerProcess>(options);
  PlayerRun player(server->port());
  Process process(player.command({"--media", "clip", "--untimed", "--exit-at-end", "--ring-frames", "30"}),
                  player.environment());
  ASSERT_TRUE(wait_until([&] {
    if (!std::filesystem::exists(player.file("stats.json"))) return false;
    const auto stats = nlohmann::json::parse(read_whole_file(player.file("stats.json")));
    return stats.at("playback").at("position_us") > 0;
  })) << process.err();
  server.reset();
  server = std::make_unique<ServerProcess>(options);
  const auto status = process.wait(std::chrono::seconds(60));
  ASSERT_TRUE(status && status->ok()) << process.err();
  const PlayerOutcome outcome = player.outcome({});
  ASSERT_EQ(outcome.trace.size(), kFrames);
  for (std::size_t i = 0; i < kFrames; ++i) {
    ASSERT_NEAR(static_cast<double>(outcome.trace[i].pts_us), static_cast<double>(i) * 1e6 / 30, 1) << i;
  }
  EXPECT_EQ(outcome.stats.at("network").at("reconnects"), 1);
}

TEST_F(PlayerTrouble, NoDisplay) {
  const ServerProcess server({.folders = {library.path()}});
  const TempDir config;
  const RunResult result =
      run({"env", "-u", "DISPLAY", "-u", "WAYLAND_DISPLAY", "-u", "SDL_VIDEODRIVER", program("zoetrope"),
           "127.0.0.1:" + std::to_string(server.port()), "--guest"},
          {.environment = {{"XDG_CONFIG_HOME", config.path()}, {"XDG_RUNTIME_DIR", config.path()}}});
  EXPECT_EQ(result.status.code, 5);
  EXPECT_NE(result.err.find("--headless"), std::string::npos) << result.err;
}

TEST_F(PlayerTrouble, ADisplayThatDoesNotAnswer) {
  const ServerProcess server({.folders = {library.path()}});
  const TempDir config;
  const RunResult result =
      run({"env", "-u", "WAYLAND_DISPLAY", "-u", "SDL_VIDEODRIVER", "DISPLAY=:7340", program("zoetrope"),
           "127.0.0.1:" + std::to_string(server.port()), "--guest"},
          {.environment = {{"XDG_CONFIG_HOME", config.path()}, {"XDG_RUNTIME_DIR", config.path()}}});
  EXPECT_EQ(result.status.code, 5);
  EXPECT_NE(result.err.find("--headless"), std::string::npos) << result.err;
}

TEST_F(PlayerTrouble, AScriptWithAMistake) {
  PlayerRun player(1);
  const PlayerOutcome outcome = player.run({}, "wait 1\npaint it black\n");
  EXPECT_EQ(outcome.result.status.code, 1);
  EXPECT_TRUE(says(outcome, "keys.txt:2: there is no command \"paint\"")) << outcome.result.err;
}

TEST_F(PlayerTrouble, AScriptThatWaitsInVain) {
  const ServerProcess server({.folders = {library.path()}});
  PlayerRun player(server.port());
  const PlayerOutcome outcome =
      player.run({"--media", "clip", "--paused"}, "wait-state paused\ntimeout 200\nwait-state ended\n");
  EXPECT_EQ(outcome.result.status.code, 3);
  EXPECT_TRUE(says(outcome, "keys.txt:3: wait-state ended: not within 200 ms; playback is paused"))
      << outcome.result.err;
}

TEST_F(PlayerTrouble, APlaceThatCannotBeWritten) {
  const ServerProcess server({.folders = {library.path()}});
  PlayerRun player(server.port());
  const PlayerOutcome outcome =
      player.run({"--media", "clip", "--paused"}, "wait-state paused\nscreenshot /no/such/folder/a.png\n");
  EXPECT_EQ(outcome.result.status.code, 3);
  EXPECT_TRUE(says(outcome, "/no/such/folder/a.png")) << outcome.result.err;
}

TEST_F(PlayerTrouble, ASignalEndsItInGoodOrder) {
  const ServerProcess server({.folders = {library.path()}});
  PlayerRun player(server.port());
  Process process(player.command({"--media", "clip", "--loop"}), player.environment());
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(player.file("stats.json")); }));
  const ExitStatus status = process.stop();
  EXPECT_EQ(status.code, 0) << process.err();
  EXPECT_TRUE(player.outcome({}).stats.contains("counters"));
}

}  // namespace
}  // namespace zoe::test
