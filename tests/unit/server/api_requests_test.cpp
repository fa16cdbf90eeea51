#include <string>

#include <gmock/gmock.h>

#include "tests/unit/server/api_fixture.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Errc parse_error(const std::string& text) {
  const auto request = Request::parse(text);
  EXPECT_FALSE(request) << text;
  return request ? Errc::kInternal : request.error().code;
}

TEST(RequestParse, RefusesWhatIsNoRequest) {
  EXPECT_EQ(parse_error(""), Errc::kMalformed);
  EXPECT_EQ(parse_error("{"), Errc::kMalformed);
  EXPECT_EQ(parse_error("[]"), Errc::kMalformed);
  EXPECT_EQ(parse_error("{}"), Errc::kMalformed);
  EXPECT_EQ(parse_error(R"({"method": 7})"), Errc::kMalformed);
  EXPECT_EQ(parse_error(R"({"method": "library.list", "params": []})"), Errc::kMalformed);
  EXPECT_EQ(parse_error(R"({"method": "library.burn"})"), Errc::kUnsupported);
  EXPECT_EQ(parse_error("{\"method\": \"\xFF\"}"), Errc::kMalformed);
  EXPECT_EQ(parse_error(std::string(100'000, ' ')), Errc::kTooLarge);
}

TEST(RequestParse, BoundsNestingBeforeItParses) {
  const std::string deep(20'000, '[');
  EXPECT_EQ(parse_error(R"({"method": "server.info", "params": {"a": )" + deep + "}}"), Errc::kMalformed);
}

TEST(RequestParse, KnowsTheStreamThatARequestIsAbout) {
  EXPECT_EQ(Request::parse(R"({"method": "stream.seek", "params": {"stream": 7}})").value().stream(), 7u);
  EXPECT_EQ(Request::parse(R"({"method": "stream.seek", "params": {"stream": -7}})").value().stream(), 0u);
  EXPECT_EQ(Request::parse(R"({"method": "stream.seek", "params": {"stream": 4294967297}})").value().stream(), 0u);
  EXPECT_EQ(Request::parse(R"({"method": "server.info"})").value().stream(), 0u);
}

using ApiTest = ApiFixture;

TEST_F(ApiTest, TellsStrangersOnlyHowToSignIn) {
  const json info = call("server.info").at("result");
  EXPECT_EQ(info.at("name"), "test server");
  EXPECT_EQ(info.at("auth").at("can_log_in"), true);
  for (const char* method :
       {"library.list",  "library.get",  "library.problems",     "stream.open",        "stream.seek",
        "stream.close",  "file.open",    "file.close",           "auth.whoami",        "auth.logout",
        "auth.sessions", "auth.revoke",  "auth.change_password", "admin.users",        "admin.status",
        "admin.plugins", "admin.rescan", "admin.set_role",       "admin.set_disabled", "admin.reset_password"})
    EXPECT_EQ(outcome(method), "unauthenticated") << method;
}

TEST_F(ApiTest, SignsInByName) {
  const json reply = call("auth.login", {{"name", "anna"}, {"password", "password"}}).at("result");
  EXPECT_EQ(reply.at("token"), "token-of-anna");
  EXPECT_EQ(reply.at("principal").at("name"), "anna");
  EXPECT_EQ(reply.at("principal").at("role"), "member");
  EXPECT_TRUE(reply.contains("expires_utc_ns"));
  EXPECT_EQ(call("auth.whoami").at("result").at("principal").at("name"), "anna");
}

TEST_F(ApiTest, SignsInByTokenAndAsGuestWithoutTellingAToken) {
  const json resumed = call("auth.resume", {{"token", "token-of-bob"}}).at("result");
  EXPECT_EQ(resumed.at("principal").at("name"), "bob");
  EXPECT_FALSE(resumed.contains("token"));
  const json guest = call("auth.guest").at("result");
  EXPECT_EQ(guest.at("principal").at("role"), "guest");
  EXPECT_FALSE(guest.contains("token"));
}

TEST_F(ApiTest, AWrongPasswordChangesNothing) {
  sign_in("anna");
  EXPECT_EQ(outcome("auth.login", {{"name", "bob"}, {"password", "wrong"}}), "unauthenticated");
  EXPECT_EQ(call("auth.whoami").at("result").at("principal").at("name"), "anna");
}

TEST_F(ApiTest, LoggingOutRevokesTheSession) {
  sign_in("anna");
  EXPECT_EQ(outcome("auth.logout"), "ok");
  EXPECT_EQ(sessions_changed, 1);
  EXPECT_EQ(outcome("auth.whoami"), "unauthenticated");
  EXPECT_EQ(outcome("auth.resume", {{"token", "token-of-anna"}}), "unauthenticated");
}

TEST_F(ApiTest, ShowsAndRevokesOnesOwnSessions) {
  sign_in("anna");
  const json sessions = call("auth.sessions").at("result").at("sessions");
  ASSERT_EQ(sessions.size(), 1u);
  EXPECT_EQ(sessions[0].at("is_current"), true);
  EXPECT_EQ(sessions[0].at("client"), "test");
  EXPECT_EQ(outcome("auth.revoke", {{"session_id", 1}}), "not_found");
  EXPECT_EQ(outcome("auth.revoke", {{"session_id", 0}}), "invalid_argument");  // 0 would mean all of them
  EXPECT_EQ(outcome("auth.revoke", {{"session_id", sessions[0].at("session_id")}}), "ok");
  EXPECT_EQ(sessions_changed, 1);
}

TEST_F(ApiTest, AdministersOnlyForAdmins) {
  sign_in("anna");
  for (const char* method : {"admin.users", "admin.status", "admin.plugins", "admin.rescan", "library.problems"})
    EXPECT_EQ(outcome(method), "denied") << method;
  sign_in("admin");
  for (const char* method : {"admin.users", "admin.status", "admin.plugins", "admin.rescan", "library.problems"})
    EXPECT_EQ(outcome(method), "ok") << method;
  EXPECT_EQ(outcome("admin.set_role", {{"user_id", 1004}, {"role", "admin"}}), "ok");
  EXPECT_EQ(outcome("admin.set_role", {{"user_id", 1004}, {"role", "king"}}), "invalid_argument");
  EXPECT_EQ(outcome("admin.set_role", {{"user_id", 5}, {"role", "member"}}), "not_found");
  EXPECT_EQ(outcome("admin.set_disabled", {{"user_id", 1004}, {"is_disabled", true}}), "ok");
  EXPECT_EQ(outcome("admin.reset_password", {{"user_id", 1004}, {"password", "something new"}}), "ok");
  EXPECT_EQ(sessions_changed, 3);
}

TEST_F(ApiTest, ShowsUsersAndStatus) {
  sign_in("admin");
  EXPECT_EQ(call("admin.users").at("result").at("users").at(0).at("name"), "anna");
  metrics.counter("test_total").add(5);
  metrics.histogram("test_times").record(8);
  const json status = call("admin.status").at("result");
  EXPECT_EQ(status.at("clients"), 3);
  EXPECT_EQ(status.at("streams"), 4);
  EXPECT_EQ(status.at("bytes_sent"), 5);
  EXPECT_GT(status.at("cpu_s"), 0);
  EXPECT_GT(status.at("rss_bytes"), 1'000'000);
  EXPECT_GE(status.at("uptime_s"), 0);
  EXPECT_GT(status.at("store").at("budget_bytes"), 0);
  EXPECT_EQ(status.at("metrics").at("test_total"), 5);
  EXPECT_EQ(status.at("metrics").at("test_times").at("count"), 1);
}

TEST_F(ApiTest, ListsTheLibrary) {
  const std::string id = add_clip();
  sign_in("anna");
  const json list = call("library.list", {{"search", "clip"}}).at("result");
  EXPECT_EQ(list.at("total"), 1);
  const json item = list.at("items").at(0);
  EXPECT_EQ(item.at("media"), id);
  EXPECT_EQ(item.at("title"), "clip");
  EXPECT_EQ(item.at("path"), "clip.mp4");
  EXPECT_EQ(item.at("width"), 64);
  EXPECT_EQ(item.at("height"), 48);
  EXPECT_EQ(item.at("codec"), "h264");
  EXPECT_EQ(item.at("frame_rate"), json::array({30, 1}));
  EXPECT_EQ(item.at("has_audio"), false);
  EXPECT_EQ(item.at("is_hdr"), false);
  EXPECT_GT(item.at("size_bytes"), 0);
  EXPECT_GT(item.at("duration_us"), 0);
  EXPECT_TRUE(list.at("scan").contains("is_running"));
  EXPECT_EQ(call("library.list", {{"search", "other"}}).at("result").at("total"), 0);
}

TEST_F(ApiTest, SaysWhichParameterIsWrong) {
  sign_in("anna");
  EXPECT_EQ(error_of("library.list", {{"limit", 0}}), "params.limit: 0 is not in 1 to 500");
  EXPECT_THAT(error_of("library.list", {{"sort", "colour"}}), HasSubstr("params.sort"));
  EXPECT_THAT(error_of("library.list", {{"offset", -1}}), HasSubstr("params.offset"));
  EXPECT_THAT(error_of("library.list", {{"search", std::string(300, 'x')}}), HasSubstr("params.search"));
  EXPECT_THAT(error_of("library.get", json::object()), HasSubstr("params.media"));
  EXPECT_EQ(outcome("library.get", {{"media", "none"}}), "not_found");
}

TEST_F(ApiTest, DescribesOneMedia) {
  const std::string id = add_clip();
  sign_in("anna");
  const json media = call("library.get", {{"media", id}}).at("result");
  EXPECT_EQ(media.at("media"), id);
  ASSERT_EQ(media.at("tracks").size(), 1u);
  EXPECT_EQ(media.at("tracks")[0].at("kind"), "video");
  EXPECT_TRUE(media.at("chapters").empty());
  EXPECT_TRUE(media.at("renditions").empty());  // no codec plugin is loaded
}

TEST_F(ApiTest, AsksTheAuthGateAboutTheMediaInQuestion) {
  const std::string id = add_clip();
  sign_in("anna");
  call("library.list");
  call("library.get", {{"media", id}});
  call("stream.open", {{"media", id}, {"rendition", "copy"}});
  call("file.open", {{"media", id}});
  EXPECT_THAT(auth.asked(), ElementsAre("1 ", "1 " + id, "2 " + id, "3 " + id));
  auth.deny(ZOE_ACTION_DOWNLOAD);
  EXPECT_EQ(outcome("file.open", {{"media", id}}), "denied");
  auth.deny(ZOE_ACTION_WATCH);
  EXPECT_EQ(outcome("stream.open", {{"media", id}, {"rendition", "copy"}}), "denied");
  auth.deny(ZOE_ACTION_BROWSE);
  EXPECT_EQ(outcome("library.list"), "denied");
}

TEST_F(ApiTest, AStreamThatCannotBeOpenedTakesNoPlace) {
  const std::string id = add_clip();
  sign_in("anna");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(outcome("stream.open", {{"media", id}, {"rendition", "copy"}}), "unsupported");
  EXPECT_EQ(outcome("stream.open", {{"media", "none"}, {"rendition", "copy"}}), "not_found");
  EXPECT_EQ(outcome("stream.open", {{"media", id}, {"rendition", "copy"}, {"rate", "0"}}), "invalid_argument");
  EXPECT_EQ(outcome("stream.open", {{"media", id}, {"rendition", "copy"}, {"rate", "17"}}), "invalid_argument");
  EXPECT_EQ(outcome("stream.open", {{"media", id}, {"rendition", std::string(100, 'x')}}), "invalid_argument");
  EXPECT_EQ(outcome("stream.seek", {{"stream", 1}, {"serial", 2}, {"position_us", 0}}), "not_found");
}

TEST_F(ApiTest, OpensFiles) {
  const std::string id = add_clip();
  sign_in("anna");
  const json file = call("file.open", {{"media", id}, {"offset", 5}}).at("result");
  EXPECT_EQ(file.at("name"), "clip.mp4");
  EXPECT_EQ(file.at("size_bytes"), std::filesystem::file_size(root + "/clip.mp4"));
  EXPECT_FALSE(file.at("version").get<std::string>().empty());
  const auto copy = session.file(file.at("file"));
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->size_bytes, file.at("size_bytes"));
  EXPECT_EQ(outcome("file.close", {{"file", file.at("file")}}), "ok");
  EXPECT_EQ(outcome("file.close", {{"file", file.at("file")}}), "not_found");
  EXPECT_THAT(error_of("file.open", {{"media", id}, {"offset", 1'000'000'000}}), HasSubstr("params.offset"));
  EXPECT_THAT(error_of("file.open", {{"media", id}, {"chunk_bytes", 100}}), HasSubstr("512 to 1048576"));
}

TEST_F(ApiTest, SaysThatAFileHasGone) {
  const std::string id = add_clip();
  sign_in("anna");
  std::filesystem::remove(root + "/clip.mp4");
  EXPECT_EQ(outcome("file.open", {{"media", id}}), "not_found");
  EXPECT_THAT(error_of("file.open", {{"media", id}}), HasSubstr("no longer there"));
}

}  // namespace
}  // namespace zoe::server
