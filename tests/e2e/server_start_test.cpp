// zoetrope-server from its start to its end: what it needs, what it says when it does not get it, how it stops.
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>

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
using ::testing::HasSubstr;
using ::testing::Not;

struct ServerStart : testing::Test {
  ServerStart() { fs::create_directories(films); }

  ServerOptions options() { return {.folders = {films}}; }

  TempDir dir;
  const std::string films = dir.file("films");
};

TEST_F(ServerStart, ServesAtOnceAndKnowsItsNameAndVersion) {
  ServerOptions with = options();
  with.arguments = {"--name", "Clubhouse", "--ready-file", dir.file("ready")};
  ServerProcess server(with);
  EXPECT_THAT(read_whole_file(dir.file("ready")), testing::MatchesRegex("zoetrope-server ready: web 127.0.0.1:[0-9]+\n"
                                                                        "zoetrope-server ready: native 127.0.0.1:" +
                                                                        std::to_string(server.port()) + "\n"));
  WireClient client(server.port());
  const json info = client.result("server.info");
  EXPECT_EQ(info.at("name"), "Clubhouse");
  EXPECT_EQ(info.at("auth").at("can_log_in"), true);
  EXPECT_EQ(info.at("auth").at("is_guest"), true);
  EXPECT_EQ(info.at("auth").at("code_makes_admin"), true);
  EXPECT_EQ(server.process().stop().code, 0);
}

