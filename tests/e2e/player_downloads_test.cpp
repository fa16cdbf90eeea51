// The real player downloads from the real server: with a pause in the middle, and over two runs of the program.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "tests/e2e/player_process.hpp"
#include "tests/e2e/relay.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/wait.hpp"

namespace zoe::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStart =
    "timeout 60000\nwait-link signed-in\nwait-library 1\npoint-at card.0\nwait-for card.0.more\nclick-on card.0.more\n"
    "wait-for menu.5\nclick-on menu.5\nclick-on page.downloads\nwait-for download.0 \"running\"\n";

class PlayerDownloads : public testing::Test {
 protected:
  PlayerDownloads() {
    // Losslessly coded: some six megabytes.
    clip = make_clip({.codec = VideoCodec::kFfv1, .width = 1280, .height = 720, .frames = 120, .container = "mkv"});
    fs::copy_file(clip, films.file("final.mkv"));
    server.emplace(ServerOptions{.folders = {films.path()}, .guests = Guests::kRefused});
    password = films.write("password.txt", "correct horse\n");
    WireClient ann(server->port());
    ann.result("auth.register", {{"name", "ann"}, {"password", "correct horse"}, {"code", server->admin_code()}});
    ann.media("final");
    relay.emplace(server->port());
    player.emplace(relay->port());
  }

  std::vector<std::string> command(const std::string& script) {
    return player->command(
        {"--user", "ann", "--password-file", password, "--size", "1280x720", "--downloads", player->file("here")},
        script);
  }
  std::uint64_t come() const {
    std::error_code error;
    const auto size = fs::file_size(player->file("here/final.mkv.part"), error);
    return error ? 0 : size;
  }
  std::string list() const {
    std::ifstream file(player->file("config/zoetrope/downloads.json"));
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void expect_whole() const {
    EXPECT_EQ(read_whole_file(player->file("here/final.mkv")), read_whole_file(clip));
    EXPECT_FALSE(fs::exists(player->file("here/final.mkv.part")));
    EXPECT_FALSE(fs::exists(player->file("here/final.mkv.part.state")));
  }

  TempDir films;
  std::string clip;
  std::string password;
  std::optional<ServerProcess> server;
  std::optional<Relay> relay;
  std::optional<PlayerRun> player;
};

TEST_F(PlayerDownloads, PausesAndGoesOnOverAnotherConnection) {
  relay->let_down(3U << 20);
  Process process(command(std::string(kStart) + "click-on download.0.pause\nwait-for download.0 \"paused\"\nwait 1500\n"
                                                "click-on download.0.resume\nwait-for download.0 \"done\"\nquit\n"),
                  player->environment());
  ASSERT_TRUE(wait_until([&] { return list().find("\"paused\"") != std::string::npos; })) << process.err();
  relay->cut();
  relay->let_down();
  const auto status = process.wait(std::chrono::seconds(120));
  ASSERT_TRUE(status && status->ok()) << process.err();
  expect_whole();
}

TEST_F(PlayerDownloads, GoesOnInTheNextRun) {
  relay->let_down(3U << 20);
  Process process(command(std::string(kStart) + "wait 60000\n"), player->environment());
  ASSERT_TRUE(wait_until([&] { return come() > (1U << 20); })) << process.err();
  process.stop();
  relay->cut();
  relay->let_down();
  Process again(command("timeout 60000\nwait-link signed-in\nclick-on page.downloads\n"
                        "wait-for download.0 \"done\"\nquit\n"),
                player->environment());
  const auto status = again.wait(std::chrono::seconds(120));
  ASSERT_TRUE(status && status->ok()) << again.err();
  expect_whole();
}

}  // namespace
}  // namespace zoe::test
