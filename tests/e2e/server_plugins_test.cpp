// Plugins are swapped under a running server, by its folder and by the operator's commands.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"

namespace zoe::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The library as another build of the same plugin would be: every "1.0.0" in it reads `version`.
std::string build_of(const std::string& name, const std::string& version) {
  std::string bytes = bytes_of(plugin_file(name));
  const std::string before("1.0.0\0", 6);
  for (std::size_t at = bytes.find(before); at != std::string::npos; at = bytes.find(before, at))
    bytes.replace(at, 5, version);
  return bytes;
}

struct ServerPlugins : testing::Test {
  ServerPlugins() {
    fs::create_directories(films);
    fs::copy_file(make_clip({.frames = 600, .gop = 30}), films + "/clip.mp4");
    copy_plugins(plugins, {"auth_guest", "auth_sql", "codec_copy", "codec_jpeg", "transport_tcp"});
    server = std::make_unique<ServerProcess>(
        ServerOptions{.folders = {films}, .data_folder = data, .plugins_folder = plugins});
  }

  // As an operator puts a file there: written beside it, then renamed.
  void drop(const std::string& name, const std::string& bytes) const {
    const std::string path = plugins + "/" + name + ".so";
    std::ofstream(path + ".new", std::ios::binary) << bytes;
    fs::rename(path + ".new", path);
  }

  RunResult operate(std::vector<std::string> words, const std::vector<std::string>& wrapper = {}) const {
    std::vector<std::string> command = wrapper;
    command.push_back(program("zoetrope-server"));
    command.insert(command.end(), words.begin(), words.end());
    command.insert(command.end(), {"--data", data});
    return run(command);
  }

  json list() const {
    const RunResult result = operate({"plugins", "list", "--json"});
    EXPECT_TRUE(result.ok()) << result.err;
    return json::parse(result.out).at("plugins");
  }
  json plugin(const std::string& id) const {
    for (const json& view : list())
      if (view.at("id") == id) return view;
    return {};
  }
  // The one generation of it, once no other is left; its version.
  std::string settled_version(const std::string& id) const {
    std::string version;
    EXPECT_TRUE(wait_until([&] {
      const json generations = plugin(id).at("generations");
      if (generations.size() != 1) return false;
      version = generations[0].at("version");
      return true;
    })) << list().dump(1);
    return version;
  }
  bool wait_version(const std::string& id, const std::string& version) const {
    return wait_until([&] {
      const json view = plugin(id);
      return view.contains("version") && view.at("version") == version;
    });
  }

  TempDir dir;
  const std::string films = dir.file("films");
  const std::string plugins = dir.file("plugins");
  const std::string data = dir.file("data");
  std::unique_ptr<ServerProcess> server;
};

TEST_F(ServerPlugins, TheOperatorSeesThemAndTheServer) {
  const RunResult table = operate({"plugins", "list"});
  ASSERT_TRUE(table.ok()) << table.err;
  EXPECT_THAT(table.out, HasSubstr("transport_tcp"));
  EXPECT_THAT(table.out, HasSubstr("active"));
  EXPECT_EQ(operate({"plugins"}).out.substr(0, 6), table.out.substr(0, 6));
  EXPECT_EQ(list().size(), 5u);
  const RunResult status = operate({"status"});
  ASSERT_TRUE(status.ok()) << status.err;
  EXPECT_THAT(status.out, HasSubstr("clients"));
  EXPECT_EQ(json::parse(operate({"status", "--json"}).out).at("clients"), 0);
  const RunResult log = operate({"log", "--search", "listens"});
  ASSERT_TRUE(log.ok()) << log.err;
  EXPECT_THAT(log.out, HasSubstr("native listens on"));
}

