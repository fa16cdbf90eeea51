// The web transport's own library, with a server that the test plays.
#include <unistd.h>
#include <filesystem>

#include <atomic>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/plugins/fake_server.hpp"
#include "tests/plugins/http_client.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

constexpr const char* kImpatient = R"({"port": 0, "threads": 1, "request_timeout_s": 0.4, "idle_timeout_s": 30,
    "stall_timeout_s": 0.5, "most_connections": 8})";

std::string bytes_of(std::size_t size) {
  std::string content(size, '\0');
  for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(media_byte(i));
  return content;
}

class Http : public testing::Test {
 protected:
  Http() {
    server_.answer_with([this](FakeClient&, std::uint64_t, std::string_view text) {
      const json request = json::parse(text);
      const std::string method = request.at("method");
      const json& params = request.at("params");
      if (method != "file.close") asked_.push_back(method);
      if (method == "auth.resume" && params.at("token") != "good")
        return std::string(R"({"error": {"code": "unauthenticated", "message": "log in again"}})");
      if (method == "auth.login") return std::string(R"({"result": {"token": "good", "principal": {"name": "ann"}}})");
      if (method == "file.watch" || method == "file.open" || method == "library.artwork") {
        if (params.value("path", "") == "hidden.mp4")
          return std::string(R"({"error": {"code": "not_found", "message": "there is no video"}})");
        return json{{"result", {{"file", 5}, {"name", "Cup f\xC3\xBCr.mp4"}, {"version", "v-1"}}}}.dump();
      }
      if (method == "fail.with") return json{{"error", {{"code", params.at("code")}, {"message", "m"}}}}.dump();
      return json{{"result", params}}.dump();
    });
  }

  void offer(const std::string& content) { server_.offer_file(5, folder_.write("file", content)); }

  TempDir folder_;
  std::vector<std::string> asked_;  // by requests that were answered
  FakeServer server_{kImpatient, "transport_http"};
};

TEST_F(Http, AnswersOneRequestAfterTheOther) {
  HttpClient client(server_.port());
  client.send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\nGET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const auto first = client.read();
  const auto second = client.read();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->body, "ok\n");
  EXPECT_EQ(first->header("connection"), "keep-alive");
  EXPECT_EQ(second->header("connection"), "close");
  EXPECT_TRUE(client.wait_closed());
}

TEST_F(Http, ServesThePageWithItsRules) {
  HttpClient client(server_.port());
  const HttpReply page = client.get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.header("content-security-policy"), HasSubstr("script-src 'self'"));
  EXPECT_THAT(page.body, HasSubstr("/app.js"));
  EXPECT_EQ(client.get("/media/0123456789abcdef0123456789abcdef").body, page.body);
  EXPECT_EQ(client.get("/app.js").header("content-type"), "text/javascript; charset=utf-8");
  EXPECT_THAT(client.get("/theme.css").body, HasSubstr("--accent:"));
  EXPECT_EQ(client.get("/nothing.js").status, 404);
  EXPECT_EQ(client.get("/", "If-None-Match: " + page.header("etag") + "\r\n").status, 304);
}

TEST_F(Http, GivesFilesWholeAndInParts) {
  const std::string content = bytes_of(300'000);
  offer(content);
  HttpClient client(server_.port());
  const HttpReply whole = client.get("/watch/some/film.mp4");
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.body, content);
  EXPECT_EQ(whole.header("etag"), "\"v-1\"");
  EXPECT_EQ(whole.header("content-type"), "video/mp4");
  EXPECT_EQ(whole.header("accept-ranges"), "bytes");
  const HttpReply part = client.get("/watch/film.mp4", "Range: bytes=1000-1999\r\n");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, content.substr(1000, 1000));
  EXPECT_EQ(part.header("content-range"), "bytes 1000-1999/300000");
  EXPECT_EQ(client.get("/watch/film.mp4", "Range: bytes=-10\r\n").body, content.substr(299'990));
  const HttpReply several = client.get("/watch/film.mp4", "Range: bytes=0-4,100-104\r\n");
  EXPECT_EQ(several.status, 206);
  EXPECT_THAT(several.header("content-type"), HasSubstr("multipart/byteranges"));
  EXPECT_THAT(several.body, HasSubstr("\r\n\r\n" + content.substr(100, 5) + "\r\n--"));
  const HttpReply beyond = client.get("/watch/film.mp4", "Range: bytes=300000-\r\n");
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.header("content-range"), "bytes */300000");
  // A part of another version is no part of this one.
  EXPECT_EQ(client.get("/watch/film.mp4", "Range: bytes=0-9\r\nIf-Range: \"v-0\"\r\n").status, 200);
  EXPECT_EQ(client.get("/watch/film.mp4", "Range: bytes=0-9\r\nIf-Range: \"v-1\"\r\n").status, 206);
  EXPECT_EQ(client.get("/watch/film.mp4", "If-None-Match: \"v-1\"\r\n").status, 304);
  EXPECT_EQ(client.get("/watch/film.mp4", "If-Modified-Since: " + whole.header("last-modified") + "\r\n").status, 304);
  const HttpReply head = client.head("/watch/film.mp4");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-length"), "300000");
  EXPECT_EQ(client.get("/healthz").body, "ok\n") << "nothing followed the answer to HEAD";
  EXPECT_THAT(client.get("/download/film.mp4").header("content-disposition"), HasSubstr("UTF-8''Cup%20f%C3%BCr.mp4"));
  EXPECT_EQ(client.get("/watch/hidden.mp4").status, 404);
  EXPECT_EQ(client.post("/watch/film.mp4", "{}").status, 405);
}

