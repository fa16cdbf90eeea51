#include "player/client/server_link.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/net/scripted_peer.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;
using test::wait_until;

// A server of the test's own, one connection at a time. The test's thread.
class PlayedServer {
 public:
  struct Asked {
    std::uint64_t id = 0;
    std::string method;
    json params;
  };

  std::uint16_t port() const { return peer.port(); }
  bool greet() { return peer.greet(); }

  // The next request; probes and credit are passed over.
  Asked next() {
    for (;;) {
      const net::Message message = peer.read();
      if (message.header.kind != net::Kind::kRequest) continue;
      const json body = json::parse(message.body->text());
      return {body.at("id"), body.at("method"), body.value("params", json::object())};
    }
  }
  Asked next(std::string_view method) {
    const Asked asked = next();
    EXPECT_EQ(asked.method, method);
    return asked;
  }
  void answer(const Asked& asked, const json& result) {
    peer.send(net::encode_text(net::Kind::kResponse, json({{"id", asked.id}, {"result", result}}).dump()));
  }
  void refuse(const Asked& asked, const char* code, const char* message) {
    const json error = {{"code", code}, {"message", message}};
    peer.send(net::encode_text(net::Kind::kResponse, json({{"id", asked.id}, {"error", error}}).dump()));
  }
  void tell(const json& event) { peer.send(net::encode_text(net::Kind::kEvent, event.dump())); }
  void say_goodbye(const char* code) {
    const json reason = {{"code", code}, {"message", "you were signed out"}};
    peer.send(net::encode_text(net::Kind::kGoodbye, reason.dump()));
    peer.hang_up();
  }

  void tell_of_itself(bool is_guest = false) {
    answer(next("server.info"), {{"name", "attic"},
                                 {"version", "9"},
                                 {"auth",
                                  {{"can_log_in", !is_guest},
                                   {"can_register", !is_guest},
                                   {"is_guest", is_guest},
                                   {"code_makes_admin", false}}}});
  }
  void let_in(const Asked& asked, const char* token) {
    json result = {{"principal", {{"name", "ann"}, {"role", "member"}}}, {"expires_utc_ns", 1}};
    if (*token != '\0') result["token"] = token;
    answer(asked, result);
  }
  void list_nothing() {
    answer(next("library.list"),
           {{"items", json::array()}, {"total", 0}, {"scan", {{"is_running", false}, {"done", 0}, {"total", 0}}}});
  }

  net::ScriptedPeer peer;
};

class Listener final : public StreamListener {
 public:
  void on_media(net::MediaRun run) override { packets += run.packets.size(); }
  void on_stream_failed(std::uint32_t stream, std::uint32_t, Error) override { failed_stream = stream; }
  void on_link_ready() override { ++ready; }
  void on_link_lost(Error) override { ++lost; }

  std::atomic<std::size_t> packets{0};
  std::atomic<std::uint32_t> failed_stream{0};
  std::atomic<int> ready{0};
  std::atomic<int> lost{0};
};

class ServerLinkTest : public testing::Test {
 protected:
  ServerLinkTest() { start(); }
  ~ServerLinkTest() override {
    if (link) link->set_listener(nullptr);
  }

  void start() {
    link = ServerLink::create({.settings_path = folder.file("zoetrope/player.json")}, clock, Log::null());
    link->set_listener(&listener);
  }
  void connect() { link->connect({"127.0.0.1", server.port()}); }
  bool reaches(LinkState state) {
    return wait_until([&] { return link->snapshot().state == state; });
  }
  void sign_in(const char* token = "t1") {
    connect();
    link->log_in("ann", "pw", Remember::kToken);
    ASSERT_TRUE(server.greet());
    server.tell_of_itself();
    server.let_in(server.next("auth.login"), token);
    server.list_nothing();
    ASSERT_TRUE(reaches(LinkState::kSignedIn));
  }

  test::TempDir folder;
  SystemClock clock;
  PlayedServer server;
  Listener listener;
  std::unique_ptr<ServerLink> link;
};