TEST_F(ServerPlugins, ANewFileInTheFolderIsTakenUpWhileClientsStream) {
  WireClient client(server->port());
  client.result("auth.guest");
  const std::string id = client.media("clip");
  const json opened = client.result("stream.open", {{"media", id}, {"rendition", "jpeg"}, {"credit_us", 4'000'000}});
  const std::uint32_t stream = opened.at("stream");
  Watched got = client.take(stream, 1, 120);
  drop("codec_jpeg", build_of("codec_jpeg", "1.0.7"));
  ASSERT_TRUE(wait_version("codec_jpeg", "1.0.7")) << server->log();
  // The stream goes on, and yet nothing holds the old generation.
  EXPECT_EQ(settled_version("codec_jpeg"), "1.0.7") << server->log();
  client.credit(stream, 1, 3'600'000'000ULL);
  const Watched rest = client.take(stream, 1);
  got.packets.insert(got.packets.end(), rest.packets.begin(), rest.packets.end());
  ASSERT_EQ(got.packets.size(), 600u);
  EXPECT_TRUE(std::is_sorted(got.packets.begin(), got.packets.end(),
                             [](const Received& a, const Received& b) { return a.pts < b.pts; }));
  std::set<std::int64_t> pictures;
  for (const Received& packet : got.packets) pictures.insert(packet.pts);
  EXPECT_EQ(pictures.size(), 600u);
}

TEST_F(ServerPlugins, SwapsRollsBackDisablesAndEnablesAsTheOperatorSays) {
  drop("codec_copy", build_of("codec_copy", "1.0.8"));
  ASSERT_TRUE(wait_version("codec_copy", "1.0.8")) << server->log();
  const RunResult back = operate({"plugins", "rollback", "codec_copy"});
  ASSERT_TRUE(back.ok()) << back.err << server->log();
  EXPECT_EQ(settled_version("codec_copy"), "1.0.0");
  const RunResult swapped = operate({"plugins", "swap", plugins + "/codec_copy.so"});
  EXPECT_TRUE(swapped.ok()) << swapped.err;
  EXPECT_EQ(settled_version("codec_copy"), "1.0.8");

  const RunResult disabled = operate({"plugins", "disable", "codec_copy"});
  ASSERT_TRUE(disabled.ok()) << disabled.err;
  EXPECT_EQ(plugin("codec_copy").at("is_enabled"), false);
  WireClient client(server->port());
  client.result("auth.guest");
  const std::string id = client.media("clip");
  EXPECT_EQ(client.outcome("stream.open", {{"media", id}, {"rendition", "copy"}}), "unsupported");
  const RunResult enabled = operate({"plugins", "enable", "codec_copy", "--json"});
  ASSERT_TRUE(enabled.ok()) << enabled.err;
  EXPECT_EQ(json::parse(enabled.out).at("id"), "codec_copy");
  EXPECT_EQ(client.outcome("stream.open", {{"media", id}, {"rendition", "copy"}}), "ok");
}

TEST_F(ServerPlugins, ABadFileIsRefusedWithWordsAndTheOldOneServesOn) {
  drop("codec_copy", "this is no library at all");
  const RunResult refused = operate({"plugins", "swap", "codec_copy"});
  EXPECT_EQ(refused.status.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("is no plugin"));
  EXPECT_THAT(operate({"plugins", "list"}).out, HasSubstr("failed"));
  WireClient client(server->port());
  client.result("auth.guest");
  EXPECT_EQ(client.outcome("stream.open", {{"media", client.media("clip")}, {"rendition", "copy"}}), "ok");
}

TEST_F(ServerPlugins, ATransportIsReplacedAndItsClientsMoveOnWithATicket) {
  WireClient client(server->port());
  client.result("auth.guest");
  drop("transport_tcp", build_of("transport_tcp", "1.0.7"));
  ASSERT_TRUE(wait_version("transport_tcp", "1.0.7")) << server->log();
  EXPECT_EQ(client.outcome("auth.whoami"), "ok");  // the old generation still serves it
  const RunResult drained = operate({"plugins", "drain", "transport_tcp"});
  EXPECT_TRUE(drained.ok()) << drained.err;
  const std::string ticket = client.event("server.resume").at("ticket");
  EXPECT_EQ(client.goodbye(), "unavailable");
  WireClient next(server->port());  // the same port, which was never closed
  EXPECT_EQ(next.result("auth.take_over", {{"ticket", ticket}}).at("principal").at("role"), "guest");
  EXPECT_EQ(next.outcome("auth.take_over", {{"ticket", ticket}}), "unauthenticated");
  EXPECT_EQ(settled_version("transport_tcp"), "1.0.7") << server->log();
}

TEST_F(ServerPlugins, AnAuthPluginIsReplacedAndSessionsStayValid) {
  WireClient client(server->port());
  const json login = client.result("auth.register",
                                   {{"name", "anna"}, {"password", "a long password"}, {"code", server->admin_code()}});
  drop("auth_sql", build_of("auth_sql", "1.0.7"));
  ASSERT_TRUE(wait_version("auth_sql", "1.0.7")) << server->log();
  EXPECT_EQ(settled_version("auth_sql"), "1.0.7");
  EXPECT_EQ(client.outcome("auth.whoami"), "ok");
  EXPECT_EQ(client.outcome("admin.plugins"), "ok");
  WireClient next(server->port());
  EXPECT_EQ(next.outcome("auth.resume", {{"token", login.at("token")}}), "ok");
}

// Says that it is there, and waits for a file.
constexpr const char* kWaiting = R"sh(
echo '{"type":"hello","protocol":1}'
echo '{"type":"event","kind":"begun","time_us":0}'
while ! [ -e "$1" ]; do sleep 0.05; done
echo '{"type":"summary","text":"done"}'
)sh";

