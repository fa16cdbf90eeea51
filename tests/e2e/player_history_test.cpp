// The real player on a real server: who stops in the middle goes on from there, and somebody else does not.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/e2e/player_process.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/media_maker.hpp"

namespace zoe::test {
namespace {

using nlohmann::json;

TEST(PlayerHistory, GoesOnWhereItsViewerStopped) {
  const TempDir films;
  std::filesystem::copy_file(make_clip({.frames = 1800, .gop = 30}), films.file("clip.mp4"));
  std::filesystem::copy_file(make_clip({.frames = 30}), films.file("other.mp4"));
  const ServerProcess server({.folders = {films.path()}, .guests = Guests::kRefused});
  const std::string password = films.write("password.txt", "correct horse\n");
  WireClient ann(server.port());
  ann.result("auth.register", {{"name", "ann"}, {"password", "correct horse"}, {"code", server.admin_code()}});
  ann.result("admin.create_user", {{"name", "ben"}, {"password", "correct horse"}, {"role", "member"}});
  const std::string media = ann.media("clip");
  const auto play = [&](const std::string& name, const std::string& script) {
    PlayerRun player(server.port());
    PlayerOutcome outcome = player.run({"--user", name, "--password-file", password, "--size", "1280x720"}, script);
    EXPECT_TRUE(outcome.result.ok()) << outcome.result.err;
    return outcome;
  };
  play("ann",
       "wait-link signed-in\nwait-library 2\nopen clip\nwait-state playing\npause\nwait-state paused\nwait 300\n"
       "seek 30\nwait-state paused\nquit\n");
  const json progress = ann.result("progress.get", {{"media", media}});
  EXPECT_NEAR(progress.at("position_us").get<double>(), 30e6, 1e5);
  EXPECT_EQ(ann.result("history.list").at("total"), 1);

  // From the library's own card, which begins where she was.
  const PlayerOutcome again = play("ann",
                                   "wait-link signed-in\nwait-for begun.0 \"clip\"\nclick-on begun.0\n"
                                   "wait-state playing\nwait-shown 3\nquit\n");
  ASSERT_FALSE(again.trace.empty());
  EXPECT_NEAR(static_cast<double>(again.trace.front().pts_us), 30e6, 2e5);

  const PlayerOutcome other =
      play("ben",
           "wait-link signed-in\nwait-for card.0 \"clip\"\nclick-on card.0\nwait-state playing\nwait-shown 3\nquit\n");
  ASSERT_FALSE(other.trace.empty());
  EXPECT_LT(other.trace.front().pts_us, 1'000'000);
}

TEST(PlayerHistory, AHeartMakesAFavourite) {
  const TempDir films;
  std::filesystem::copy_file(make_clip({.frames = 300, .gop = 30}), films.file("clip.mp4"));
  const ServerProcess server({.folders = {films.path()}, .guests = Guests::kRefused});
  const std::string password = films.write("password.txt", "correct horse\n");
  WireClient ann(server.port());
  ann.result("auth.register", {{"name", "ann"}, {"password", "correct horse"}, {"code", server.admin_code()}});
  const std::string media = ann.media("clip");
  PlayerRun player(server.port());
  // The heart is there while the pointer is on the card, and stays when it was pressed.
  const PlayerOutcome outcome = player.run({"--user", "ann", "--password-file", password, "--size", "1280x720"},
                                           "wait-link signed-in\nwait-for card.0 \"clip\"\nmove 350 200\n"
                                           "wait-for card.0.favourite \"no\"\nclick-on card.0.favourite\n"
                                           "wait-for card.0.favourite \"yes\"\nquit\n");
  ASSERT_TRUE(outcome.result.ok()) << outcome.result.err;
  const json favourites = ann.result("favourites.list");
  ASSERT_EQ(favourites.at("items").size(), 1U);
  EXPECT_EQ(favourites.at("items").at(0).at("media"), media);
}

}  // namespace
}  // namespace zoe::test