TEST_F(Http, AFileThatShrinksEndsTheConnection) {
  const std::string path = folder_.write("file", bytes_of(30'000'000));
  server_.offer_file(5, path);
  HttpClient client(server_.port(), 4096);
  client.send("GET /watch/film.mp4 HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(wait_until([&] { return server_.metric("connections") > 0; }));
  ASSERT_EQ(::truncate(path.c_str(), 1000), 0);
  EXPECT_FALSE(client.read()) << "an answer that is whole, of a file that is not";
}

TEST_F(Http, CarriesTheControlApi) {
  HttpClient client(server_.port());
  EXPECT_EQ(json::parse(client.get("/api/library.list?limit=5&search=a%20b&is_descending=true").body),
            json::parse(R"({"result": {"limit": 5, "search": "a b", "is_descending": true}})"));
  EXPECT_EQ(json::parse(client.post("/api/playlists.create", R"({"name": "x"})").body),
            json::parse(R"({"result": {"name": "x"}})"));
  EXPECT_EQ(client.get("/api/playlists.create").status, 405);
  EXPECT_EQ(client.get("/api/stream.open").status, 501);
  EXPECT_EQ(client.get("/api/").status, 404);
  for (const auto& [code, status] : std::vector<std::pair<std::string, int>>{{"invalid_argument", 400},
                                                                             {"unauthenticated", 401},
                                                                             {"denied", 403},
                                                                             {"not_found", 404},
                                                                             {"conflict", 409},
                                                                             {"too_large", 413},
                                                                             {"unsupported", 501},
                                                                             {"unavailable", 503},
                                                                             {"timeout", 504},
                                                                             {"what is that", 500}})
    EXPECT_EQ(client.post("/api/fail.with", json{{"code", code}}.dump()).status, status) << code;
  EXPECT_EQ(client.post("/api/playlists.create", "[1]").status, 400);
  EXPECT_EQ(client.post("/api/playlists.create", "{").status, 400);
}

TEST_F(Http, OtherSitesCannotActForWhoIsSignedIn) {
  HttpClient client(server_.port());
  const std::string page = page_headers(client.post("/api/auth.login?cookie=1", "{}"));
  EXPECT_EQ(client.post("/api/playlists.create", "{}", page).status, 200);
  EXPECT_EQ(client.post("/api/playlists.create", "{}", page + "Origin: http://h\r\n").status, 200);
  EXPECT_EQ(client.post("/api/playlists.create", "{}", page + "Origin: http://evil\r\n").status, 403);
  EXPECT_EQ(client.post("/api/playlists.create", "{}", page + "Origin: null\r\n").status, 403);
  EXPECT_EQ(client.post("/api/playlists.create", "{}", page + "Sec-Fetch-Site: cross-site\r\n").status, 403);
  EXPECT_EQ(client.post("/api/playlists.create", "a=b", page + "Content-Type: text/plain\r\n").status, 415);
}

TEST_F(Http, AChangeBringsTheTokenOfItsOwnSession) {
  HttpClient client(server_.port());
  const std::string page = page_headers(client.post("/api/auth.login?cookie=1", "{}"));
  const std::string cookie = "Cookie: zoetrope_session=good\r\n";
  ASSERT_THAT(
      page, MatchesRegex("Cookie: zoetrope_session=good; zoetrope_csrf=([0-9a-f]+)\r\nX-CSRF-Token: [0-9a-f]{64}\r\n"));
  asked_.clear();
  EXPECT_THAT(client.post("/api/playlists.create", "{}", cookie).body, HasSubstr("load the page again"));
  EXPECT_EQ(client.post("/api/auth.logout", "{}", cookie + "X-CSRF-Token: " + std::string(64, '0') + "\r\n").status,
            403);
  EXPECT_THAT(asked_, IsEmpty());
  EXPECT_EQ(client.post("/api/library.list", "{}", cookie).status, 200) << "what only reads";
  EXPECT_EQ(client.post("/api/playlists.create", "{}", "Authorization: Bearer good\r\n").status, 200)
      << "no browser sends that by itself";
  // Who lost the one cookie gets it again, who has it does not.
  const std::string renewed = client.post("/api/auth.whoami", "{}", cookie).header("set-cookie");
  const std::string token = page.substr(page.rfind(' ') + 1, 64);
  EXPECT_THAT(renewed, StartsWith("zoetrope_csrf=" + token + "; Path=/; SameSite=Lax"));
  EXPECT_EQ(client.post("/api/auth.whoami", "{}", page).header("set-cookie"), "");
}

TEST_F(Http, ASessionIsACookieOrABearer) {
  HttpClient client(server_.port());
  const HttpReply plain = client.post("/api/auth.login", "{}");
  EXPECT_THAT(plain.body, HasSubstr("good"));
  EXPECT_EQ(plain.header("set-cookie"), "");
  const HttpReply entered = client.post("/api/auth.login?cookie=1", "{}");
  EXPECT_THAT(entered.body, Not(HasSubstr("good")));
  EXPECT_THAT(entered.header("set-cookie"), HasSubstr("zoetrope_session=good; Path=/; HttpOnly; SameSite=Lax"));
  asked_.clear();
  const std::string cookie = "Cookie: zoetrope_session=good\r\n";
  client.get("/api/library.list", cookie);
  client.get("/api/library.list", "Authorization: Bearer good\r\n");
  EXPECT_THAT(asked_, ElementsAre("library.list", "library.list")) << "who asks is known on this connection";
  HttpClient other(server_.port());
  asked_.clear();
  other.get("/api/library.list", cookie);
  other.get("/api/library.list", cookie);
  other.get("/api/library.list");  // somebody else, who brings nothing
  EXPECT_THAT(asked_, ElementsAre("auth.resume", "library.list", "library.list", "library.list"));
  const HttpReply old = other.get("/api/library.list", "Cookie: zoetrope_session=old\r\n");
  EXPECT_EQ(old.status, 401);
  EXPECT_THAT(old.header("set-cookie"), HasSubstr("Max-Age=0"));
  EXPECT_THAT(other.post("/api/auth.logout", "{}", page_headers(entered)).header("set-cookie"), HasSubstr("Max-Age=0"));
  EXPECT_GE(server_.clients().size(), 4U) << "each identity has a client of its own";
}

TEST_F(Http, TheNextRangeAsksNobodyUntilSomethingChanges) {
  offer("0123456789");
  HttpClient client(server_.port());
  const std::string cookie = "Cookie: zoetrope_session=good\r\n";
  const auto range = [&](const std::string& bytes, const std::string& headers, const char* target = "/watch/film.mp4") {
    asked_.clear();
    return client.get(target, "Range: bytes=" + bytes + "\r\n" + headers).body;
  };
  // What is remembered is good for a second: on a machine that is slower than that a new question is right, too.
  const auto was_not_asked = [&](const std::string& bytes, const std::string& expected) {
    return wait_until([&] { return range(bytes, cookie) == expected && asked_.empty(); });
  };
  EXPECT_EQ(range("0-1", cookie), "01");
  EXPECT_THAT(asked_, ElementsAre("auth.resume", "file.watch"));
  EXPECT_TRUE(was_not_asked("2-4", "234"));
  EXPECT_EQ(range("2-4", cookie, "/watch/other.mp4"), "234");
  EXPECT_THAT(asked_, ElementsAre("file.watch")) << "another address";
  EXPECT_EQ(range("2-4", cookie, "/watch/film.mp4"), "234");
  EXPECT_THAT(asked_, ElementsAre("file.watch"));
  EXPECT_TRUE(was_not_asked("2-4", "234"));
  range("2-4", "Cookie: zoetrope_session=old\r\n");
  EXPECT_THAT(asked_, ElementsAre("auth.resume")) << "somebody else";
  EXPECT_EQ(range("2-4", cookie), "234");
  EXPECT_THAT(asked_, ElementsAre("auth.resume", "file.watch"));
  EXPECT_TRUE(was_not_asked("2-4", "234"));
  server_.clients().back()->event(R"({"event":"library.changed"})");
  EXPECT_EQ(range("5-6", cookie), "56");
  EXPECT_THAT(asked_, ElementsAre("file.watch")) << "the library has changed";
  EXPECT_TRUE(was_not_asked("7-8", "78"));
  // The file itself is looked at ten times a second.
  const auto is_asked_again = [&] {
    return wait_until([&] {
      range("0-2", cookie);
      return asked_ == std::vector<std::string>{"file.watch"};
    });
  };
  offer("abcdefghij");
  EXPECT_TRUE(is_asked_again()) << "the file has changed";
  EXPECT_EQ(range("0-2", cookie), "abc");
  EXPECT_TRUE(was_not_asked("0-2", "abc"));
  std::filesystem::remove(folder_.file("file"));
  EXPECT_TRUE(is_asked_again()) << "the file is gone";
}

TEST_F(Http, StrangersAreRefusedAndCutOff) {
  for (const auto& [text, status] : std::vector<std::pair<std::string, int>>{
           {"nonsense\r\n\r\n", 400},
           {"GET / HTTP/1.1\r\n\r\n", 400},
           {"GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n", 431},
           {"POST /api/x HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n", 413},
           {"POST /api/x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400}}) {
    HttpClient client(server_.port());
    client.send(text);
    const auto reply = client.read();
    ASSERT_TRUE(reply) << text.substr(0, 40);
    EXPECT_EQ(reply->status, status) << text.substr(0, 40);
    EXPECT_TRUE(client.wait_closed());
  }
  HttpClient polite(server_.port());
  EXPECT_EQ(polite.get("/a/../b").status, 400);
  EXPECT_EQ(polite.get("/healthz").status, 200) << "an address that leads nowhere is no end";
  polite.send("DELETE / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(polite.read()->status, 405);
}

TEST_F(Http, WhoIsSlowIsCutOff) {
  HttpClient half(server_.port());
  half.send("GET / HT");
  EXPECT_TRUE(half.wait_closed());
  HttpClient silent(server_.port());
  EXPECT_TRUE(silent.wait_closed()) << "not a byte in time";
  offer(bytes_of(30'000'000));
  HttpClient stalled(server_.port(), 4096);
  stalled.send("GET /watch/film.mp4 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(wait_until([&] { return server_.metric("stalls_total") == 1; }));
}

TEST_F(Http, OnlySoManyConnectionsAreTaken) {
  std::vector<std::unique_ptr<HttpClient>> crowd;
  for (int i = 0; i < 8; ++i) {
    crowd.push_back(std::make_unique<HttpClient>(server_.port()));
    EXPECT_EQ(crowd.back()->get("/healthz").status, 200);
  }
  HttpClient one_more(server_.port());
  EXPECT_TRUE(one_more.wait_closed());
  crowd.pop_back();
  EXPECT_TRUE(wait_until([&] { return server_.connections() < 8; }));
  HttpClient again(server_.port());
  EXPECT_EQ(again.get("/healthz").status, 200);
}

TEST_F(Http, WhomTheServerEndsIsCutOff) {
  HttpClient client(server_.port());
  client.get("/api/library.list", "Cookie: zoetrope_session=good\r\n");
  server_.clients().back()->close(ZOE_E_UNAUTHENTICATED, "the session was revoked");
  EXPECT_TRUE(client.wait_closed());
}

TEST_F(Http, ABodyUnderWayIsFinishedByItsOwnGeneration) {
  const std::string content = bytes_of(20'000'000);
  offer(content);
  HttpClient idle(server_.port());
  EXPECT_EQ(idle.get("/healthz").status, 200);
  HttpClient busy(server_.port(), 16'384);
  busy.send("GET /watch/film.mp4 HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(wait_until([&] { return !server_.clients().empty(); }));
  server_.drain();
  EXPECT_TRUE(idle.wait_closed());
  server_.disconnect();
  const auto reply = busy.read();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, content);
  EXPECT_TRUE(busy.wait_closed());
  EXPECT_TRUE(wait_until([&] { return server_.connections() == 0; }));
}

TEST_F(Http, EndsWithWhateverIsUnderWay) {
  offer(bytes_of(20'000'000));
  HttpClient busy(server_.port(), 4096);
  busy.send("GET /watch/film.mp4 HTTP/1.1\r\nHost: h\r\n\r\n");
  HttpClient waiting(server_.port());
  waiting.get("/healthz");
  ASSERT_TRUE(wait_until([&] { return !server_.clients().empty(); }));
  server_.deinit();
  EXPECT_FALSE(busy.read());
}

TEST(HttpSettings, WrongOnesAreRefused) {
  for (const char* bad : {R"({"port": 70000})", R"({"threads": -1})", R"({"idle_timeout_s": 0})", R"({"prot": 1})"})
    EXPECT_THROW(FakeServer(bad, "transport_http"), std::runtime_error) << bad;
}

TEST(HttpAdmission, OverTheNetworkOnlyTls) {
  FakeServer server(R"({"port": 0})", "transport_http");
  server.peers_are_loopback = false;
  HttpClient client(server.port());
  const HttpReply reply = client.get("/healthz");
  EXPECT_EQ(reply.status, 403);
  EXPECT_THAT(reply.body, HasSubstr("https://"));
  FakeServer open(R"({"port": 0, "allow_plain": true})", "transport_http");
  open.peers_are_loopback = false;
  HttpClient behind_a_proxy(open.port());
  EXPECT_EQ(behind_a_proxy.get("/healthz").status, 200);
}

}  // namespace
}  // namespace zoe::test
