// The control panel of the real player on a real server: an operator clicks, and the server does it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/e2e/player_process.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/paths.hpp"

namespace zoe::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class ControlPanel : public testing::Test {
 protected:
  ControlPanel() {
    std::filesystem::copy_file(make_clip({.frames = 60, .gop = 30}), films_.file("clip.mp4"));
    server_ = std::make_unique<ServerProcess>(ServerOptions{.folders = {films_.path()}, .guests = Guests::kRefused});
    admin_ = std::make_unique<WireClient>(server_->port());
    admin_->result("auth.register", {{"name", "ann"}, {"password", "correct horse"}, {"code", server_->admin_code()}});
    password_ = films_.write("password.txt", "correct horse\n");
  }

  json plugin(const std::string& id) {
    const json answer = admin_->result("admin.plugins");
    for (const json& each : answer.at("plugins"))
      if (each.at("id") == id) return each;
    return nullptr;
  }

  PlayerOutcome open_panel(PlayerRun& player, const std::string& name, const std::string& script) {
    return player.run({"--control-panel", "--size", "1280x720", "--user", name, "--password-file", password_}, script);
  }

  TempDir films_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<WireClient> admin_;
  std::string password_;
};

TEST_F(ControlPanel, SwapsAPluginAndMakesAnAccount) {
  const auto before = plugin("codec_copy").at("generations").at(0).at("generation").get<int>();
  PlayerRun player(server_->port());
  // Six plugins serve at most, and no other is swapped: the next generation's number is the highest one's and one more.
  int newest = 0;
  const json all = admin_->result("admin.plugins");
  for (const json& each : all.at("plugins"))
    for (const json& generation : each.at("generations"))
      newest = std::max(newest, generation.at("generation").get<int>());
  const std::string next = std::to_string(newest + 1);
  const PlayerOutcome outcome = open_panel(player, "ann",
                                           "wait-link signed-in\n"
                                           "click-on tab.plugins\n"
                                           "wait-for plugin.codec_copy.generation \"" +
                                               std::to_string(before) +
                                               "\"\n"
                                               "click-on plugin.codec_copy.swap\n"
                                               "wait-for plugin.codec_copy.generation \"" +
                                               next +
                                               "\"\n"
                                               "click-on tab.users\n"
                                               "wait-for user.ann \"admin\"\n"
                                               "click-on users.create\n"
                                               "click-on dialog.name\n"
                                               "text \"zoe\"\n"
                                               "click-on dialog.password\n"
                                               "text \"battery staple\"\n"
                                               "click-on dialog.confirm\n"
                                               "wait-for user.zoe \"member\"\n"
                                               "quit\n");
  ASSERT_TRUE(outcome.result.ok()) << outcome.result.err << server_->log();
  EXPECT_EQ(plugin("codec_copy").at("generations").at(0).at("generation"), newest + 1);
  WireClient zoe(server_->port());
  zoe.result("auth.login", {{"name", "zoe"}, {"password", "battery staple"}});
  const json who = zoe.result("auth.whoami");
  EXPECT_THAT(who.dump(), HasSubstr("\"member\""));
}

TEST_F(ControlPanel, TellsWhoIsNoAdminSo) {
  admin_->result("admin.create_user", {{"name", "max"}, {"password", "correct horse"}, {"role", "member"}});
  PlayerRun player(server_->port());
  const PlayerOutcome outcome = open_panel(player, "max", "wait-link signed-in\nwait-for not-admin\nwait 200\nquit\n");
  ASSERT_TRUE(outcome.result.ok()) << outcome.result.err;
  EXPECT_THAT(server_->log(), testing::Not(HasSubstr("admin.status")));
}

}  // namespace
}  // namespace zoe::test
