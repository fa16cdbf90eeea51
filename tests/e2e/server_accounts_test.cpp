// Who may come in, what they may do, and how that ends.
#include <chrono>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/media_maker.hpp"

namespace zoe::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kPassword = "a good password";

struct ServerAccounts : testing::Test {
  ServerAccounts() {
    fs::create_directories(films);
    fs::copy_file(make_clip({}), films + "/clip.mp4");
    options.folders = {films};
    options.guests = Guests::kRefused;
    options.data_folder = dir.file("data");
  }

  static json registered(WireClient& client, const std::string& name, const std::string& code = "") {
    return client.result("auth.register", {{"name", name}, {"password", kPassword}, {"code", code}});
  }
  static json logged_in(WireClient& client, const std::string& name, const std::string& password = kPassword) {
    return client.result("auth.login", {{"name", name}, {"password", password}});
  }

  // A stream that goes on for ever.
  static std::uint32_t endless(WireClient& client) {
    return client
        .result("stream.open", {{"media", client.media("clip")},
                                {"rendition", "copy"},
                                {"is_looping", true},
                                {"credit_us", 3'600'000'000ULL}})
        .at("stream");
  }

  TempDir dir;
  const std::string films = dir.file("films");
  ServerOptions options;
};

TEST_F(ServerAccounts, RegisterLogInAndResume) {
  ServerProcess server(options);
  WireClient first(server.port());
  EXPECT_EQ(first.outcome("library.list"), "unauthenticated");
  EXPECT_EQ(first.outcome("auth.guest"), "unsupported");
  const std::string token = registered(first, "anna").at("token");
  EXPECT_EQ(first.result("auth.whoami").at("principal").at("name"), "anna");
  EXPECT_EQ(first.result("auth.whoami").at("principal").at("role"), "member");
  EXPECT_EQ(first.outcome("library.list"), "ok");

  WireClient second(server.port());
  EXPECT_EQ(second.outcome("auth.register", {{"name", "Anna"}, {"password", kPassword}}), "conflict");
  EXPECT_EQ(second.outcome("auth.login", {{"name", "anna"}, {"password", "wrong password"}}), "unauthenticated");
  EXPECT_EQ(second.outcome("auth.login", {{"name", "nobody"}, {"password", kPassword}}), "unauthenticated");
  EXPECT_EQ(second.outcome("library.list"), "unauthenticated");
  EXPECT_EQ(logged_in(second, "anna").at("principal").at("name"), "anna");

  WireClient third(server.port());
  EXPECT_EQ(third.result("auth.resume", {{"token", token}}).at("principal").at("name"), "anna");
  EXPECT_EQ(third.result("auth.sessions").at("sessions").size(), 2u);
  EXPECT_EQ(third.outcome("auth.resume", {{"token", token + "x"}}), "unauthenticated");
  EXPECT_EQ(third.outcome("auth.resume", {{"token", ""}}), "unauthenticated");
}

TEST_F(ServerAccounts, RequestsBehindASignInAreAnsweredAsTheOneWhoSignedIn) {
  ServerProcess server(options);
  WireClient client(server.port());
  client.send_request(1000, "auth.register", {{"name", "anna"}, {"password", kPassword}});
  EXPECT_EQ(client.outcome("library.list"), "ok");
}

TEST_F(ServerAccounts, SessionsOutliveARestartButNotTheirExpiry) {
  std::string token;
  {
    ServerProcess server(options);
    WireClient client(server.port());
    token = registered(client, "anna").at("token");
  }
  {
    ServerProcess server(options);
    WireClient client(server.port());
    EXPECT_EQ(client.outcome("auth.resume", {{"token", token}}), "ok");
  }
  // Yesterday's: its end is moved into the past behind the server's back.
  const RunResult moved = run({"/usr/bin/python3", "-c",
                               "import sqlite3, sys\n"
                               "db = sqlite3.connect(sys.argv[1])\n"
                               "db.execute('update sessions set expires_ns = created_ns - 86400000000000')\n"
                               "db.commit()\n",
                               dir.file("data/plugins/auth_sql/accounts.sqlite3")});
  ASSERT_TRUE(moved.ok()) << moved.err;
  ServerProcess server(options);
  WireClient client(server.port());
  EXPECT_EQ(client.outcome("auth.resume", {{"token", token}}), "unauthenticated");
  EXPECT_EQ(client.outcome("library.list"), "unauthenticated");
}

TEST_F(ServerAccounts, WhoHasTheCodeBecomesTheAdminOnce) {
  ServerProcess server(options);
  const std::string code = server.admin_code();
  WireClient anna(server.port());
  EXPECT_EQ(anna.outcome("auth.register", {{"name", "anna"}, {"password", kPassword}, {"code", "AAAA-AAAA-AAAA-AAAA"}}),
            "invalid_argument");
  EXPECT_EQ(registered(anna, "anna", code).at("principal").at("role"), "admin");
  EXPECT_EQ(anna.result("server.info").at("auth").at("code_makes_admin"), false);

  WireClient bob(server.port());
  EXPECT_NE(bob.outcome("auth.register", {{"name", "bob"}, {"password", kPassword}, {"code", code}}), "ok");
  EXPECT_EQ(registered(bob, "bob").at("principal").at("role"), "member");
  EXPECT_EQ(bob.outcome("admin.users"), "denied");
  EXPECT_EQ(bob.outcome("admin.status"), "denied");
  EXPECT_EQ(anna.result("admin.users").at("users").size(), 2u);
  const auto plugins = anna.result("admin.plugins").at("plugins");
  EXPECT_TRUE(std::any_of(plugins.begin(), plugins.end(), [](const auto& one) { return one.at("id") == "auth_sql"; }));
  EXPECT_EQ(anna.result("admin.status").at("clients"), 2);
}

TEST_F(ServerAccounts, RevokingASessionEndsItsStreamsWithinASecond) {
  ServerProcess server(options);
  WireClient anna(server.port());
  registered(anna, "anna");
  WireClient elsewhere(server.port());
  const json other = logged_in(elsewhere, "anna");
  const std::uint32_t stream = endless(elsewhere);
  ASSERT_FALSE(elsewhere.take(stream, 1, 50).packets.empty());
  WireClient bystander(server.port());
  registered(bystander, "bob");

  const auto before = std::chrono::steady_clock::now();
  anna.result("auth.revoke", {{"session_id", other.at("principal").at("session_id")}});
  EXPECT_EQ(elsewhere.goodbye(), "unauthenticated");
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
  EXPECT_EQ(anna.outcome("library.list"), "ok");
  EXPECT_EQ(bystander.outcome("library.list"), "ok");
  WireClient late(server.port());
  EXPECT_EQ(late.outcome("auth.resume", {{"token", other.at("token")}}), "unauthenticated");
}

TEST_F(ServerAccounts, ARevocationThatNoRequestMadeIsNoticedToo) {
  ServerProcess server(options);
  WireClient anna(server.port());
  registered(anna, "anna");
  ASSERT_FALSE(anna.take(endless(anna), 1, 50).packets.empty());
  const RunResult removed = run({"/usr/bin/python3", "-c",
                                 "import sqlite3, sys\n"
                                 "db = sqlite3.connect(sys.argv[1], timeout=10)\n"
                                 "db.execute('delete from sessions')\n"
                                 "db.commit()\n",
                                 dir.file("data/plugins/auth_sql/accounts.sqlite3")});
  ASSERT_TRUE(removed.ok()) << removed.err;
  EXPECT_EQ(anna.goodbye(), "unauthenticated");
}

TEST_F(ServerAccounts, LoggingOutEndsTheSessionEverywhereAndKeepsTheConnection) {
  ServerProcess server(options);
  WireClient here(server.port());
  const std::string token = registered(here, "anna").at("token");
  WireClient there(server.port());
  there.result("auth.resume", {{"token", token}});
  const std::uint32_t stream = endless(here);
  ASSERT_FALSE(here.take(stream, 1, 10).packets.empty());
  EXPECT_EQ(here.outcome("auth.logout"), "ok");
  EXPECT_EQ(here.outcome("stream.pause", {{"stream", stream}}), "unauthenticated");
  EXPECT_EQ(there.goodbye(), "unauthenticated");
  logged_in(here, "anna");
  EXPECT_EQ(here.outcome("stream.pause", {{"stream", stream}}), "not_found");
}

TEST_F(ServerAccounts, AChangedPasswordEndsTheOtherSessions) {
  ServerProcess server(options);
  WireClient here(server.port());
  registered(here, "anna");
  WireClient there(server.port());
  logged_in(there, "anna");
  EXPECT_EQ(here.outcome("auth.change_password", {{"old", "wrong password"}, {"new", "another password"}}), "denied");
  EXPECT_EQ(here.outcome("auth.change_password", {{"old", kPassword}, {"new", "another password"}}), "ok");
  EXPECT_EQ(there.goodbye(), "unauthenticated");
  EXPECT_EQ(here.outcome("library.list"), "ok");
  WireClient late(server.port());
  EXPECT_EQ(late.outcome("auth.login", {{"name", "anna"}, {"password", kPassword}}), "unauthenticated");
  logged_in(late, "anna", "another password");
}

TEST_F(ServerAccounts, AnAdminDisablesPromotesAndResets) {
  ServerProcess server(options);
  WireClient admin(server.port());
  const json root = registered(admin, "root", server.admin_code()).at("principal");
  WireClient bob(server.port());
  const json account = registered(bob, "bob").at("principal");

  admin.result("admin.set_role", {{"user_id", account.at("user_id")}, {"role", "admin"}});
  EXPECT_TRUE(wait_until([&] { return bob.outcome("admin.users") == "ok"; }));
  admin.result("admin.set_role", {{"user_id", account.at("user_id")}, {"role", "member"}});
  EXPECT_TRUE(wait_until([&] { return bob.outcome("admin.users") == "denied"; }));

  admin.result("admin.set_disabled", {{"user_id", account.at("user_id")}, {"is_disabled", true}});
  EXPECT_EQ(bob.goodbye(), "unauthenticated");
  WireClient again(server.port());
  EXPECT_NE(again.outcome("auth.login", {{"name", "bob"}, {"password", kPassword}}), "ok");
  admin.result("admin.set_disabled", {{"user_id", account.at("user_id")}, {"is_disabled", false}});
  admin.result("admin.reset_password", {{"user_id", account.at("user_id")}, {"password", "a reset password"}});
  logged_in(again, "bob", "a reset password");

  EXPECT_EQ(admin.outcome("admin.set_role", {{"user_id", root.at("user_id")}, {"role", "member"}}), "conflict");
  EXPECT_EQ(admin.outcome("admin.set_disabled", {{"user_id", root.at("user_id")}, {"is_disabled", true}}), "conflict");
}

TEST_F(ServerAccounts, AFloodOfLogInsSlowsNobodyElse) {
  // Passwords at their full price here, some 0.1 s and 64 MiB each.
  options.settings = "[plugins.auth_sql]\nregistration = \"open\"\n";
  ServerProcess server(options);
  WireClient anna(server.port());
  registered(anna, "anna");
  const std::string id = anna.media("clip");
  std::vector<std::unique_ptr<WireClient>> flood;
  for (int i = 0; i < 24; ++i) {
    flood.push_back(std::make_unique<WireClient>(server.port()));
    flood.back()->send_request(1, "auth.login", {{"name", "user" + std::to_string(i)}, {"password", "not this one"}});
  }
  // Answered while at least some of the flood still waits: hashing 24 times takes a second and more.
  EXPECT_EQ(anna.outcome("library.list"), "ok");
  EXPECT_EQ(anna.watch({{"media", id}, {"rendition", "copy"}}).packets.size(), 60u);
  EXPECT_FALSE(flood.back()->read(std::chrono::milliseconds(0)));
  EXPECT_TRUE(flood.back()->read());
}

}  // namespace
}  // namespace zoe::test
