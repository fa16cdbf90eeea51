// The real player on a real server: posters, folders, previews, and a playlist from its making to its end.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/e2e/player_process.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/media_maker.hpp"

namespace zoe::test {
namespace {

using nlohmann::json;

class PlayerPages : public testing::Test {
 protected:
  PlayerPages() {
    std::filesystem::create_directories(films.file("Cup/Final"));
    std::filesystem::copy_file(make_clip({.frames = 900, .gop = 30}), films.file("Cup/Final/first.mp4"));
    std::filesystem::copy_file(make_clip({.frames = 30}), films.file("second.mp4"));
    server.emplace(ServerOptions{.folders = {films.path()}, .guests = Guests::kRefused});
    password = films.write("password.txt", "correct horse\n");
    ann.emplace(server->port());
    ann->result("auth.register", {{"name", "ann"}, {"password", "correct horse"}, {"code", server->admin_code()}});
  }

  PlayerOutcome play(const std::string& script) {
    PlayerRun player(server->port());
    PlayerOutcome outcome = player.run({"--user", "ann", "--password-file", password, "--size", "1280x720"}, script);
    EXPECT_TRUE(outcome.result.ok()) << outcome.result.err;
    return outcome;
  }

  TempDir films;
  std::optional<ServerProcess> server;
  std::optional<WireClient> ann;
  std::string password;
};

TEST_F(PlayerPages, ShowsPostersFoldersAndPreviews) {
  play(
      "timeout 60000\nwait-link signed-in\nwait-library 2\nwait-for card.0.poster \"shown\"\n"
      "click-on page.library\nwait-for folder.0 \"Cup\"\nclick-on folder.0\nwait-for folder.0 \"Final\"\n"
      "click-on folder.0\nwait-for crumb.3 \"Final\"\nwait-for card.0 \"first\"\nclick-on card.0\n"
      "wait-state playing\nmove 600 620\nmove 640 627\nwait-for seek.preview \"shown\"\nquit\n");
}

TEST_F(PlayerPages, MakesAPlaylistAndPlaysItToItsEnd) {
  // What is added last plays first: it is moved there.
  play(
      "timeout 60000\nwait-link signed-in\nwait-library 2\nwait-for card.1\npoint-at card.0\n"
      "wait-for card.0.more\nclick-on card.0.more\nwait-for menu.3\nclick-on menu.3\nwait-for picker.name\n"
      "click-on picker.name\ntext \"Winter\"\nclick-on picker.create\nwait 300\npoint-at card.1\n"
      "wait-for card.1.more\nclick-on card.1.more\nwait-for menu.3\nclick-on menu.3\n"
      "wait-for picker.0 \"Winter\"\nclick-on picker.0\nclick-on page.playlists\n"
      "wait-for playlist.0 \"Winter\"\nclick-on playlist.0\nwait-for entry.1 \"second\"\nclick-on entry.1.up\n"
      "wait-for entry.0 \"second\"\nclick-on entry.0\nwait-state playing\nwait-for queue \"1 of 2 in Winter\"\n"
      "move 640 300\nwait-for queue \"2 of 2 in Winter\"\nquit\n");
  const json playlists = ann->result("playlists.list").at("playlists");
  ASSERT_EQ(playlists.size(), 1U);
  const json entries = ann->result("playlists.get", {{"playlist", playlists[0].at("playlist")}}).at("entries");
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].at("title"), "second");
  EXPECT_EQ(entries[1].at("title"), "first");
}

}  // namespace
}  // namespace zoe::test
