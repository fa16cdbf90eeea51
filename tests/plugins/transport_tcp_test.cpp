// The native transport's control path: greeting, TLS, requests, events, ending.
#include <dlfcn.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "engine/net/messages.hpp"
#include "plugins/transport_tcp/admission.hpp"
#include "tests/plugins/fake_server.hpp"
#include "tests/plugins/raw_client.hpp"
#include "tests/plugins/recorder.hpp"
#include "tests/support/paths.hpp"

namespace zoe::test {
namespace {

using net::ConnectionPhase;
using net::Kind;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(TransportTcp, AnswersRequestsOfThePlayersConnection) {
  FakeServer server(R"({"name": "The den", "threads": 2})");
  Recorder client(Recorder::to(server.port()));
  ASSERT_TRUE((*client).wait_ready(kPatience));
  EXPECT_EQ(client->state().server_name, "The den");
  EXPECT_FALSE(client->state().is_encrypted);
  ASSERT_TRUE(client.ask("barrier"));
  EXPECT_THAT(client.phases(),
              ElementsAre(ConnectionPhase::kConnecting, ConnectionPhase::kGreeting, ConnectionPhase::kReady));

  const auto answer = client.ask("echo", {{"text", "grüße"}, {"list", {1, 2, 3}}});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ((*answer)["text"], "grüße");
  const auto calls = server.wait_for_client()->calls();
  EXPECT_EQ(json::parse(calls.at(1).second)["method"], "echo");
}

TEST(TransportTcp, RequestsGoOutTogetherWithTheGreeting) {
  FakeServer server;
  Recorder client(Recorder::to(server.port()));
  const auto answer = client.ask("early", {{"n", 1}});  // asked before the connection stands
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ((*answer)["n"], 1);
}

TEST(TransportTcp, ErrorsOfTheServerReachTheCompletion) {
  FakeServer server;
  server.answer_with([](FakeClient&, std::uint64_t, std::string_view) {
    return R"({"error": {"code": "not_found", "message": "no such media"}})";
  });
  Recorder client(Recorder::to(server.port()));
  const auto answer = client.ask("library.get");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::kNotFound);
  EXPECT_EQ(answer.error().message, "no such media");
}

TEST(TransportTcp, AnswersMayComeLaterAndInAnotherOrder) {
  FakeServer server;
  server.answer_with([](FakeClient&, std::uint64_t, std::string_view) { return std::string(); });
  Recorder client(Recorder::to(server.port()));
  Mutex mutex;
  std::vector<int> order;
  for (int i = 0; i < 3; ++i) {
    client->request("wait", "{}", [&, i](Result<json>&) {
      MutexLock lock(mutex);
      order.push_back(i);
    });
  }
  const auto peer = server.wait_for_client();
  ASSERT_TRUE(wait_until([&] { return peer->calls().size() == 3; }));
  for (int i = 2; i >= 0; --i) peer->reply(peer->calls()[static_cast<std::size_t>(i)].first, R"({"result": {}})");
  ASSERT_TRUE(wait_until([&] {
    MutexLock lock(mutex);
    return order.size() == 3;
  }));
  MutexLock lock(mutex);
  EXPECT_THAT(order, ElementsAre(2, 1, 0));
}

TEST(TransportTcp, TlsWithAPinnedKey) {
  FakeServer server;
  auto trust = std::make_shared<net::TrustStore>();
  auto options = Recorder::to(server.port(), net::Security::kTls);
  options.trust = trust;
  {
    Recorder client(options);
    ASSERT_TRUE(client->wait_ready(kPatience)) << client->state().error->message;
    EXPECT_TRUE(client->state().is_encrypted);
    EXPECT_EQ(client->state().pin, server.pin());
    EXPECT_EQ(client->state().trust, net::Trust::kFirstSeen);
    EXPECT_TRUE(client.ask("echo"));
    EXPECT_THAT(client.phases(), ElementsAre(ConnectionPhase::kConnecting, ConnectionPhase::kSecuring,
                                             ConnectionPhase::kGreeting, ConnectionPhase::kReady));
  }
  {
    Recorder client(options);
    ASSERT_TRUE(client->wait_ready(kPatience));
    EXPECT_EQ(client->state().trust, net::Trust::kMatches);
  }
  ASSERT_TRUE(trust->remember("127.0.0.1", server.port(), std::string(64, 'a')));
  Recorder client(options);
  const Status ready = client->wait_ready(kPatience);
  ASSERT_FALSE(ready);
  EXPECT_EQ(ready.error().code, Errc::kDenied);
  EXPECT_EQ(client->state().trust, net::Trust::kChanged);
  EXPECT_THAT(ready.error().message, HasSubstr("is not the one it had before"));
  EXPECT_EQ(server.clients().size(), 2U);  // nothing was said to the third
}

TEST(TransportTcp, EventsAndTheHostsClose) {
  FakeServer server;
  Recorder client(Recorder::to(server.port()));
  const auto peer = server.wait_for_client();
  peer->event(R"({"event": "library.changed", "total": 7})");
  ASSERT_TRUE(wait_until([&] { return !client.events().empty(); }));
  EXPECT_EQ(client.events()[0]["total"], 7);

  peer->close(ZOE_E_UNAUTHENTICATED, "the session was revoked");
  ASSERT_TRUE(client.wait_closed());
  EXPECT_EQ(client->state().error->code, Errc::kUnauthenticated);
  EXPECT_EQ(client->state().error->message, "the session was revoked");
  EXPECT_TRUE(wait_until([&] { return peer->is_closed() && server.connections() == 0; }));
}

TEST(TransportTcp, CreditsReachTheServer) {
  FakeServer server;
  Recorder client(Recorder::to(server.port()));
  const auto peer = server.wait_for_client();
  client->send_credit(3, 5, 2'000'000);
  EXPECT_TRUE(wait_until([&] { return peer->credit_of(3, 5) == 2'000'000; }));
}

TEST(TransportTcp, ProbesMeasureTheClocks) {
  FakeServer server;
  Recorder client(Recorder::to(server.port()));
  ASSERT_TRUE(wait_until([&] { return client->stats().clock.has_value(); }));
  // One machine, one monotonic clock: the offset is at most half the round trip.
  const auto clock = *client->stats().clock;
  EXPECT_GE(clock.round_trip_ns, 0);
  EXPECT_LE(std::abs(clock.offset_ns), clock.round_trip_ns / 2 + 1);
}

TEST(TransportTcp, DisconnectTellsClientsToResume) {
  FakeServer server;
  Recorder client(Recorder::to(server.port()));
  server.wait_for_client();
  server.disconnect();
  ASSERT_TRUE(client.wait_closed());
  ASSERT_EQ(client.events().size(), 1U);
  EXPECT_EQ(client.events()[0]["event"], "server.resume");
  EXPECT_EQ(client->state().error->code, Errc::kUnavailable);
  EXPECT_TRUE(wait_until([&] { return server.connections() == 0; }));
}

TEST(TransportTcp, DeinitEndsConnectionsAndLeavesNothing) {
  FakeServer server;
  Recorder client(Recorder::to(server.port()));
  RawClient silent(server.port());
  const auto peer = server.wait_for_client();
  peer->queue_runs(1, 1, 100, 10, 10'000);
  server.deinit();
  EXPECT_TRUE(peer->is_closed());
  EXPECT_EQ(peer->held_runs(), 0);
  EXPECT_TRUE(client.wait_closed());
}

TEST(TransportTcp, AFullServerSaysSo) {
  FakeServer server(R"({"most_connections": 2})");
  server.takes_clients = false;
  RawClient client(server.port());
  client.send(net::kPreface);
  client.send(net::encode_text(Kind::kHello, R"({"protocol": 1, "client": "x/1"})"));
  EXPECT_EQ(client.read_goodbye(), "unavailable");

  server.takes_clients = true;
  ASSERT_TRUE(wait_until([&] { return server.connections() == 0; }));  // although it does not close
  RawClient first(server.port());
  RawClient second(server.port());
  first.greet();
  second.greet();
  RawClient third(server.port());
  EXPECT_TRUE(third.wait_closed());
}

TEST(TransportTcp, WrongSettingsAreNamed) {
  const auto words_of = [](const char* settings) {
    try {
      FakeServer server(settings);
    } catch (const std::exception& error) {
      return std::string(error.what());
    }
    return std::string("it started");
  };
  EXPECT_THAT(words_of(R"({"port": 70000})"), HasSubstr("port"));
  EXPECT_THAT(words_of(R"({"thread": 2})"), HasSubstr("thread"));
  EXPECT_THAT(words_of(R"({"allow_plain": "yes"})"), HasSubstr("allow_plain"));
}

TEST(TransportTcp, AdmissionGoesByTheFirstByte) {
  using transport_tcp::Admission;
  using transport_tcp::PeerPlace;
  using transport_tcp::PlainRule;
  EXPECT_EQ(transport_tcp::admit(0x16, PeerPlace::kNetwork, PlainRule::kLoopbackOnly), Admission::kTls);
  EXPECT_EQ(transport_tcp::admit(0x16, PeerPlace::kLoopback, PlainRule::kEveryone), Admission::kTls);
  EXPECT_EQ(transport_tcp::admit('Z', PeerPlace::kLoopback, PlainRule::kLoopbackOnly), Admission::kPlain);
  EXPECT_EQ(transport_tcp::admit('Z', PeerPlace::kNetwork, PlainRule::kLoopbackOnly), Admission::kRefuse);
  EXPECT_EQ(transport_tcp::admit('Z', PeerPlace::kNetwork, PlainRule::kEveryone), Admission::kPlain);
}

TEST(TransportTcp, PlainIsRefusedOverTheNetwork) {
  FakeServer server;
  server.peers_are_loopback = false;
  RawClient plain(server.port());
  plain.send(net::kPreface);
  EXPECT_EQ(plain.read_goodbye(), "denied");
  Recorder secure(Recorder::to(server.port(), net::Security::kTls));
  EXPECT_TRUE(secure->wait_ready(kPatience));

  FakeServer open(R"({"allow_plain": true})");
  open.peers_are_loopback = false;
  RawClient allowed(open.port());
  allowed.greet();
}

#if !defined(ZOE_ASAN) && !defined(ZOE_TSAN)
TEST(TransportTcp, UnloadsEveryTime) {
  for (int i = 0; i < 20; ++i) {
    {
      FakeServer server;
      Recorder client(Recorder::to(server.port(), i % 2 == 0 ? net::Security::kTls : net::Security::kPlain));
      ASSERT_TRUE(client->wait_ready(kPatience));
      ASSERT_TRUE(client.ask("echo"));
    }
    void* const left = ::dlopen(plugin_file("transport_tcp").c_str(), RTLD_NOW | RTLD_NOLOAD);
    ASSERT_EQ(left, nullptr) << "round " << i;
  }
}
#endif

}  // namespace
}  // namespace zoe::test