TEST_F(ServerLinkTest, TellsWhatTheServerOffers) {
  connect();
  EXPECT_EQ(link->snapshot().state, LinkState::kConnecting);
  ASSERT_TRUE(server.greet());
  server.tell_of_itself();
  ASSERT_TRUE(reaches(LinkState::kSignInNeeded));
  const LinkSnapshot now = link->snapshot();
  EXPECT_EQ(now.server_name, "attic");
  EXPECT_TRUE(now.auth.can_log_in);
  EXPECT_FALSE(now.is_encrypted);
  EXPECT_TRUE(now.error.empty());
}

TEST_F(ServerLinkTest, SignsInWithCredentialsGivenBeforeTheConnectionWasThere) {
  sign_in();
  EXPECT_EQ(link->snapshot().principal.name, "ann");
  EXPECT_EQ(listener.ready, 1);
  EXPECT_TRUE(link->is_ready());
}

TEST_F(ServerLinkTest, AWrongPasswordIsSaidAndAnotherMayBeTried) {
  connect();
  ASSERT_TRUE(server.greet());
  server.tell_of_itself();
  ASSERT_TRUE(reaches(LinkState::kSignInNeeded));
  link->log_in("ann", "bad", Remember::kNo);
  EXPECT_EQ(link->snapshot().state, LinkState::kSigningIn);
  const auto first = server.next("auth.login");
  EXPECT_EQ(first.params.at("name"), "ann");
  EXPECT_EQ(first.params.at("password"), "bad");
  server.refuse(first, "unauthenticated", "Name or password is wrong.");
  ASSERT_TRUE(reaches(LinkState::kSignInNeeded));
  EXPECT_EQ(link->snapshot().error, "Name or password is wrong.");
  link->log_in("ann", "good", Remember::kNo);
  EXPECT_TRUE(link->snapshot().error.empty());
  server.let_in(server.next("auth.login"), "t");
  EXPECT_TRUE(reaches(LinkState::kSignedIn));
}

TEST_F(ServerLinkTest, ATokenIsKeptOnlyWhereAskedFor) {
  sign_in("kept");
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(folder.file("zoetrope/player.json")); }));
  EXPECT_TRUE(wait_until([&] { return link->remembered().has_token; }));
  EXPECT_EQ(link->remembered().name, "ann");
  link.reset();
  start();
  connect();
  ASSERT_TRUE(server.greet());
  server.tell_of_itself();
  const auto resume = server.next("auth.resume");
  EXPECT_EQ(resume.params.at("token"), "kept");
  server.let_in(resume, "");
  server.list_nothing();
  EXPECT_TRUE(reaches(LinkState::kSignedIn));
}

TEST_F(ServerLinkTest, ATokenOfYesterdayIsForgotten) {
  sign_in("old");
  link.reset();
  start();
  connect();
  ASSERT_TRUE(server.greet());
  server.tell_of_itself();
  server.refuse(server.next("auth.resume"), "unauthenticated", "no such session");
  ASSERT_TRUE(reaches(LinkState::kSignInNeeded));
  EXPECT_NE(link->snapshot().error.find("sign in again"), std::string::npos);
  EXPECT_FALSE(link->remembered().has_token);
}

TEST_F(ServerLinkTest, SigningOutRevokesAndForgets) {
  sign_in();
  link->sign_out();
  EXPECT_EQ(link->snapshot().state, LinkState::kSignInNeeded);
  server.next("auth.logout");
  EXPECT_EQ(listener.lost, 2) << "once for leaving no server, once for this";
  EXPECT_FALSE(link->remembered().has_token);
}

TEST_F(ServerLinkTest, OnlyGuestsMeansNoQuestion) {
  connect();
  ASSERT_TRUE(server.greet());
  server.tell_of_itself(true);
  server.let_in(server.next("auth.guest"), "");
  EXPECT_TRUE(reaches(LinkState::kSignedIn));
}