TEST_F(ServerStart, StopsCleanlyWithClientsConnected) {
  fs::copy_file(make_clip({}), films + "/clip.mp4");
  for (const int signal : {SIGTERM, SIGINT}) {
    ServerProcess server(options());
    WireClient watching(server.port());
    watching.result("auth.guest");
    const json opened = watching.result("stream.open", {{"media", watching.media("clip")},
                                                        {"rendition", "jpeg"},
                                                        {"is_looping", true},
                                                        {"credit_us", 3'600'000'000ULL}});
    ASSERT_FALSE(watching.take(opened.at("stream"), 1, 10).packets.empty());
    WireClient silent(server.port(), WireClient::Greeting::kNone);
    server.process().signal(signal);
    EXPECT_EQ(watching.goodbye(), "unavailable");
    const auto status = server.process().wait();
    ASSERT_TRUE(status);
    EXPECT_EQ(status->code, 0) << server.log();
    EXPECT_THAT(server.log(), Not(HasSubstr("error")));
  }
}

TEST_F(ServerStart, StopsAlthoughAClientDoesNotRead) {
  fs::copy_file(make_clip({.width = 1280, .height = 720, .frames = 120}), films + "/clip.mp4");
  ServerProcess server(options());
  WireClient stuck(server.port());
  stuck.result("auth.guest");
  stuck.result(
      "stream.open",
      {{"media", stuck.media("clip")}, {"rendition", "jpeg"}, {"is_looping", true}, {"credit_us", 3'600'000'000ULL}});
  WireClient other(server.port());
  other.result("auth.guest");
  // Both sides' socket buffers are full once the server has sent for a while and nobody took it.
  other.watch({{"media", other.media("clip")}, {"rendition", "jpeg"}});
  server.process().signal(SIGTERM);
  const auto status = server.process().wait();
  ASSERT_TRUE(status);
  EXPECT_EQ(status->code, 0) << server.log();
}

TEST_F(ServerStart, SpeaksTlsWithTheKeyThatItsLogNames) {
  ServerProcess server(options());
  const std::string log = server.log();
  const std::string begin = "fingerprint is ";
  ASSERT_THAT(log, HasSubstr(begin));
  const std::string pin = log.substr(log.find(begin) + begin.size(), 64);
  const auto client = [&](const std::string& expected) {
    return run({"/usr/bin/python3", repository_folder() + "/tests/support/zoe_client.py", "127.0.0.1",
                std::to_string(server.port()), "--pin", expected, "--guest", "list"});
  };
  EXPECT_TRUE(client(pin).ok()) << client(pin).out;
  EXPECT_FALSE(client(std::string(64, '0')).ok());
}

TEST_F(ServerStart, SaysWhoseThePortIs) {
  ServerProcess first(options());
  ServerOptions with = options();
  with.arguments = {"--port", std::to_string(first.port())};
  const RunResult second = run_server(with);
  EXPECT_EQ(second.status.code, 4);
  EXPECT_THAT(second.err, HasSubstr("127.0.0.1:" + std::to_string(first.port())));
  EXPECT_THAT(second.err, HasSubstr("in use"));
  EXPECT_THAT(second.err, HasSubstr("--port"));
}

TEST_F(ServerStart, SharesItsDataFolderWithNobody) {
  ServerOptions with = options();
  with.data_folder = dir.file("data");
  ServerProcess first(with);
  const RunResult second = run_server(with);
  EXPECT_EQ(second.status.code, 3);
  EXPECT_THAT(second.err, HasSubstr("in use by another zoetrope-server"));
  WireClient client(first.port());
  EXPECT_EQ(client.outcome("server.info"), "ok");
}

TEST_F(ServerStart, NeedsAWritableDataFolder) {
  // Root may write everywhere, so another user tries; that one has to reach the program and its settings.
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  ASSERT_EQ(::chmod(dir.path().c_str(), 0755), 0);
  fs::create_directories(dir.file("mine"));
  ASSERT_EQ(::chmod(dir.file("mine").c_str(), 0755), 0);
  fs::copy_file(program("zoetrope-server"), dir.file("server"));
  const RunResult result = run({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", dir.file("server"),
                                "--data-dir", dir.file("mine/data"), films});
  EXPECT_EQ(result.status.code, 3);
  EXPECT_THAT(result.err, HasSubstr(dir.file("mine/data")));
  EXPECT_THAT(result.err, HasSubstr("--data-dir"));
}

TEST_F(ServerStart, ExplainsWrongFlagsAndSettings) {
  ServerOptions flag = options();
  flag.arguments = {"--prot", "1"};
  EXPECT_EQ(run_server(flag).status.code, 2);
  EXPECT_THAT(run_server(flag).err, HasSubstr("--prot"));

  ServerOptions setting = options();
  setting.settings = "[store]\nmemory_gib = 1\n";
  const RunResult wrong = run_server(setting);
  EXPECT_EQ(wrong.status.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("zoetrope.toml:2"));
  EXPECT_THAT(wrong.err, HasSubstr("store.memory_gib"));

  const RunResult no_folder = run_server({.folders = {dir.file("none")}});
  EXPECT_EQ(no_folder.status.code, 2);
  EXPECT_THAT(no_folder.err, HasSubstr("none"));

  const RunResult help = run({program("zoetrope-server"), "--help"});
  EXPECT_TRUE(help.ok());
  EXPECT_THAT(help.out, HasSubstr("--allow-guests"));
}

TEST_F(ServerStart, AWrongPluginSettingDisablesThatPluginInWords) {
  ServerOptions with = options();
  with.settings = "[plugins.codec_jpeg]\nqualty = 5\n";
  ServerProcess server(with);
  EXPECT_THAT(server.log(), HasSubstr("qualty"));
  WireClient client(server.port());
  EXPECT_EQ(client.outcome("server.info"), "ok");
}

TEST_F(ServerStart, BadPluginsKeepNobodyFromServing) {
  ServerOptions with = options();
  with.plugins_folder = dir.file("plugins");
  copy_plugins(with.plugins_folder, {"transport_tcp", "auth_guest", "codec_copy", "codec_jpeg"});
  for (const char* name : {"plugin_other_major", "plugin_init_fails", "plugin_no_symbol", "plugin_throws"})
    fs::copy_file(test_plugin_file(name), with.plugins_folder + "/" + name + ".so");
  dir.write("plugins/text.so", "this is no plugin");
  fs::copy_file(make_clip({}), films + "/clip.mp4");
  ServerProcess server(with);
  for (const char* words :
       {"plugin_other_major.so", "major", "plugin_init_fails.so", "plugin_no_symbol.so", "is no plugin", "text.so"})
    EXPECT_THAT(server.log(), HasSubstr(words));
  WireClient client(server.port());
  client.result("auth.guest");
  EXPECT_EQ(client.watch({{"media", client.media("clip")}, {"rendition", "copy"}}).packets.size(), 60u);
}

TEST_F(ServerStart, WithoutATransportItSaysSoAndEnds) {
  ServerOptions with = options();
  with.plugins_folder = dir.file("plugins");
  copy_plugins(with.plugins_folder, {"auth_guest"});
  const RunResult result = run_server(with);
  EXPECT_EQ(result.status.code, 5);
  EXPECT_THAT(result.err, HasSubstr("--plugins-dir"));
  with.plugins_folder = dir.file("nowhere");
  EXPECT_EQ(run_server(with).status.code, 5);
}

TEST_F(ServerStart, WithoutAnAuthPluginItIsClosed) {
  ServerOptions with = options();
  with.plugins_folder = dir.file("plugins");
  copy_plugins(with.plugins_folder, {"transport_tcp", "codec_copy"});
  ServerProcess server(with);
  EXPECT_THAT(server.log(), HasSubstr("closed"));
  WireClient client(server.port());
  EXPECT_EQ(client.result("server.info").at("auth").at("can_log_in"), false);
  for (const char* method : {"auth.guest", "auth.login", "auth.register", "auth.resume"}) {
    const json answer = client.call(method, {{"name", "anna"}, {"password", "a good password"}, {"token", "x"}});
    EXPECT_EQ(answer.at("error").at("code"), "unavailable") << method;
    EXPECT_THAT(answer.at("error").at("message").get<std::string>(), HasSubstr("closed"));
  }
  EXPECT_EQ(client.outcome("library.list"), "unauthenticated");
}

TEST_F(ServerStart, ComesBackAfterAKillWithItsKeyAndItsLibrary) {
  fs::copy_file(make_clip({}), films + "/clip.mp4");
  ServerOptions with = options();
  with.data_folder = dir.file("data");
  std::string id;
  std::string key;
  {
    ServerProcess server(with);
    WireClient client(server.port());
    client.result("auth.guest");
    id = client.media("clip");
    key = read_whole_file(dir.file("data/tls/certificate.pem"));
    // In hand while it is killed: no reason to lock the file away.
    client.result("stream.open", {{"media", id}, {"rendition", "jpeg"}, {"credit_us", 1'000'000}});
    server.process().signal(SIGKILL);
    EXPECT_EQ(client.goodbye(), "closed");
    server.process().wait();
  }
  ServerProcess server(with);
  WireClient client(server.port());
  client.result("auth.guest");
  EXPECT_EQ(client.media("clip"), id);
  EXPECT_EQ(read_whole_file(dir.file("data/tls/certificate.pem")), key);
  EXPECT_FALSE(fs::exists(dir.file("data/quarantine")));
}

TEST_F(ServerStart, QuarantinesTheFileThatItCrashedOver) {
  fs::copy_file(make_clip({}), films + "/bad.mp4");
  fs::copy_file(make_clip({.width = 160, .height = 120}), films + "/good.mp4");
  ServerOptions with = options();
  with.guests = Guests::kRefused;
  with.data_folder = dir.file("data");
  with.plugins_folder = dir.file("plugins");
  copy_plugins(with.plugins_folder, {"transport_tcp", "auth_sql", "codec_copy"});
  fs::copy_file(test_plugin_file("plugin_crash_codec"), with.plugins_folder + "/crash_codec.so");
  {
    ServerProcess server(with);
    WireClient client(server.port());
    client.result("auth.register", {{"name", "anna"}, {"password", "a good password"}, {"code", server.admin_code()}});
    client.media("good");
    client.send_request(100, "stream.open",
                        {{"media", client.media("bad")}, {"rendition", "crash"}, {"credit_us", 1'000'000}});
    EXPECT_EQ(client.goodbye(), "closed");
    EXPECT_FALSE(server.process().wait()->ok());
  }
  {
    ServerProcess server(with);
    EXPECT_THAT(server.log(), HasSubstr("quarantine"));
    WireClient client(server.port());
    client.result("auth.login", {{"name", "anna"}, {"password", "a good password"}});
    EXPECT_EQ(client.watch({{"media", client.media("good")}, {"rendition", "copy"}}).packets.size(), 60u);
    EXPECT_EQ(client.result("library.list").at("total"), 1);
    const json problems = client.result("library.problems").at("problems");
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_THAT(problems[0].at("path").get<std::string>(), HasSubstr("bad.mp4"));
    EXPECT_THAT(problems[0].at("message").get<std::string>(), HasSubstr("--release-quarantine"));
    EXPECT_EQ(server.process().stop().code, 0);
  }
  with.arguments = {"--release-quarantine"};
  ServerProcess server(with);
  WireClient client(server.port());
  client.result("auth.login", {{"name", "anna"}, {"password", "a good password"}});
  EXPECT_FALSE(client.media("bad").empty());
}

}  // namespace
}  // namespace zoe::test