TEST_F(ServerPlugins, AnAnalysisEndsOnTheGenerationThatBeganIt) {
  server.reset();
  copy_plugins(plugins, {"analysis_script"});
  for (const std::string id : {"one", "two"}) {
    dir.write("scripts/" + id + "/run.sh", kWaiting);
    dir.write("scripts/" + id + "/" + id + ".toml", "id = \"" + id + "\"\nname = \"" + id + "\"\nversion = \"1\"\n" +
                                                        "command = [\"sh\", \"{folder}/run.sh\", \"{folder}/go\"]\n");
  }
  server = std::make_unique<ServerProcess>(ServerOptions{
      .folders = {films},
      .data_folder = data,
      .plugins_folder = plugins,
      .settings = "[analysis]\nat_once = 2\n[plugins.analysis_script]\nscripts = [\"" + dir.file("scripts") + "\"]\n"});
  WireClient client(server->port());
  client.result("auth.register", {{"name", "ann"}, {"password", "a long password"}});
  const auto start = [&](const std::string& analyser) {
    const json job =
        client.result("analysis.start", {{"media", client.media("clip")}, {"analyser", analyser}}).at("job");
    const std::string id = job.at("job");
    EXPECT_TRUE(wait_until([&] {
      return client.result("analysis.get", {{"job", id}}).at("job").at("counts").at("events") == 1;
    })) << analyser;
    return id;
  };
  const auto state = [&](const std::string& id) {
    return client.result("analysis.get", {{"job", id}}).at("job").at("state").get<std::string>();
  };

  const std::string first = start("one");
  drop("analysis_script", build_of("analysis_script", "1.0.7"));
  ASSERT_TRUE(wait_version("analysis_script", "1.0.7")) << server->log();
  const std::string second = start("two");
  EXPECT_EQ(state(first), "running");
  EXPECT_EQ(plugin("analysis_script").at("generations").size(), 2U) << "the first job holds the old one";

  dir.write("scripts/one/go", "");
  EXPECT_TRUE(wait_until([&] { return state(first) == "done"; })) << state(first);
  // Nothing else held it, so the second job is the new one's.
  EXPECT_EQ(settled_version("analysis_script"), "1.0.7") << server->log();
  EXPECT_EQ(state(second), "running");
  dir.write("scripts/two/go", "");
  EXPECT_TRUE(wait_until([&] { return state(second) == "done"; })) << state(second);
}

TEST_F(ServerPlugins, AnAdministratorIsToldAndSeesClients) {
  WireClient client(server->port());
  client.result(
      "auth.register",
      {{"name", "anna"}, {"password", "a long password"}, {"code", server->admin_code()}, {"client", "test/1"}});
  client.result("stream.open", {{"media", client.media("clip")}, {"rendition", "copy"}, {"rate", "-2"}});
  const json page = client.result("admin.clients");
  ASSERT_EQ(page.at("total"), 1);
  const json& self = page.at("clients").at(0);
  EXPECT_EQ(self.at("user"), "anna");
  EXPECT_EQ(self.at("program"), "test/1");
  EXPECT_EQ(self.at("transport"), "transport_tcp");
  EXPECT_EQ(self.at("streams").at(0).at("rendition"), "copy");
  EXPECT_EQ(self.at("streams").at(0).at("rate"), "-2");
  drop("codec_copy", build_of("codec_copy", "1.0.8"));
  EXPECT_EQ(client.event("plugins.changed").at("id"), "codec_copy");
  client.send_request(900, "admin.end_client", {{"client", self.at("client")}});
  EXPECT_EQ(client.goodbye(), "cancelled");
}

TEST_F(ServerPlugins, OtherUsersOfTheMachineAreRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  const RunResult refused =
      operate({"plugins", "list"}, {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
  EXPECT_EQ(refused.status.code, 3) << refused.out;
  EXPECT_TRUE(refused.out.empty());
}

TEST(OperatorCommands, SayThatNoServerRuns) {
  const TempDir dir;
  const RunResult result = run({program("zoetrope-server"), "status", "--data", dir.path()});
  EXPECT_EQ(result.status.code, 3);
  EXPECT_THAT(result.err, HasSubstr("no zoetrope-server runs with the data folder"));
  EXPECT_EQ(run({program("zoetrope-server"), "plugins", "frobnicate"}).status.code, 2);
  EXPECT_EQ(run({program("zoetrope-server"), "plugins", "swap"}).status.code, 2);
  EXPECT_TRUE(run({program("zoetrope-server"), "plugins", "--help"}).ok());
}

}  // namespace
}  // namespace zoe::test