TEST_F(ServerLinkTest, ComesBackByItselfWithTheToken) {
  sign_in("t7");
  const int lost_before = listener.lost;
  server.peer.hang_up();
  ASSERT_TRUE(server.greet());
  EXPECT_EQ(link->snapshot().state, LinkState::kReconnecting);
  server.tell_of_itself();
  const auto resume = server.next("auth.resume");
  EXPECT_EQ(resume.params.at("token"), "t7");
  server.let_in(resume, "");
  server.list_nothing();
  ASSERT_TRUE(reaches(LinkState::kSignedIn));
  EXPECT_EQ(listener.lost, lost_before + 1);
  EXPECT_EQ(listener.ready, 2);
}

TEST_F(ServerLinkTest, AServerThatAsksToResumeIsConnectedAnew) {
  sign_in("t7");
  server.tell({{"event", "server.resume"}, {"message", "a new plugin"}});
  ASSERT_TRUE(server.greet());
  server.tell_of_itself();
  server.let_in(server.next("auth.resume"), "");
  server.list_nothing();
  EXPECT_TRUE(reaches(LinkState::kSignedIn));
}

TEST_F(ServerLinkTest, ATicketTakesThePlaceOver) {
  sign_in("t7");
  const int lost_before = listener.lost;
  server.tell({{"event", "server.resume"}, {"ticket", "k1"}, {"message", "a new plugin"}});
  ASSERT_TRUE(server.greet());
  EXPECT_EQ(link->snapshot().state, LinkState::kReconnecting);
  EXPECT_FALSE(link->snapshot().is_away()) << "nothing to tell the viewer";
  EXPECT_EQ(listener.lost, lost_before + 1);
  server.tell_of_itself();
  const auto first = server.next("auth.take_over");
  EXPECT_EQ(first.params.at("ticket"), "k1");
  server.let_in(first, "");
  server.list_nothing();
  ASSERT_TRUE(reaches(LinkState::kSignedIn));
  EXPECT_EQ(listener.ready, 2);
  // The session is still the one of the first sign-in.
  server.peer.hang_up();
  ASSERT_TRUE(server.greet());
  server.tell_of_itself();
  EXPECT_EQ(server.next("auth.resume").params.at("token"), "t7");
}

TEST_F(ServerLinkTest, ATicketThatIsNotKnownFallsBackToTheSession) {
  sign_in("t7");
  server.tell({{"event", "server.resume"}, {"ticket", "k1"}, {"message", "a new plugin"}});
  ASSERT_TRUE(server.greet());
  server.tell_of_itself();
  server.refuse(server.next("auth.take_over"), "unauthenticated", "no such ticket");
  const auto resume = server.next("auth.resume");
  EXPECT_EQ(resume.params.at("token"), "t7");
  server.let_in(resume, "");
  server.list_nothing();
  ASSERT_TRUE(reaches(LinkState::kSignedIn));
  EXPECT_EQ(listener.ready, 2);
}

TEST_F(ServerLinkTest, AServerThatIsNotReadyForTheSessionIsAskedAgain) {
  sign_in("t7");
  server.peer.hang_up();
  ASSERT_TRUE(server.greet());
  server.tell_of_itself();
  server.refuse(server.next("auth.resume"), "unavailable", "the accounts are being replaced");
  ASSERT_TRUE(server.greet());
  server.tell_of_itself();
  server.let_in(server.next("auth.resume"), "");
  server.list_nothing();
  EXPECT_TRUE(reaches(LinkState::kSignedIn));
}

TEST_F(ServerLinkTest, ARevokedSessionLeadsBackToTheLogin) {
  sign_in();
  server.say_goodbye("unauthenticated");
  ASSERT_TRUE(server.greet());
  server.tell_of_itself();
  ASSERT_TRUE(reaches(LinkState::kSignInNeeded));
  EXPECT_FALSE(link->remembered().has_token);
  EXPECT_FALSE(link->snapshot().error.empty());
  link->log_in("ann", "pw", Remember::kNo);
  server.let_in(server.next("auth.login"), "t2");  // and not auth.resume: the token is not tried again
  EXPECT_TRUE(reaches(LinkState::kSignedIn));
}

TEST_F(ServerLinkTest, AServerThatIsNotThereIsSaid) {
  const std::uint16_t port = [] { return net::ScriptedPeer().port(); }();
  link->connect({"127.0.0.1", port});
  ASSERT_TRUE(reaches(LinkState::kFailed));
  EXPECT_NE(link->snapshot().error.find(std::to_string(port)), std::string::npos) << link->snapshot().error;
  connect();
  ASSERT_TRUE(server.greet()) << "and another can be tried";
}

