// The real server by its web port.
#include <filesystem>
#include <set>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/plugins/http_client.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/paths.hpp"

namespace zoe::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kPassword = "correct horse";

struct ServerWeb : testing::Test {
  ServerWeb() {
    fs::create_directories(films);
    fs::create_directories(secret);
    fs::copy_file(clip, films + "/Cup f\xC3\xBCr.mp4");
    fs::copy_file(make_clip({.width = 64, .height = 48}), secret + "/hidden.mp4");
    dir.write("films/Cup f\xC3\xBCr.de.srt", "1\n00:00:00,000 --> 00:00:01,500\nHallo\n");
    options.folders = {films, secret};
    options.guests = Guests::kRefused;
    server = std::make_unique<ServerProcess>(options);
    port = server->web_port();
  }

  // The headers of a page with a fresh account or log-in.
  static std::string enter(HttpClient& client, const std::string& method, json params) {
    const HttpReply reply = client.post("/api/" + method + "?cookie=1", params.dump());
    EXPECT_EQ(reply.status, 200) << reply.body;
    return page_headers(reply);
  }
  std::string admin(HttpClient& client) const {
    return enter(client, "auth.register", {{"name", "ann"}, {"password", kPassword}, {"code", server->admin_code()}});
  }
  static json items(HttpClient& client, const std::string& cookie) {
    json listed;
    EXPECT_TRUE(wait_until([&] {
      listed = json::parse(client.get("/api/library.list", cookie).body).at("result");
      return listed.at("total") == 2 && listed.at("scan").at("pictures_left") == 0;
    })) << listed;
    return listed.at("items");
  }

  TempDir dir;
  const std::string clip =
      make_clip({.frames = 300, .gop = 30, .subtitles = "1\n00:00:02,000 --> 00:00:03,000\n<i>Inside</i>\n"});
  const std::string films = dir.file("films");
  const std::string secret = dir.file("secret");
  ServerOptions options;
  std::unique_ptr<ServerProcess> server;
  std::uint16_t port = 0;
};

// Every address of docs/openapi.yaml: nobody in particular gets nothing, and who may not see a root finds no trace of
// it.
TEST_F(ServerWeb, EveryAddressAsksWhoItIs) {
  HttpClient client(port);
  const std::string ann = admin(client);
  const json all = items(client, ann);
  const json& hidden = all[0].at("root") == "secret" ? all[0] : all[1];
  const std::string id = hidden.at("media");
  const auto act = [&](const std::string& method, const json& params) {
    const HttpReply reply = client.post("/api/" + method, params.dump(), ann);
    EXPECT_EQ(reply.status, 200) << method << reply.body;
    return json::parse(reply.body).value("result", json::object());
  };
  const json group = act("admin.create_group", {{"name", "Family"}}).at("group");
  act("admin.set_root", {{"root", "secret"}, {"policy", "groups"}, {"groups", json::array({group})}});
  act("admin.create_user", {{"name", "mallory"}, {"password", kPassword}, {"role", "member"}});
  HttpClient other(port);
  const std::string mallory = enter(other, "auth.login", {{"name", "mallory"}, {"password", kPassword}});

  const std::set<std::string> open_to_all = {"/healthz", "/api/server.info", "/api/auth.login", "/api/auth.register",
                                             "/api/auth.guest"};
  std::istringstream document(read_whole_file(repository_folder() + "/docs/openapi.yaml"));
  int asked = 0;
  int about_media = 0;
  for (std::string line; std::getline(document, line);) {
    if (!line.starts_with("  /")) continue;
    std::string address = line.substr(2, line.size() - 3);
    if (open_to_all.contains(address)) continue;
    const auto fill = [&address](const std::string& name, const std::string& value) {
      const auto at = address.find("{" + name + "}");
      if (at != std::string::npos) address.replace(at, name.size() + 2, value);
    };
    const bool is_of_media = address.find("{media}") != std::string::npos || address.find("{file}") == 7 ||
                             address.starts_with("/watch/") || address.starts_with("/download/");
    fill("media", id);
    fill("picture", "poster");
    fill("list", "subtitles-0.m3u8");
    fill("rendition", "0,copy");
    fill("part", "0.m4s");
    fill("job", std::string(32, 'a'));
    fill("file", address.starts_with("/subtitles/") ? "0.vtt" : id);
    ASSERT_EQ(address.find('{'), std::string::npos) << address << ": this test does not know how to ask for it";
    const bool is_api = address.starts_with("/api/");
    const std::string upgrade = address == "/events"
                                    ? "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                    : "";
    HttpClient stranger(port);
    const HttpReply reply = is_api ? stranger.post(address, "{}") : stranger.get(address, upgrade);
    EXPECT_EQ(reply.status, 401) << address << reply.body.substr(0, 100);
    ++asked;
    if (!is_of_media) continue;
    const HttpReply refused = other.get(address, mallory);
    EXPECT_EQ(refused.status, 404) << address << refused.body.substr(0, 100);
    EXPECT_EQ(refused.body.find("hidden"), std::string::npos) << address;
    EXPECT_NE(client.get(address, ann).status, 401) << address;
    ++about_media;
  }
  EXPECT_GT(asked, 70);
  EXPECT_EQ(about_media, 9);
}

