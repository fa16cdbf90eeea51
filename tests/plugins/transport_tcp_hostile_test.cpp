// What strangers send to the native transport: each gets a word and is closed, and nobody else notices.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "engine/net/messages.hpp"
#include "tests/plugins/fake_server.hpp"
#include "tests/plugins/raw_client.hpp"
#include "tests/plugins/recorder.hpp"

namespace zoe::test {
namespace {

using net::Kind;

// Short deadlines; the long ones would be the same code.
constexpr const char* kHasty =
    R"({"hello_timeout_s": 0.3, "message_timeout_s": 0.2, "stall_timeout_s": 0.3, "farewell_timeout_s": 0.3})";

std::vector<std::uint8_t> header_bytes(std::uint32_t length, Kind kind) {
  std::vector<std::uint8_t> bytes(net::kHeaderBytes);
  net::store_header(bytes.data(), {.length = length, .kind = kind});
  return bytes;
}

// A well-behaved client beside the hostile ones, which has to be served as ever.
class Hostile : public ::testing::Test {
 protected:
  Hostile() : server_(kHasty), bystander_(Recorder::to(server_.port())) {
    EXPECT_TRUE(bystander_->wait_ready(kPatience));
  }
  ~Hostile() override {
    EXPECT_TRUE(bystander_.ask("echo"));
    EXPECT_TRUE(wait_until([&] { return server_.connections() == 1; })) << "hostile connections are left";
  }