TEST_F(ServerLinkTest, ListsTheLibraryAndFollowsItsChanges) {
  connect();
  link->log_in("ann", "pw", Remember::kNo);
  ASSERT_TRUE(server.greet());
  server.tell_of_itself();
  server.let_in(server.next("auth.login"), "t");
  const auto item = [](const char* id) {
    return json{{"media", id},           {"title", id},       {"path", id},         {"size_bytes", 1},
                {"duration_us", 1},      {"width", 1},        {"height", 1},        {"codec", "h264"},
                {"frame_rate", {25, 1}}, {"added_utc_ns", 1}, {"has_audio", false}, {"is_hdr", false}};
  };
  const json scan = {{"is_running", true}, {"done", 1}, {"total", 2}};
  server.answer(server.next("library.list"), {{"items", {item("a")}}, {"total", 1}, {"scan", scan}});
  ASSERT_TRUE(wait_until([&] { return link->library()->items.size() == 1; }));
  EXPECT_TRUE(link->library()->is_scanning);
  server.tell({{"event", "library.changed"}, {"total", 2}});
  server.answer(server.next("library.list"), {{"items", {item("a"), item("b")}}, {"total", 2}, {"scan", scan}});
  ASSERT_TRUE(wait_until([&] { return link->library()->items.size() == 2; }));
  link->set_library_query({.search = "cup", .sort = LibrarySort::kDuration, .is_descending = true});
  const auto asked = server.next("library.list");
  EXPECT_EQ(asked.params.at("search"), "cup");
  EXPECT_EQ(asked.params.at("sort"), "duration");
  EXPECT_EQ(asked.params.at("is_descending"), true);
}

TEST_F(ServerLinkTest, CarriesStreams) {
  sign_in();
  std::atomic<int> opened{0};
  link->open_stream({.media = "m", .serial = 4}, [&](Result<StreamInfo> info) { opened = info ? 1 : -1; });
  const auto open = server.next("stream.open");
  EXPECT_EQ(open.params.at("media"), "m");
  server.refuse(open, "not_found", "no such media");
  ASSERT_TRUE(wait_until([&] { return opened != 0; }));
  EXPECT_EQ(opened, -1);
  link->set_stream_rate(3, {-1, 2}, 60);
  const auto rate = server.next("stream.rate");
  EXPECT_EQ(rate.params.at("rate"), "-1/2");
  EXPECT_EQ(rate.params.at("max_fps"), 60);
  link->close_stream(3);
  EXPECT_EQ(server.next("stream.close").params.at("stream"), 3);
  server.tell({{"event", "stream.failed"}, {"stream", 3}, {"serial", 4}, {"code", "io"}, {"message", "gone"}});
  EXPECT_TRUE(wait_until([&] { return listener.failed_stream == 3; }));
}

void send_chunk(net::ScriptedPeer& peer, std::uint32_t file, std::uint64_t offset, std::string_view text,
                bool is_last) {
  std::vector<std::uint8_t> body(net::kChunkHeaderBytes);
  net::store_chunk_header(body.data(), {.offset = offset, .crc32 = net::crc32_of(as_bytes(text)), .is_last = is_last});
  body.insert(body.end(), text.begin(), text.end());
  peer.send(net::encode_message({.kind = net::Kind::kChunk, .stream = file}, body));
}

