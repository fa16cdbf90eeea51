// What administrators ask of plugins, clients, accounts and the log.
#include <gmock/gmock.h>

#include "tests/unit/server/api_fixture.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

struct ApiAdminTest : ApiFixture {
  void SetUp() override { sign_in("admin"); }
};

plugin::PluginStatus swapped_codec() {
  plugin::PluginStatus status;
  status.id = "codec_x";
  status.name = "Codec X";
  status.version = "1.1.0";
  status.kind = "codec";
  status.file = "/plugins/codec_x.so";
  plugin::GenerationStatus generation;
  generation.info.number = 7;
  generation.info.version = "1.1.0";
  generation.info.state = plugin::GenerationState::kActive;
  generation.info.pins = 2;
  generation.memory_bytes = 4096;
  generation.loaded_utc_ns = 5;
  status.generations.push_back(generation);
  status.previous = plugin::PluginStatus::Previous{6, "1.0.0"};
  status.residents.push_back({5, "a thread was left running"});
  status.last =
      plugin::PluginStatus::Last{plugin::PluginAction::kRollBack, 9, true, "done", std::chrono::milliseconds(12)};
  return status;
}

TEST_F(ApiAdminTest, ShowsPluginsWithTheirGenerations) {
  plugin::PluginStatus never_loaded;
  never_loaded.id = "broken";
  never_loaded.is_file_there = false;
  plugin_list = {swapped_codec(), never_loaded};
  const json list = call("admin.plugins").at("result").at("plugins");
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].at("id"), "codec_x");
  EXPECT_EQ(list[0].at("is_enabled"), true);
  const json& generation = list[0].at("generations").at(0);
  EXPECT_EQ(generation.at("generation"), 7);
  EXPECT_EQ(generation.at("state"), "active");
  EXPECT_EQ(generation.at("pins"), 2);
  EXPECT_EQ(generation.at("memory_bytes"), 4096);
  EXPECT_EQ(list[0].at("previous"), (json{{"generation", 6}, {"version", "1.0.0"}}));
  EXPECT_EQ(list[0].at("resident").at(0).at("why"), "a thread was left running");
  EXPECT_EQ(list[0].at("last").at("action"), "roll_back");
  EXPECT_EQ(list[0].at("last").at("took_ms"), 12);
  EXPECT_EQ(list[1].at("is_file_there"), false);
  EXPECT_TRUE(list[1].at("previous").is_null());
  EXPECT_TRUE(list[1].at("last").is_null());
}

TEST_F(ApiAdminTest, CarriesOutWhatIsAskedOfAPlugin) {
  std::vector<std::pair<PluginWish, std::string>> asked;
  act_on_plugin = [&](PluginWish wish, const std::string& what) -> Result<plugin::SwapReport> {
    asked.emplace_back(wish, what);
    return plugin::SwapReport{"codec_x", 8, "1.2.0", "serves", std::chrono::milliseconds(3)};
  };
  const json done = call("admin.plugin_swap", {{"id", "codec_x"}}).at("result");
  EXPECT_EQ(done.at("generation"), 8);
  EXPECT_EQ(done.at("version"), "1.2.0");
  EXPECT_EQ(done.at("message"), "serves");
  EXPECT_EQ(outcome("admin.plugin_swap", {{"file", "codec_x.so"}}), "ok");
  EXPECT_EQ(outcome("admin.plugin_rollback", {{"id", "a"}}), "ok");
  EXPECT_EQ(outcome("admin.plugin_enable", {{"id", "b"}}), "ok");
  EXPECT_EQ(outcome("admin.plugin_disable", {{"id", "c"}}), "ok");
  EXPECT_EQ(outcome("admin.plugin_drain", {{"id", "d"}}), "ok");
  const std::vector<std::pair<PluginWish, std::string>> wanted = {
      {PluginWish::kSwap, "codec_x"}, {PluginWish::kSwap, "codec_x.so"}, {PluginWish::kRollBack, "a"},
      {PluginWish::kEnable, "b"},     {PluginWish::kDisable, "c"},       {PluginWish::kDrain, "d"}};
  EXPECT_EQ(asked, wanted);
}

TEST_F(ApiAdminTest, ASwapNamesOnePluginOrOneFile) {
  EXPECT_EQ(outcome("admin.plugin_swap"), "invalid_argument");
  EXPECT_EQ(outcome("admin.plugin_swap", {{"id", "a"}, {"file", "b"}}), "invalid_argument");
  EXPECT_EQ(outcome("admin.plugin_rollback"), "invalid_argument");
}

