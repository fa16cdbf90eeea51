// The player's connection against servers that misbehave; tests/plugins/transport_tcp_test.cpp has it against the real
// one.
#include "engine/net/connection.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "engine/core/threads.hpp"
#include "engine/net/tls.hpp"
#include "tests/support/free_port.hpp"
#include "tests/unit/net/scripted_peer.hpp"

namespace zoe::net {
namespace {

using std::chrono::milliseconds;
using test::kPatience;
using test::wait_until;
using ::testing::HasSubstr;

ConnectionOptions to(std::uint16_t port) {
  ConnectionOptions options;
  options.port = port;
  options.probe_interval = milliseconds(0);
  return options;
}

// Why a connection to a server like this does not come to stand.
Error failure_of(const ConnectionOptions& options, ConnectionSinks sinks = {}) {
  const auto connection = Connection::start(options, std::move(sinks));
  const Status ready = connection->wait_ready(kPatience);
  EXPECT_FALSE(ready);
  return ready ? Error{} : ready.error();
}

Error closed_error(const Connection& connection) {
  EXPECT_TRUE(wait_until([&] { return connection.state().phase == ConnectionPhase::kClosed; }));
  return connection.state().error.value_or(Error{});
}

TEST(Connection, NobodyListens) {
  const Error error = failure_of(to(test::free_port()));
  EXPECT_EQ(error.code, Errc::kUnavailable);
  EXPECT_THAT(error.message, HasSubstr("nothing listens at 127.0.0.1:"));
}

TEST(Connection, NoSuchMachine) {
  auto options = to(7340);
  options.host = "no-such-machine.invalid";
  EXPECT_THAT(failure_of(options).message, HasSubstr("\"no-such-machine.invalid\""));
  options.host = "";
  EXPECT_EQ(failure_of(options).code, Errc::kInvalidArgument);
}

TEST(Connection, SilentServerTimesOut) {
  const ScriptedPeer peer;
  auto options = to(peer.port());
  options.connect_timeout = milliseconds(100);
  const Error error = failure_of(options);
  EXPECT_EQ(error.code, Errc::kTimeout);
  EXPECT_THAT(error.message, HasSubstr("did not greet within 0.1 s"));
}

// With the queue of a listening socket full, connect() hangs for minutes.
TEST(Connection, AHangingConnectIsLeftBehind) {
  const ScriptedPeer peer(0);
  std::vector<UniqueFd> fillers;
  for (int i = 0; i < 8; ++i) {
    fillers.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(peer.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::connect(fillers.back().get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  auto options = to(peer.port());
  options.connect_timeout = milliseconds(100);
  const auto begun = std::chrono::steady_clock::now();
  const Error error = failure_of(options);  // the destructor too returns at once
  EXPECT_EQ(error.code, Errc::kTimeout);
  EXPECT_THAT(error.message, HasSubstr("did not answer"));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
}

TEST(Connection, AServerThatHangsUp) {
  ScriptedPeer peer;
  const auto connection = Connection::start(to(peer.port()), {});
  ASSERT_TRUE(peer.accept());
  peer.hang_up();
  EXPECT_THAT(closed_error(*connection).message, HasSubstr("closed the connection without a greeting"));
}

TEST(Connection, AnotherKindOfServer) {
  ScriptedPeer peer;
  const auto connection = Connection::start(to(peer.port()), {});
  ASSERT_TRUE(peer.accept());
  peer.send("SSH-2.0-OpenSSH_9.2\r\n                ");
  EXPECT_EQ(closed_error(*connection).code, Errc::kTooLarge);  // no valid header
}

TEST(Connection, AServerThatDoesNotSpeakTls) {
  ScriptedPeer peer;
  auto options = to(peer.port());
  options.security = Security::kTls;
  const auto connection = Connection::start(options, {});
  ASSERT_TRUE(peer.accept());
  peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  EXPECT_THAT(closed_error(*connection).message, HasSubstr("does not speak TLS"));
}

TEST(Connection, TheServersGoodbyeIsTheReason) {
  ScriptedPeer peer;
  const auto connection = Connection::start(to(peer.port()), {});
  ASSERT_TRUE(peer.accept());
  peer.send(encode_text(Kind::kGoodbye, encode_goodbye({Errc::kDenied, "TLS only"})));
  const Error error = closed_error(*connection);
  EXPECT_EQ(error.code, Errc::kDenied);
  EXPECT_EQ(error.message, "TLS only");
}

TEST(Connection, WhatIsAskedEarlyComesRightBehindHello) {
  ScriptedPeer peer;
  const auto connection = Connection::start(to(peer.port()), {});
  connection->request("first", R"({"a": 1})", {});
  connection->send_credit(1, 2, 3);
  ASSERT_TRUE(peer.accept());
  ASSERT_TRUE(peer.read_preface());
  EXPECT_EQ(peer.read().header.kind, Kind::kHello);
  EXPECT_EQ(peer.read().header.kind, Kind::kRequest);  // although we have not greeted
  EXPECT_EQ(peer.read().header.kind, Kind::kCredit);
}

TEST(Connection, HoldsBackWhatTheServerWouldNotRead) {
  ScriptedPeer peer;
  const auto connection = Connection::start(to(peer.port()), {});
  std::atomic<int> answered{0};
  for (int i = 0; i < 200; ++i) connection->request("m", "{}", [&](Result<nlohmann::json>&) { ++answered; });
  ASSERT_TRUE(peer.greet());
  std::vector<std::uint64_t> ids;
  for (std::size_t i = 0; i < kMostRequestsInProgress; ++i)
    ids.push_back(nlohmann::json::parse(peer.read().body->text())["id"]);
  EXPECT_TRUE(peer.is_quiet(50));
  for (int i = 0; i < 200; ++i) {
    peer.send(encode_text(Kind::kResponse,
                          nlohmann::json{{"id", ids.at(static_cast<std::size_t>(i))}, {"result", {}}}.dump()));
    if (ids.size() < 200) ids.push_back(nlohmann::json::parse(peer.read().body->text())["id"]);
  }
  EXPECT_TRUE(wait_until([&] { return answered == 200; }));
}

TEST(Connection, UnansweredRequestsTimeOut) {
  ScriptedPeer peer;
  auto options = to(peer.port());
  options.request_timeout = milliseconds(50);
  const auto connection = Connection::start(options, {});
  Mutex mutex;
  std::vector<Error> errors;
  connection->request("slow.one", "{}", [&](Result<nlohmann::json>& outcome) {
    MutexLock lock(mutex);
    errors.push_back(outcome.error());
  });
  ASSERT_TRUE(peer.greet());
  ASSERT_TRUE(wait_until([&] {
    MutexLock lock(mutex);
    return !errors.empty();
  }));
  // The late answer disturbs nobody.
  peer.send(encode_text(Kind::kResponse, R"({"id": 1, "result": {}})"));
  peer.send(encode_text(Kind::kResponse, R"({"id": 99, "result": {}})"));
  EXPECT_TRUE(connection->wait_ready(kPatience));
  MutexLock lock(mutex);
  EXPECT_EQ(errors[0].code, Errc::kTimeout);
  EXPECT_THAT(errors[0].message, HasSubstr("slow.one"));
}

TEST(Connection, EveryCompletionIsCalledOnce) {
  ScriptedPeer peer;
  std::atomic<int> called{0};
  {
    const auto connection = Connection::start(to(peer.port()), {});
    for (int i = 0; i < 100; ++i) {
      connection->request("m", "{}", [&](Result<nlohmann::json>& outcome) {
        EXPECT_EQ(outcome.error().code, Errc::kCancelled);
        ++called;
      });
    }
    ASSERT_TRUE(peer.greet());
    connection->close();
    EXPECT_EQ(closed_error(*connection).code, Errc::kCancelled);
    EXPECT_TRUE(wait_until([&] { return called == 100; }));
    connection->request("late", "{}", [&](Result<nlohmann::json>& outcome) {
      EXPECT_EQ(outcome.error().code, Errc::kCancelled);
      ++called;
    });
    EXPECT_EQ(called, 101);
  }
  EXPECT_EQ(called, 101);
}

TEST(Connection, TooLongRequestsAreRefusedHere) {
  ScriptedPeer peer;
  const auto connection = Connection::start(to(peer.port()), {});
  Errc code = Errc::kInternal;
  connection->request("m", R"({"a": ")" + std::string(70'000, 'x') + R"("})",
                      [&](Result<nlohmann::json>& outcome) { code = outcome.error().code; });
  EXPECT_EQ(code, Errc::kTooLarge);
}

TEST(Connection, ClosingSaysGoodbye) {
  ScriptedPeer peer;
  const auto connection = Connection::start(to(peer.port()), {});
  ASSERT_TRUE(peer.greet());
  ASSERT_TRUE(connection->wait_ready(kPatience));
  connection->close();
  const Message message = peer.read();
  EXPECT_EQ(message.header.kind, Kind::kGoodbye);
  EXPECT_EQ(closed_error(*connection).code, Errc::kCancelled);
}

TEST(Connection, DamagedMediaEndsIt) {
  ScriptedPeer peer;
  std::atomic<int> runs{0};
  const auto connection = Connection::start(to(peer.port()), {.media = [&](MediaRun&&) { ++runs; }});
  ASSERT_TRUE(peer.greet());
  peer.send(encode_message({.kind = Kind::kMedia, .flags = kRunEnd, .stream = 1}, std::vector<std::uint8_t>(16)));
  std::vector<std::uint8_t> bad(16);
  bad[8] = 5;  // five packets, and none there
  peer.send(encode_message({.kind = Kind::kMedia, .stream = 1}, bad));
  EXPECT_EQ(closed_error(*connection).code, Errc::kMalformed);
  EXPECT_EQ(runs, 1);
  const Message message = peer.read();
  EXPECT_EQ(message.header.kind, Kind::kGoodbye);
}

TEST(Connection, ASilentServerIsTakenForDead) {
  ScriptedPeer peer;
  auto options = to(peer.port());
  options.probe_interval = milliseconds(20);
  options.silence_timeout = milliseconds(100);
  const auto connection = Connection::start(options, {});
  ASSERT_TRUE(peer.greet());
  const Error error = closed_error(*connection);
  EXPECT_EQ(error.code, Errc::kTimeout);
  EXPECT_THAT(error.message, HasSubstr("silent"));
}

TEST(Connection, ClockOffsetIsTheServersMinusOurs) {
  ScriptedPeer peer;
  auto options = to(peer.port());
  const auto connection = Connection::start(options, {});
  ASSERT_TRUE(peer.greet());
  connection->probe();
  const Probe probe = load_probe(peer.read());
  constexpr std::int64_t kAhead = 5'000'000'000'000;
  peer.send(encode_probe_reply({probe, probe.client_ns + kAhead}));
  peer.send(encode_probe_reply({{.token = 12345}, 1}));  // nobody asked
  ASSERT_TRUE(wait_until([&] { return connection->stats().clock.has_value(); }));
  const ClockEstimate clock = *connection->stats().clock;
  EXPECT_EQ(clock.probes, 1U);
  EXPECT_NEAR(static_cast<double>(clock.offset_ns), static_cast<double>(kAhead),
              static_cast<double>(clock.round_trip_ns) / 2 + 1);
}

TEST(Connection, CountsBytesAndMeasuresThroughput) {
  ScriptedPeer peer;
  const auto connection = Connection::start(to(peer.port()), {});
  ASSERT_TRUE(peer.greet());
  const auto run = encode_message({.kind = Kind::kMedia, .flags = kRunEnd}, std::vector<std::uint8_t>(16));
  ASSERT_TRUE(wait_until([&] {
    peer.send(run);
    return connection->stats().receive_bytes_per_s > 0;
  }));
  const ConnectionStats stats = connection->stats();
  EXPECT_GE(stats.media_bytes, 16U);
  EXPECT_GE(stats.received_bytes, stats.media_bytes);
  EXPECT_GT(stats.sent_bytes, 0U);
  EXPECT_GE(stats.messages, 2U);
}

}  // namespace
}  // namespace zoe::net
