// A root that only a group may see: nobody else finds a trace of its media, whatever they ask.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/unit/server/api_fixture.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kTitle = "Hidden treasure";
constexpr const char* kMadeUp = "0123456789abcdef0123456789abcdef";

class AccessTest : public ApiFixture {
 protected:
  void SetUp() override {
    open_media = add_clip("Seen by all.mp4");
    hidden = add_hidden();
    sign_in("admin");
    group = result("admin.create_group", {{"name", "Family"}}).at("group").get<std::int64_t>();
    result("admin.set_root", {{"root", "secret"}, {"policy", "groups"}, {"groups", {group}}});
    sign_in("mallory");
    outsider_id = result("auth.whoami").at("principal").at("user_id").get<std::int64_t>();
    sign_in("ann");
    member_id = result("auth.whoami").at("principal").at("user_id").get<std::int64_t>();
    sign_in("admin");
    result("admin.set_group_members", {{"group", group}, {"user_ids", {member_id}}});
    channel = result("channels.create", {{"name", "One"}, {"media", {hidden, open_media}}}).at("channel").get<int>();
    // The member has done everything with it that leaves a trace, and shares it.
    sign_in("ann");
    result("progress.report", {{"media", hidden}, {"position_us", 100'000}});
    result("favourites.add", {{"media", hidden}});
    result("ratings.set", {{"media", hidden}, {"stars", 5}});
    playlist = result("playlists.create", {{"name", "Shared"}}).at("playlist").get<std::int64_t>();
    result("playlists.add", {{"playlist", playlist}, {"media", {hidden, open_media}}});
    result("playlists.share", {{"playlist", playlist}, {"sharing", "everyone"}});
    room = result("rooms.create", {{"name", "Ann's"}, {"media", {hidden, open_media}}}).at("room").get<std::string>();
    result("rooms.join", {{"room", room}});
    recommendations->refresh();
    const json started = result("analysis.start", {{"media", hidden}, {"analyser", "finder"}});
    job = started.at("job").at("job").get<std::string>();
    EXPECT_TRUE(zoe::test::wait_until([&] {
      return call("analysis.get", {{"job", job}}).at("result").at("job").at("state") == "done";
    }));
  }

  std::string add_hidden() {
    std::filesystem::create_directories(secret + "/vault");
    std::filesystem::copy_file(zoe::test::make_clip({.width = 48, .height = 48, .frames = 12}),
                               secret + "/vault/" + kTitle + ".mp4");
    dir.write("secret/vault/" + std::string(kTitle) + ".en.srt",
              std::string("1\n00:00:00,000 --> 00:00:01,000\n") + kTitle);
    library.rescan();
    EXPECT_TRUE(zoe::test::wait_until([&] { return library.size() == 2; }));
    return library.list({.search = kTitle}).items.at(0)->id;
  }

  json result(const std::string& method, const json& params = json::object()) {
    const json reply = call(method, params);
    EXPECT_TRUE(reply.contains("result")) << method << " " << reply.dump();
    return reply.value("result", json::object());
  }

  // Every method there is, with the params of each way to ask about a media; MEDIA stands for its id.
  const std::map<std::string, std::vector<json>>& table() {
    static const std::map<std::string, std::vector<json>> all = make_table();
    return all;
  }
  std::map<std::string, std::vector<json>> make_table() {
    const json none = json::object();
    const json media = {{"media", "MEDIA"}};
    const json stream = {{"stream", 1}, {"serial", 9}};
    std::map<std::string, std::vector<json>> all;
    for (const char* method :
         {"account.export", "auth.guest",    "auth.sessions",  "auth.whoami",  "favourites.list",  "history.list",
          "home.get",       "library.roots", "playlists.list", "server.info",  "settings.get",     "history.clear",
          "admin.audit",    "admin.invites", "admin.clients",  "admin.groups", "admin.log",        "admin.plugins",
          "admin.rescan",   "admin.roots",   "admin.status",   "admin.users",  "library.problems", "auth.logout"})
      all[method] = {none};
    for (const char* method :
         {"favourites.add", "favourites.remove", "file.open", "library.get", "progress.clear", "progress.get"})
      all[method] = {media};
    all["file.open"].push_back({{"path", "vault/" + std::string(kTitle) + ".mp4"}, {"offset", 0}});
    all["file.watch"] = {media, {{"path", "secret/vault/" + std::string(kTitle) + ".mp4"}}};
    all["library.artwork"] = {{{"media", "MEDIA"}, {"kind", "poster"}},
                              {{"media", "MEDIA"}, {"kind", "preview"}, {"sheet", 0}}};
    all["library.subtitle"] = {{{"media", "MEDIA"}, {"subtitle", 0}}};
    all["library.folders"] = {{{"root", "secret"}}, {{"root", "secret"}, {"folder", "vault"}}, {{"root", "films"}}};
    all["analysis.analysers"] = {none};
    all["analysis.jobs"] = {none, media};
    all["analysis.start"] = {{{"media", "MEDIA"}, {"analyser", "finder"}}};
    for (const char* method : {"analysis.cancel", "analysis.delete", "analysis.events", "analysis.export",
                               "analysis.get", "analysis.series", "analysis.tracks"})
      all[method] = {{{"job", job}, {"from_us", 0}, {"until_us", 1}}};
    all["home.get"].push_back({{"limit", 100}});
    all["library.list"] = {none,
                           {{"search", "treasure"}},
                           {{"root", "secret"}},
                           {{"folder", "vault"}},
                           {{"sort", "added"}, {"is_descending", true}}};
    all["progress.report"] = {{{"media", "MEDIA"}, {"position_us", 1}}};
    all["watched.set"] = {{{"media", "MEDIA"}, {"is_watched", true}}};
    all["ratings.set"] = {{{"media", "MEDIA"}, {"stars", 3}}};
    all["recommendations.get"] = {none, media};
    all["stream.open"] = {{{"media", "MEDIA"}, {"rendition", "copy"}}};
    all["stream.segments"] = {{{"media", "MEDIA"}, {"rendition", "copy"}}};
    for (const char* method : {"stream.close", "stream.loop", "stream.pause", "stream.play", "stream.rate",
                               "stream.seek", "stream.step", "stream.rendition"})
      all[method] = {stream};
    all["file.close"] = {{{"file", 1}}};
    all["history.remove"] = {{{"viewing", 1}}};
    all["playlists.get"] = {{{"playlist", playlist}}};
    all["playlists.add"] = {{{"playlist", playlist}, {"media", {"MEDIA"}}}};
    all["playlists.create"] = {{{"name", "Mine"}}};
    for (const char* method : {"playlists.delete", "playlists.rename", "playlists.share", "playlists.share_with",
                               "playlists.unshare_with", "playlists.remove", "playlists.move"})
      all[method] = {{{"playlist", playlist},
                      {"name", "x"},
                      {"sharing", "private"},
                      {"user", "ann"},
                      {"entries", {1}},
                      {"entry", 1},
                      {"to", 0}}};
    all["channels.list"] = {none};
    all["channels.get"] = all["channels.delete"] = {{{"channel", channel}}};
    all["channels.create"] = {{{"name", "Mine"}, {"media", {"MEDIA"}}}};
    all["channels.update"] = {{{"channel", channel}, {"media", {"MEDIA"}}}};
    all["rooms.list"] = {none};
    all["rooms.create"] = {{{"name", "Mine"}, {"media", {"MEDIA"}}}, {{"name", "Mine"}}};
    all["rooms.get"] = all["rooms.join"] = all["rooms.invite"] = all["rooms.close"] = {{{"room", room}}};
    all["notes.list"] = all["notes.export"] = {{{"media", "MEDIA"}}};
    all["notes.delete"] = {{{"note", 1}}};
    for (const char* method :
         {"rooms.add", "rooms.allow", "rooms.change", "rooms.chat", "rooms.command", "rooms.draw", "rooms.hand_over",
          "rooms.leave", "rooms.point", "rooms.react", "rooms.ready", "rooms.remove", "rooms.report"})
      all[method] = {{{"room", room},
                      {"seat", "no seat"},
                      {"media", {"MEDIA"}},
                      {"what", "next"},
                      {"text", "x"},
                      {"reaction", "like"},
                      {"is_ready", true},
                      {"entry", 1},
                      {"member", 1}}};
    all["settings.set"] = {{{"key", "a"}, {"value", 1}}};
    all["settings.remove"] = {{{"key", "a"}}};
    all["account.delete"] = {{{"password", "wrong"}}};
    all["auth.login"] = {{{"name", "mallory"}, {"password", "wrong"}}};
    all["auth.register"] = {{{"name", "m"}, {"password", "x"}}};
    all["auth.resume"] = {{{"token", "x"}}};
    all["auth.revoke"] = {{{"session_id", 77}}};
    all["auth.take_over"] = {{{"ticket", "x"}}};
    all["auth.ticket"] = {{{"ticket", "x"}}};
    all["tickets.create"] = {media};
    all["tickets.list"] = {none};
    all["tickets.revoke"] = {{{"ticket_id", 1}}};
    all["auth.change_password"] = {{{"old", "x"}, {"new", "y"}}};
    for (const char* method :
         {"admin.create_group", "admin.create_invite", "admin.revoke_invite", "admin.delete_user", "admin.create_user",
          "admin.delete_group", "admin.end_client", "admin.plugin_disable", "admin.plugin_drain", "admin.plugin_enable",
          "admin.plugin_rollback", "admin.plugin_swap", "admin.rename_group", "admin.reset_password",
          "admin.set_disabled", "admin.set_group_members", "admin.set_role", "admin.set_root"})
      all[method] = {{{"root", "secret"}, {"policy", "everyone"}, {"group", group}, {"name", "x"}, {"id", "x"}}};
    return all;
  }
  static json with_media(json params, const std::string& id) {
    std::string text = params.dump();
    for (auto at = text.find("MEDIA"); at != std::string::npos; at = text.find("MEDIA")) text.replace(at, 5, id);
    return json::parse(text);
  }

  // The whole of what a file that was opened holds, besides the reply.
  std::string everything_in(const json& reply) {
    std::string text = reply.dump();
    if (!reply.contains("result") || !reply["result"].contains("file")) return text;
    const auto file = session.file(reply["result"]["file"].get<std::uint32_t>());
    if (!file) return text;
    std::string content(file->size_bytes, '\0');
    EXPECT_EQ(::pread(file->fd.get(), content.data(), content.size(), 0), static_cast<ssize_t>(content.size()));
    return text + content;
  }

  void expect_no_trace(const std::string& who) {
    for (const auto& [method, ways] : table()) {
      // What ends the session is asked last, by the caller.
      if (method.starts_with("auth.") && method != "auth.whoami" && method != "auth.sessions") continue;
      for (const json& params : ways) {
        const std::string said = everything_in(call(method, with_media(params, hidden)));
        for (const std::string& trace : {std::string(kTitle), std::string("vault")})
          EXPECT_THAT(said, Not(HasSubstr(trace))) << who << " asks " << method << params;
        std::string like_made_up = said;
        for (auto at = like_made_up.find(hidden); at != std::string::npos; at = like_made_up.find(hidden))
          like_made_up.replace(at, hidden.size(), kMadeUp);
        if (params.dump().find("MEDIA") == std::string::npos)
          EXPECT_EQ(like_made_up, said) << who << " learns its id from " << method << params;
        else
          EXPECT_EQ(like_made_up, everything_in(call(method, with_media(params, kMadeUp))))
              << who << " can tell it from a made-up one by " << method << params;
      }
    }
  }

  std::string open_media;
  std::string hidden;
  std::string job;  // an analysis of it
  std::int64_t group = 0;
  std::int64_t playlist = 0;
  std::string room;
  int channel = 0;
  std::int64_t member_id = 0;
  std::int64_t outsider_id = 0;
};

TEST_F(AccessTest, EveryMethodIsInTheTable) {
  for (const Method& method : Api::methods())
    EXPECT_TRUE(table().contains(std::string(method.name)))
        << method.name << " is new: say in the table how it is asked about a media";
  EXPECT_EQ(table().size(), Api::methods().size()) << "the table has methods that do not exist";
}

TEST_F(AccessTest, AnOutsiderFindsNoTrace) {
  ASSERT_NE(outsider_id, member_id);
  sign_in("mallory");
  expect_no_trace("a member outside the group");
}

TEST_F(AccessTest, AGuestFindsNoTrace) {
  ASSERT_EQ(outcome("auth.guest"), "ok");
  expect_no_trace("a guest");
}

// So that the two above can fail.
TEST_F(AccessTest, AMemberOfTheGroupSeesItAll) {
  sign_in("ann");
  EXPECT_EQ(result("library.list").at("total"), 2);
  EXPECT_EQ(result("library.roots").at("roots").size(), 2U);
  EXPECT_EQ(result("library.get", {{"media", hidden}}).at("title"), kTitle);
  EXPECT_EQ(result("library.list", {{"root", "secret"}}).at("items").at(0).at("root"), "secret");
  EXPECT_EQ(result("library.list", {{"root", "films"}}).at("total"), 1);
  EXPECT_EQ(result("library.list", {{"folder", "vault"}}).at("total"), 1);
  EXPECT_EQ(result("playlists.get", {{"playlist", playlist}}).at("entries").size(), 2U);
  EXPECT_EQ(result("history.list").at("viewings").size(), 1U);
  EXPECT_EQ(result("favourites.list").at("items").size(), 1U);
  EXPECT_EQ(outcome("file.open", {{"media", hidden}}), "ok");
  EXPECT_EQ(result("analysis.jobs").at("total"), 1);
  EXPECT_EQ(result("analysis.events", {{"job", job}}).at("events").at(0).at("text"), "vault");
  EXPECT_THAT(everything_in(call("analysis.export", {{"job", job}})), HasSubstr("vault"));
  EXPECT_EQ(outcome("library.artwork", {{"media", hidden}, {"kind", "poster"}}), "ok");
  EXPECT_THAT(everything_in(call("library.subtitle", {{"media", hidden}, {"subtitle", 0}})), HasSubstr(kTitle));
  EXPECT_EQ(result("library.folders", {{"root", "secret"}}).at("folders").at(0).at("name"), "vault");
  EXPECT_THAT(everything_in(call("account.export")), HasSubstr(kTitle));
  EXPECT_EQ(result("playlists.list").at("playlists").at(0).at("entries"), 2);
  EXPECT_EQ(result("rooms.get", {{"room", room}}).at("entries").at(0).at("title"), kTitle);
  sign_in("mallory");
  EXPECT_EQ(result("rooms.join", {{"room", room}}).at("state").at("entries").at(0),
            json({{"entry", 1}, {"is_hidden", true}}));
  EXPECT_EQ(result("playlists.list").at("playlists").at(0).at("entries"), 1);
  EXPECT_EQ(result("library.list").at("total"), 1);
  EXPECT_EQ(result("playlists.get", {{"playlist", playlist}}).at("entries").size(), 1U);
}

TEST_F(AccessTest, WhatIsTakenAwayIsGoneWithItsTraces) {
  sign_in("admin");
  const int before = access_changed;
  result("admin.set_group_members", {{"group", group}, {"user_ids", json::array()}});
  EXPECT_EQ(access_changed, before + 1);
  sign_in("ann");
  EXPECT_TRUE(result("history.list").at("viewings").empty());
  EXPECT_TRUE(result("favourites.list").at("items").empty());
  EXPECT_THAT(everything_in(call("account.export")), Not(HasSubstr(kTitle)));
  sign_in("admin");
  result("admin.set_root", {{"root", "secret"}, {"policy", "everyone"}});
  sign_in("mallory");
  EXPECT_EQ(result("library.list").at("total"), 2);
}

TEST_F(AccessTest, OnlyAdministratorsSetTheRules) {
  sign_in("ann");
  for (const char* method : {"admin.groups", "admin.roots"}) EXPECT_EQ(outcome(method), "denied") << method;
  EXPECT_EQ(outcome("admin.set_root", {{"root", "secret"}, {"policy", "everyone"}}), "denied");
  sign_in("admin");
  EXPECT_EQ(outcome("admin.set_root", {{"root", "nothing"}, {"policy", "everyone"}}), "not_found");
  EXPECT_EQ(outcome("admin.set_root", {{"root", "secret"}, {"policy", "some"}}), "invalid_argument");
  EXPECT_EQ(outcome("admin.set_root", {{"root", "secret"}, {"policy", "groups"}, {"groups", {99}}}), "not_found");
  const json roots = result("admin.roots").at("roots");
  ASSERT_EQ(roots.size(), 2U);
  EXPECT_EQ(roots[1].at("policy"), "groups");
  EXPECT_EQ(roots[1].at("media"), 1);
  EXPECT_EQ(result("admin.groups").at("groups").at(0).at("members").at(0).at("name"), "ann");
  EXPECT_EQ(outcome("admin.rename_group", {{"group", group}, {"name", "Team"}}), "ok");
  EXPECT_EQ(outcome("admin.delete_group", {{"group", group}}), "ok");
  sign_in("ann");
  EXPECT_EQ(result("library.list").at("total"), 1) << "nobody's is not everybody's";
}

// --- The audit log
// -----------------------------------------------------------------------------------------------------

class AuditTest : public ApiFixture {};

TEST_F(AuditTest, TellsSignInsAndActsOfAdministratorsAndNoSecret) {
  ASSERT_EQ(outcome("auth.login", {{"name", "mallory"}, {"password", "not the password"}}), "unauthenticated");
  sign_in("admin");
  call("admin.set_role", {{"user_id", 1005}, {"role", "admin"}});
  call("admin.create_group", {{"name", "Family"}});
  call("library.list");
  sign_in("ann");
  EXPECT_EQ(outcome("admin.audit"), "denied");
  EXPECT_EQ(outcome("admin.create_group", {{"name", "Mine"}}), "denied");
  sign_in("admin");
  audit->flush();
  const json reply = call("admin.audit");
  const json& entries = reply.at("result").at("entries");
  std::vector<std::string> lines;  // oldest first
  for (const json& each : entries)
    lines.insert(lines.begin(), each.at("actor").get<std::string>() + " " + each.at("action").get<std::string>() +
                                    (each.at("is_ok") ? "" : " failed"));
  EXPECT_THAT(lines, testing::ElementsAre("mallory auth.login failed", "admin auth.login",
                                          "admin admin.set_role failed", "admin admin.create_group", "admin auth.login",
                                          "ann admin.create_group failed", "ann auth.login"));
  EXPECT_THAT(reply.dump(), Not(HasSubstr("not the password")));
  EXPECT_EQ(entries.back().at("address"), "127.0.0.1");
  EXPECT_EQ(call("admin.audit", {{"search", "FAMILY"}}).at("result").at("entries").size(), 1U);
  EXPECT_EQ(call("admin.audit", {{"limit", 2}}).at("result").at("entries").size(), 2U);
}

}  // namespace
}  // namespace zoe::server
