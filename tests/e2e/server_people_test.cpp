// Accounts, invites, groups and roots by the operator's commands; the end of an account; a flood of log-ins.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/paths.hpp"

namespace zoe::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AnyOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPassword = "correct horse";

struct ServerPeople : testing::Test {
  ServerPeople() {
    fs::create_directories(films);
    fs::copy_file(make_clip({.frames = 300, .gop = 30}), films + "/clip.mp4");
    options.folders = {films};
    options.guests = Guests::kRefused;
    options.data_folder = dir.file("data");
    options.settings = "[plugins.auth_sql]\nregistration = \"invite\"\n";
    server = std::make_unique<ServerProcess>(options);
  }

  // What a command prints, having been given `input` and ended well.
  std::string operate(std::vector<std::string> words, const std::string& input = {}, int status = 0) const {
    words.insert(words.begin(), program("zoetrope-server"));
    words.insert(words.end(), {"--data", dir.file("data")});
    Process command(words);
    command.write_stdin(input);
    command.close_stdin();
    const auto ended = command.wait();
    EXPECT_TRUE(ended && ended->code == status) << command.out() << command.err();
    return command.out() + (status == 0 ? "" : command.err());
  }

  TempDir dir;
  const std::string films = dir.file("films");
  ServerOptions options;
  std::unique_ptr<ServerProcess> server;
};

TEST_F(ServerPeople, AnOperatorManagesThemByCommands) {
  operate({"users", "create", "ann", "--role", "admin"}, std::string(kPassword) + "\n");
  EXPECT_THAT(operate({"users", "create", "ben"}, "", 1), HasSubstr("no password"));
  EXPECT_THAT(operate({"users", "create", "ann"}, std::string(kPassword) + "\n", 1), HasSubstr("taken"));
  EXPECT_THAT(operate({"users", "list"}), HasSubstr("ann"));

  WireClient ben(server->port());
  EXPECT_EQ(ben.result("server.info").at("auth").at("needs_invite"), true);
  EXPECT_EQ(ben.outcome("auth.register", {{"name", "ben"}, {"password", kPassword}}), "invalid_argument");
  std::string code = operate({"invites", "create", "--note", "for ben", "--days", "1"});
  code.pop_back();
  EXPECT_THAT(operate({"invites", "list"}), HasSubstr("for ben"));
  EXPECT_EQ(ben.outcome("auth.register", {{"name", "ben"}, {"password", kPassword}, {"code", code}}), "ok");
  EXPECT_THAT(operate({"invites", "list"}), Not(HasSubstr("for ben")));

  operate({"groups", "create", "Coaches"});
  operate({"groups", "set-members", "Coaches", "ann"});
  EXPECT_THAT(operate({"groups", "list"}), HasSubstr("Coaches"));
  EXPECT_THAT(operate({"groups", "set-members", "Coaches", "nobody"}, "", 1), HasSubstr("nobody"));
  EXPECT_EQ(ben.result("library.list").at("total"), 1);
  operate({"roots", "set", "films", "groups", "Coaches"});
  EXPECT_THAT(operate({"roots", "list"}), HasSubstr("Coaches"));
  EXPECT_EQ(ben.result("library.list").at("total"), 0);
  operate({"roots", "set", "films", "everyone"});
  EXPECT_EQ(ben.result("library.list").at("total"), 1);

  operate({"users", "reset-password", "ben"}, "another horse\n");
  EXPECT_EQ(ben.goodbye(), "unauthenticated");
  WireClient again(server->port());
  EXPECT_EQ(again.outcome("auth.login", {{"name", "ben"}, {"password", "another horse"}}), "ok");
  operate({"users", "disable", "ben"});
  EXPECT_EQ(again.goodbye(), "unauthenticated");
  operate({"users", "enable", "ben"});
  operate({"users", "set-role", "ben", "admin"});
  operate({"users", "delete", "ben"});
  EXPECT_THAT(operate({"users", "list"}), Not(HasSubstr("ben")));
  EXPECT_THAT(operate({"users", "delete", "ann"}, "", 1), HasSubstr("only administrator"));
  EXPECT_THAT(operate({"users", "promote", "ann"}, "", 2), HasSubstr("--help"));
  const std::string audit = operate({"audit"});
  for (const char* act :
       {"admin.create_user", "admin.create_invite", "auth.register", "admin.set_root", "admin.delete_user"})
    EXPECT_THAT(audit, HasSubstr(act));
  EXPECT_THAT(audit, Not(HasSubstr(kPassword)));
}