TEST_F(ServerLinkTest, TakesFilesInPieces) {
  sign_in();
  Mutex mutex;
  std::string got;
  const auto done = [&](Result<std::vector<std::uint8_t>>& file) {
    const MutexLock lock(mutex);
    got = file ? std::string(file->begin(), file->end()) : "error " + std::string(to_string(file.error().code));
  };
  const auto has = [&](const std::string& wanted) {
    return wait_until([&] {
      const MutexLock lock(mutex);
      return got == wanted;
    });
  };
  link->fetch_file("library.artwork", R"({"media":"m"})", 100, done);
  const auto asked = server.next("library.artwork");
  EXPECT_EQ(asked.params.at("media"), "m");
  EXPECT_GE(asked.params.at("credit_bytes"), asked.params.at("chunk_bytes"));
  server.answer(asked, {{"file", 3}, {"size_bytes", 6}});
  send_chunk(server.peer, 3, 0, "abc", false);
  send_chunk(server.peer, 3, 3, "def", true);
  EXPECT_TRUE(has("abcdef"));

  link->fetch_file("library.artwork", {}, 5, done);
  server.answer(server.next("library.artwork"), {{"file", 4}, {"size_bytes", 6}});
  EXPECT_TRUE(has("error too_large"));
  EXPECT_EQ(server.next("file.close").params.at("file"), 4);

  link->fetch_file("library.artwork", {}, 100, done);
  server.answer(server.next("library.artwork"), {{"file", 5}, {"size_bytes", 6}});
  send_chunk(server.peer, 5, 0, "abc", false);
  server.peer.hang_up();
  EXPECT_TRUE(has("error unavailable")) << "the connection it came over is gone";
}

// Notes what it is told.
class ReceivedFile final : public FileReceiver {
 public:
  void on_file_opened(const FileInfo& info) override { note("opened " + info.version); }
  void on_file_piece(net::FileChunk&& piece) override { note(std::string(as_text(piece.data))); }
  void on_file_ended(Status outcome) override {
    note(outcome ? "ended" : "error " + std::string(to_string(outcome.error().code)));
  }
  bool has(const std::string& wanted) {
    return wait_until([&] {
      const MutexLock lock(mutex_);
      return text_ == wanted;
    });
  }

 private:
  void note(const std::string& text) {
    const MutexLock lock(mutex_);
    text_ += text + '|';
  }
  Mutex mutex_;
  std::string text_ ZOE_GUARDED_BY(mutex_);
};

TEST_F(ServerLinkTest, HandsFilesToTheirReceivers) {
  sign_in();
  const json answer = {{"file", 3}, {"size_bytes", 10}, {"offset", 4}, {"version", "v1"}, {"name", "a"}};
  const ServerLink::FileWish wish{.params = R"({"media":"m"})", .offset = 4, .chunk_bytes = 1024};
  const auto file = std::make_shared<ReceivedFile>();
  const std::uint64_t number = link->receive_file(wish, file);
  const auto asked = server.next("file.open");
  EXPECT_EQ(asked.params, json({{"media", "m"}, {"offset", 4}, {"chunk_bytes", 1024}}));
  server.answer(asked, answer);
  ASSERT_TRUE(file->has("opened v1|"));
  link->grant_file(number, 6);
  for (;;) {
    const net::Message message = server.peer.read();
    if (message.header.kind != net::Kind::kCredit) continue;
    EXPECT_EQ(message.header.stream, 3U);
    EXPECT_EQ(net::load_credit(message), 6U);
    break;
  }
  send_chunk(server.peer, 3, 4, "abc", false);
  send_chunk(server.peer, 3, 7, "def", true);
  ASSERT_TRUE(file->has("opened v1|abc|def|ended|"));

  const auto dropped = std::make_shared<ReceivedFile>();
  const std::uint64_t other = link->receive_file(wish, dropped);
  const auto asked_too = server.next("file.open");
  link->drop_file(other);
  server.answer(asked_too, answer);
  EXPECT_EQ(server.next("file.close").params.at("file"), 3);

  const auto cut = std::make_shared<ReceivedFile>();
  link->receive_file(wish, cut);
  server.answer(server.next("file.open"), answer);
  ASSERT_TRUE(cut->has("opened v1|"));
  server.peer.hang_up();
  EXPECT_TRUE(cut->has("opened v1|error unavailable|"));
  EXPECT_TRUE(dropped->has(""));
}

TEST_F(ServerLinkTest, WithoutAConnectionRequestsFailAtOnce) {
  bool has_failed = false;
  link->open_stream({},
                    [&](Result<StreamInfo> info) { has_failed = !info && info.error().code == Errc::kUnavailable; });
  EXPECT_TRUE(has_failed);
}

}  // namespace
}  // namespace zoe::player