  FakeServer server_;
  Recorder bystander_;
};

TEST_F(Hostile, Garbage) {
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    RawClient client(server_.port());
    std::vector<std::uint8_t> bytes(2000);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    bytes[0] = static_cast<std::uint8_t>(round % 2 == 0 ? 0x16 : 'G');  // TLS or not
    client.send(bytes);
    if (round % 2 == 0) {
      EXPECT_TRUE(client.wait_closed());
    } else {
      EXPECT_EQ(client.read_goodbye(), "malformed");
    }
  }
}

TEST_F(Hostile, AnotherProtocol) {
  RawClient client(server_.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read_goodbye(), "malformed");
}

TEST_F(Hostile, LengthOf4GB) {
  for (const Kind kind : {Kind::kRequest, Kind::kHello, Kind::kCredit, static_cast<Kind>(77)}) {
    RawClient client(server_.port());
    client.greet();
    client.send(header_bytes(0xffffffffU, kind));
    EXPECT_EQ(client.read_goodbye(), "too_large") << to_string(kind);
  }
}

TEST_F(Hostile, MessagesThatOnlyServersSend) {
  RawClient client(server_.port());
  client.greet();
  client.send(header_bytes(16, Kind::kMedia));
  EXPECT_EQ(client.read_goodbye(), "malformed");
}

TEST_F(Hostile, AnythingBeforeHello) {
  RawClient client(server_.port());
  client.send(net::kPreface);
  client.request(1, "server.info");
  EXPECT_EQ(client.read_goodbye(), "malformed");
}

TEST_F(Hostile, HelloTwice) {
  RawClient client(server_.port());
  client.greet();
  client.send(net::encode_text(Kind::kHello, R"({"protocol": 1})"));
  EXPECT_EQ(client.read_goodbye(), "malformed");
}

TEST_F(Hostile, HelloThatIsNone) {
  for (const char* hello : {"", "[]", "{}", R"({"protocol": "one"})", R"({"protocol": -1})", "{\"protocol\": 1"}) {
    RawClient client(server_.port());
    client.send(net::kPreface);
    client.send(net::encode_text(Kind::kHello, hello));
    EXPECT_EQ(client.read_goodbye(), "malformed") << hello;
  }
}

TEST_F(Hostile, HalfAHeaderAndThenNothing) {
  RawClient client(server_.port());
  client.greet();
  client.send(Bytes(header_bytes(100, Kind::kRequest)).first(7));
  EXPECT_EQ(client.read_goodbye(), "timeout");
}

TEST_F(Hostile, HalfABodyAndThenNothing) {
  RawClient client(server_.port());
  client.greet();
  client.send(header_bytes(60'000, Kind::kRequest));
  client.send("{\"id\":");
  EXPECT_EQ(client.read_goodbye(), "timeout");
}

TEST_F(Hostile, NothingAtAll) {
  RawClient silent(server_.port());
  RawClient half(server_.port());
  half.send("ZOE");
  RawClient half_tls(server_.port());
  half_tls.send(std::string_view("\x16\x03\x01", 3));
  EXPECT_EQ(silent.read_goodbye(), "timeout");
  EXPECT_EQ(half.read_goodbye(), "timeout");
  EXPECT_TRUE(half_tls.wait_closed());
}

TEST_F(Hostile, HundredsOfRequestsAtOnce) {
  Mutex mutex;
  std::vector<std::pair<FakeClient*, std::uint64_t>> held;
  std::atomic<bool> holds{true};
  server_.answer_with([&](FakeClient& client, std::uint64_t call_id, std::string_view) -> std::string {
    if (!holds) return R"({"result": {}})";
    MutexLock lock(mutex);
    held.emplace_back(&client, call_id);
    return {};
  });
  const auto held_count = [&] {
    MutexLock lock(mutex);
    return held.size();
  };
  RawClient client(server_.port());
  client.greet();
  constexpr std::size_t kRequests = 500;
  std::vector<std::uint8_t> all;
  for (std::size_t i = 0; i < kRequests; ++i) {
    const auto one = net::encode_text(Kind::kRequest, net::encode_request(i, "flood", "{}"));
    all.insert(all.end(), one.begin(), one.end());
  }
  client.send(all);
  ASSERT_TRUE(wait_until([&] { return held_count() == net::kMostRequestsInProgress; }));
  // The reading has stopped: a probe behind the requests is not answered before they are.
  client.send(net::encode_probe({.token = 9}));
  EXPECT_FALSE(client.read(std::chrono::milliseconds(100)));
  EXPECT_EQ(held_count(), net::kMostRequestsInProgress);

  holds = false;
  for (const auto& [peer, call_id] : held) peer->reply(call_id, R"({"result": {}})");
  std::vector<bool> seen(kRequests);
  for (std::size_t i = 0; i < kRequests; ++i) {
    const auto message = client.read();
    ASSERT_TRUE(message) << "answer " << i;
    seen.at(nlohmann::json::parse(message->body->text())["id"].get<std::size_t>()) = true;
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), static_cast<std::ptrdiff_t>(kRequests));
  const auto probe = client.read();
  ASSERT_TRUE(probe);
  EXPECT_EQ(probe->header.kind, Kind::kProbeReply);
  server_.answer_with(nullptr);
}

TEST_F(Hostile, RequestsThatAreNone) {
  RawClient client(server_.port());
  client.greet();
  client.send(net::encode_text(Kind::kRequest, R"({"id": 1, "method": 5})"));
  client.send(net::encode_text(Kind::kRequest, R"({"id": 2, "method": "x", "params": []})"));
  for (int i = 0; i < 2; ++i) {
    const auto answer = client.read();
    ASSERT_TRUE(answer);
    EXPECT_EQ(nlohmann::json::parse(answer->body->text())["error"]["code"], "invalid_argument");
  }
  client.send(net::encode_text(Kind::kRequest, R"({"method": "no id"})"));
  EXPECT_EQ(client.read_goodbye(), "malformed");
}

TEST_F(Hostile, JsonNestedTooDeeply) {
  RawClient client(server_.port());
  client.greet();
  client.send(net::encode_text(Kind::kRequest, std::string(60'000, '[')));
  EXPECT_EQ(client.read_goodbye(), "malformed");
}

TEST_F(Hostile, UnknownKindsAreSkipped) {
  RawClient client(server_.port());
  client.greet();
  const std::vector<std::uint8_t> body(300'000, 0x55);
  client.send(net::encode_message({.kind = static_cast<Kind>(900)}, body));
  client.request(5, "echo");
  const auto answer = client.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(nlohmann::json::parse(answer->body->text())["id"], 5);
}

TEST_F(Hostile, OneByteAtATime) {
  RawClient client(server_.port());
  std::vector<std::uint8_t> bytes(net::kPreface.begin(), net::kPreface.end());
  for (const auto& part : {net::encode_text(Kind::kHello, R"({"protocol": 1, "client": "slow/1"})"),
                           net::encode_text(Kind::kRequest, net::encode_request(1, "echo", "{}"))})
    bytes.insert(bytes.end(), part.begin(), part.end());
  for (const std::uint8_t byte : bytes) client.send(Bytes(&byte, 1));
  EXPECT_EQ(client.read()->header.kind, Kind::kHello);
  EXPECT_EQ(client.read()->header.kind, Kind::kResponse);
}

TEST_F(Hostile, VanishesInTheMiddle) {
  for (int i = 0; i < 10; ++i) {
    RawClient client(server_.port());
    client.greet();
    server_.wait_for_client(static_cast<std::size_t>(i) + 1)->queue_runs(1, 1, 50, 4, 50'000);
    client.send(Bytes(header_bytes(100, Kind::kRequest)).first(3));
  }
  EXPECT_TRUE(wait_until([&] { return server_.connections() == 1; }));
  for (const auto& peer : server_.clients()) EXPECT_EQ(peer->held_runs(), 0);
}

TEST(HostileReader, WhoDoesNotReadAnswersIsDisconnected) {
  FakeServer server(R"({"most_queued_mib": 1, "farewell_timeout_s": 0.3})");
  RawClient client(server.port(), 4096);
  client.greet();
  const auto peer = server.wait_for_client();
  const std::string event = R"({"event": "filler", "text": ")" + std::string(60'000, 'x') + R"("})";
  EXPECT_TRUE(wait_until([&] {
    peer->event(event);
    return server.connections() == 0;
  }));
}

}  // namespace
}  // namespace zoe::test