TEST_F(ServerWeb, AnotherPlayerOpensOneVideoWithATicket) {
  HttpClient client(port);
  const std::string cookie = admin(client);
  const json all = items(client, cookie);
  const json& film = all[0].at("root") == "films" ? all[0] : all[1];
  const json& other = all[0].at("root") == "films" ? all[1] : all[0];
  const std::string id = film.at("media");
  const HttpReply reply = client.post("/api/tickets.create", json{{"media", id}}.dump(), cookie);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const json made = json::parse(reply.body).at("result");
  const std::string ticket = "?ticket=" + made.at("ticket").get<std::string>();

  HttpClient player(port);
  EXPECT_EQ(player.get("/watch/" + id).status, 401);
  EXPECT_EQ(player.get("/watch/" + id + ticket).body, read_whole_file(clip));
  const HttpReply list = player.get("/hls/" + id + "/master.m3u8" + ticket);
  EXPECT_EQ(list.status, 200);
  EXPECT_THAT(list.body, HasSubstr("index.m3u8?ticket=" + made.at("ticket").get<std::string>()));
  EXPECT_EQ(player.get("/frame/" + id + ticket).status, 200);
  EXPECT_EQ(player.get("/watch/" + other.at("media").get<std::string>() + ticket).status, 403);
  EXPECT_EQ(player.get("/download/" + id + ticket).status, 403);
  EXPECT_EQ(player.get("/api/library.list" + ticket).status, 401) << "the control API takes none";
  EXPECT_EQ(player.get("/watch/" + id + "?ticket=").status, 401);
  EXPECT_EQ(player.get("/watch/" + id + "?ticket=0123").status, 401);
  EXPECT_EQ(player.get("/watch/" + id + ticket).status, 200);
  EXPECT_EQ(client.post("/api/tickets.revoke", json{{"ticket_id", made.at("ticket_id")}}.dump(), cookie).status, 200);
  HttpClient later(port);
  EXPECT_EQ(later.get("/watch/" + id + ticket).status, 401);
}

TEST_F(ServerWeb, RegistersListsWatchesAndDownloads) {
  HttpClient client(port);
  EXPECT_EQ(client.get("/api/library.list").status, 401);
  EXPECT_EQ(client.get("/watch/x").status, 401);
  EXPECT_EQ(client.get("/metrics").status, 401);
  const std::string cookie = admin(client);
  const json all = items(client, cookie);
  const json& film = all[0].at("root") == "films" ? all[0] : all[1];
  const std::string id = film.at("media");
  const std::string content = read_whole_file(clip);
  EXPECT_EQ(client.get("/watch/" + id, cookie).body, content);
  EXPECT_EQ(client.get("/watch/Cup%20f%C3%BCr.mp4", cookie).body, content);
  EXPECT_EQ(client.get("/watch/films/Cup%20f%C3%BCr.mp4", "Range: bytes=1000-1999\r\n" + cookie).body,
            content.substr(1000, 1000));
  const HttpReply file = client.get("/download/" + id, cookie);
  EXPECT_EQ(file.body, content);
  EXPECT_THAT(file.header("content-disposition"), HasSubstr("UTF-8''Cup%20f%C3%BCr.mp4"));
  EXPECT_EQ(client.get("/watch/..%2f..%2fetc%2fpasswd", cookie).status, 400);
  EXPECT_EQ(client.get("/watch/nothing.mp4", cookie).status, 404);

  const HttpReply poster = client.get("/artwork/" + id + "/poster?v=1", cookie);
  EXPECT_EQ(poster.header("content-type"), "image/jpeg");
  EXPECT_EQ(poster.body.substr(0, 3), "\xFF\xD8\xFF");
  EXPECT_EQ(client.get("/artwork/" + id + "/preview-0", cookie).body.substr(0, 3), "\xFF\xD8\xFF");
  EXPECT_EQ(client.get("/artwork/" + id + "/preview-9", cookie).status, 404);
  EXPECT_THAT(client.get("/subtitles/" + id + "/0.vtt", cookie).body, HasSubstr("00:00:01.500\nHallo"));
  EXPECT_THAT(client.get("/subtitles/" + id + "/1.vtt", cookie).body,
              HasSubstr("00:00:02.000 --> 00:00:03.000\n<i>Inside</i>"));
  EXPECT_EQ(client.get("/subtitles/" + id + "/2.vtt", cookie).status, 404);
  EXPECT_THAT(client.get("/metrics", cookie).body, HasSubstr("zoetrope_clients "));
  EXPECT_THAT(client.get("/api/account.export", cookie).body, HasSubstr("ann"));
  EXPECT_EQ(client.post("/api/auth.logout", "{}", cookie).status, 200);
  EXPECT_EQ(client.get("/watch/" + id, cookie).status, 401);
}