TEST_F(ServerPeople, WhoDeletesTheAccountIsGone) {
  WireClient ann(server->port());
  ann.result("auth.register", {{"name", "ann"}, {"password", kPassword}, {"code", server->admin_code()}});
  ann.result("admin.create_user", {{"name", "ben"}, {"password", kPassword}, {"role", "member"}});
  WireClient ben(server->port());
  const std::string token = ben.result("auth.login", {{"name", "ben"}, {"password", kPassword}}).at("token");
  const std::string clip = ben.media("clip");
  ben.result("progress.report", {{"media", clip}, {"position_us", 5'000'000}});
  const json list = ben.result("playlists.create", {{"name", "Mine"}});
  ben.result("playlists.share", {{"playlist", list.at("playlist")}, {"sharing", "everyone"}});
  EXPECT_EQ(ann.result("playlists.list").at("playlists").size(), 1U);

  // Also elsewhere, in the middle of a film.
  WireClient watching(server->port());
  watching.result("auth.resume", {{"token", token}});
  watching.result("stream.open",
                  {{"media", clip}, {"rendition", "copy"}, {"is_looping", true}, {"credit_us", 1'000'000'000}});
  EXPECT_EQ(ben.outcome("account.delete", {{"password", "not it at all"}}), "denied");
  EXPECT_EQ(ben.outcome("account.delete", {{"password", kPassword}}), "ok");
  EXPECT_EQ(watching.goodbye(), "unauthenticated");
  WireClient back(server->port());
  EXPECT_EQ(back.outcome("auth.resume", {{"token", token}}), "unauthenticated");
  EXPECT_EQ(back.outcome("auth.login", {{"name", "ben"}, {"password", kPassword}}), "unauthenticated");
  EXPECT_EQ(ann.result("playlists.list").at("playlists").size(), 0U);

  // Somebody new of that name begins with nothing.
  ann.result("admin.create_user", {{"name", "ben"}, {"password", kPassword}, {"role", "member"}});
  EXPECT_EQ(back.outcome("auth.login", {{"name", "ben"}, {"password", kPassword}}), "ok");
  EXPECT_EQ(back.result("history.list").at("total"), 0);
}

// Hashing is what a log-in costs. The others must not wait for it.
TEST_F(ServerPeople, AFloodOfLogInsHoldsNobodyElseUp) {
  WireClient ann(server->port());
  ann.result("auth.register", {{"name", "ann"}, {"password", kPassword}, {"code", server->admin_code()}});
  const std::string clip = ann.media("clip");
  std::vector<std::unique_ptr<WireClient>> flood;
  for (int i = 0; i < 100; ++i) {
    flood.push_back(std::make_unique<WireClient>(server->port()));
    flood.back()->send_request(7, "auth.login", {{"name", "user" + std::to_string(i)}, {"password", "a wrong one"}});
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ann.outcome("library.list"), "ok");
  const Watched watched = ann.watch({{"media", clip}, {"rendition", "copy"}, {"credit_us", 1'000'000'000}});
  EXPECT_EQ(watched.packets.size(), 300U);
  int held_back = 0;
  for (const auto& client : flood) {
    const auto reply = client->read();
    ASSERT_TRUE(reply);
    const json answer = json::parse(reply->body->text());
    const std::string code = answer.at("error").at("code");
    EXPECT_THAT(code, AnyOf(Eq("unauthenticated"), Eq("unavailable")));
    held_back += code == "unavailable" ? 1 : 0;
  }
  EXPECT_GT(held_back, 0) << "an address that guesses is slowed down";
  EXPECT_EQ(ann.outcome("library.list"), "ok");
}

}  // namespace
}  // namespace zoe::test