TEST_F(ApiAdminTest, TellsTheWordsOfAPluginThatWasRefused) {
  act_on_plugin = [](PluginWish, const std::string&) -> Result<plugin::SwapReport> {
    return fail(Errc::kMalformed, "codec_x.so is no plugin");
  };
  EXPECT_EQ(error_of("admin.plugin_swap", {{"id", "codec_x"}}), "codec_x.so is no plugin");
}

TEST_F(ApiAdminTest, ShowsClientsAPageAtATime) {
  client_page = [](std::size_t offset, std::size_t limit) {
    EXPECT_EQ(offset, 5u);
    EXPECT_EQ(limit, 2u);
    ClientView view;
    view.number = 12;
    view.address = "192.0.2.7";
    view.transport = "transport_tcp";
    view.bytes_per_s = 99;
    view.streams.push_back({3, "abc", "A film", {.rendition = "copy", .serial = 4, .rate = {-1, 2}, .sent_us = 77}});
    return ClientPage{9, {view}};
  };
  const json page = call("admin.clients", {{"offset", 5}, {"limit", 2}}).at("result");
  EXPECT_EQ(page.at("total"), 9);
  const json& client = page.at("clients").at(0);
  EXPECT_EQ(client.at("client"), 12);
  EXPECT_EQ(client.at("user"), "");  // nobody is signed in
  EXPECT_EQ(client.at("bytes_per_s"), 99);
  EXPECT_EQ(client.at("streams").at(0).at("rate"), "-1/2");
  EXPECT_EQ(client.at("streams").at(0).at("title"), "A film");
  EXPECT_EQ(client.at("streams").at(0).at("sent_us"), 77);
  EXPECT_EQ(outcome("admin.clients", {{"limit", 501}}), "invalid_argument");
}

TEST_F(ApiAdminTest, EndsAClient) {
  end_client = [](std::uint64_t client, const Error& reason) -> Status {
    EXPECT_THAT(reason.message, HasSubstr("administrator"));
    return client == 12 ? Status() : fail(Errc::kNotFound, "no such client");
  };
  EXPECT_EQ(outcome("admin.end_client", {{"client", 12}}), "ok");
  EXPECT_EQ(outcome("admin.end_client", {{"client", 13}}), "not_found");
}

TEST_F(ApiAdminTest, ShowsTheLog) {
  log_ring.add(LogLevel::kInfo, "server", "started", 1);
  log_ring.add(LogLevel::kError, "codec_x", "failed", 2);
  const json all = call("admin.log").at("result");
  EXPECT_EQ(all.at("lines").size(), 2u);
  EXPECT_EQ(all.at("first_seq"), 1);
  EXPECT_EQ(all.at("last_seq"), 2);
  const json some = call("admin.log", {{"level", "warning"}, {"search", "CODEC"}}).at("result").at("lines");
  ASSERT_EQ(some.size(), 1u);
  EXPECT_EQ(some[0].at("level"), "error");
  EXPECT_EQ(some[0].at("component"), "codec_x");
  EXPECT_EQ(some[0].at("text"), "failed");
  EXPECT_TRUE(call("admin.log", {{"after", 2}}).at("result").at("lines").empty());
  EXPECT_EQ(outcome("admin.log", {{"level", "loud"}}), "invalid_argument");
}

TEST_F(ApiAdminTest, MakesAccounts) {
  const json params = {{"name", "carla"}, {"password", "a password"}, {"role", "member"}};
  EXPECT_EQ(call("admin.create_user", params).at("result").at("user_id"), 1005);
  EXPECT_EQ(outcome("admin.create_user", {{"name", "taken"}, {"password", "x"}, {"role", "admin"}}), "conflict");
  EXPECT_EQ(outcome("admin.create_user", {{"name", "x"}, {"password", "x"}, {"role", "king"}}), "invalid_argument");
}

TEST_F(ApiAdminTest, IsForAdministratorsAlone) {
  sign_in("anna");
  for (const char* method :
       {"admin.clients", "admin.create_user", "admin.end_client", "admin.log", "admin.plugin_disable",
        "admin.plugin_drain", "admin.plugin_enable", "admin.plugin_rollback", "admin.plugin_swap", "admin.plugins"})
    EXPECT_EQ(outcome(method), "denied") << method;
}

TEST_F(ApiAdminTest, TheOperatorNeedsNoPluginAndManagesTheAccountsThatThereAre) {
  ASSERT_TRUE(session.sign_in(operator_identity()));
  auth.deny(ZOE_ACTION_ADMINISTER);
  EXPECT_EQ(outcome("admin.log"), "ok");
  EXPECT_EQ(call("admin.users").at("result").at("users").size(), 2u);
  EXPECT_EQ(AuthGate([] { return std::vector<AuthPin>(); }).users(*operator_identity()).error().code,
            Errc::kUnavailable);
}

}  // namespace
}  // namespace zoe::server