TEST_F(ServerWeb, AClosedRootLeavesNoTrace) {
  HttpClient client(port);
  const std::string ann = admin(client);
  const json all = items(client, ann);
  const std::string hidden = (all[0].at("root") == "secret" ? all[0] : all[1]).at("media");
  client.post("/api/admin.create_user", json{{"name", "ben"}, {"password", kPassword}, {"role", "member"}}.dump(), ann);
  client.post("/api/admin.set_root", json{{"root", "secret"}, {"policy", "groups"}}.dump(), ann);
  HttpClient other(port);
  const std::string ben = enter(other, "auth.login", {{"name", "ben"}, {"password", kPassword}});
  const std::string made_up(32, '0');
  for (const char* way : {"/watch/", "/download/", "/api/library.get?media=", "/artwork/", "/subtitles/"}) {
    const std::string end = way == std::string("/artwork/")     ? "/poster"
                            : way == std::string("/subtitles/") ? "/0.vtt"
                                                                : "";
    const HttpReply real = other.get(way + hidden + end, ben);
    EXPECT_EQ(real.status, 404) << way;
    std::string text = real.body;
    for (auto at = text.find(hidden); at != std::string::npos; at = text.find(hidden)) text.replace(at, 32, made_up);
    EXPECT_EQ(text, other.get(way + made_up + end, ben).body) << way;
  }
  EXPECT_EQ(other.get("/watch/hidden.mp4", ben).status, 404);
  EXPECT_EQ(other.get("/watch/secret/hidden.mp4", ben).status, 404);
  EXPECT_EQ(client.get("/watch/secret/hidden.mp4", ann).status, 200);
  EXPECT_EQ(json::parse(other.get("/api/library.list", ben).body).at("result").at("total"), 1);
}

TEST_F(ServerWeb, ARevokedSessionEndsItsConnections) {
  HttpClient client(port);
  const std::string ann = admin(client);
  HttpClient other(port);
  enter(other, "auth.login", {{"name", "ann"}, {"password", kPassword}});
  const json sessions = json::parse(client.get("/api/auth.sessions", ann).body).at("result").at("sessions");
  for (const json& each : sessions)
    if (!each.at("is_current").get<bool>())
      client.post("/api/auth.revoke", json{{"session_id", each.at("session_id")}}.dump(), ann);
  EXPECT_TRUE(other.wait_closed());
  EXPECT_EQ(client.get("/api/auth.whoami", ann).status, 200);
}

// A swap while a body is under way: it ends as it began, and whoever comes meanwhile is served by the new generation.
TEST_F(ServerWeb, ABodyUnderWayOutlivesASwap) {
  // A film that is mostly air: a "free" box of 40 MB behind it.
  const std::string air(
      "\x02\x62\x5A\x00"
      "free",
      8);
  std::string content = read_whole_file(clip) + air + std::string(40'000'000 - 8, '.');
  dir.write("films/large.mp4", content);
  HttpClient client(port);
  const std::string ann = admin(client);
  ASSERT_TRUE(wait_until([&] { return client.head("/watch/large.mp4", ann).status == 200; }));
  HttpClient slow(port, 16'384);
  slow.send("GET /watch/large.mp4 HTTP/1.1\r\nHost: h\r\n" + ann + "\r\n");
  WireClient operators(server->port());
  operators.result("auth.login", {{"name", "ann"}, {"password", kPassword}});
  operators.result("admin.plugin_swap", {{"id", "transport_http"}});
  EXPECT_TRUE(client.wait_closed()) << "it waited for a request";
  HttpClient newcomer(port);
  EXPECT_EQ(newcomer.get("/healthz").status, 200);
  const auto generations = [&] {
    const json all = operators.result("admin.plugins");
    for (const json& each : all.at("plugins"))
      if (each.at("id") == "transport_http") return each.at("generations").size();
    return std::size_t{0};
  };
  EXPECT_EQ(generations(), 2U) << "the old one has a body to finish";
  const auto reply = slow.read();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body.size(), content.size());
  EXPECT_TRUE(reply->body == content);
  EXPECT_TRUE(slow.wait_closed());
  EXPECT_TRUE(wait_until([&] { return generations() == 1; }));
}

TEST_F(ServerWeb, SpeaksTlsOnTheSamePort) {
  HttpClient client(port);
  const std::string ann = admin(client);
  items(client, ann);
  const std::string script =
      "import ssl, sys, urllib.request\n"
      "context = ssl.create_default_context(); context.check_hostname = False; context.verify_mode = ssl.CERT_NONE\n"
      "request = urllib.request.Request(sys.argv[1], headers={'Cookie': sys.argv[2]})\n"
      "sys.stdout.buffer.write(urllib.request.urlopen(request, context=context).read())\n";
  const std::string cookie = ann.substr(8, ann.find("\r\n") - 8);
  const RunResult result =
      run({"python3", "-c", script, "https://127.0.0.1:" + std::to_string(port) + "/watch/Cup%20f%C3%BCr.mp4", cookie});
  ASSERT_TRUE(result.ok()) << result.err;
  EXPECT_EQ(result.out, read_whole_file(clip));
}

}  // namespace
}  // namespace zoe::test
