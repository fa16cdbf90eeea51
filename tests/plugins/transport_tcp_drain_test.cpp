// What becomes of the native transport's connections when another generation takes over.
#include <gmock/gmock.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "engine/net/messages.hpp"
#include "tests/plugins/fake_server.hpp"
#include "tests/plugins/raw_client.hpp"
#include "tests/plugins/recorder.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::test {
namespace {

using net::Kind;
using nlohmann::json;
using ::testing::ElementsAre;

// One thread: what the test does after `disconnect` is seen after it.
constexpr const char* kPatient = R"({"threads": 1, "farewell_timeout_s": 600})";
constexpr const char* kHasty = R"({"threads": 1, "farewell_timeout_s": 0.1})";

// The kinds of all that comes until the server closes; the parser of the client sees to it that all of it is whole.
std::vector<Kind> read_to_the_end(RawClient& client, json* event = nullptr) {
  std::vector<Kind> kinds;
  while (const auto message = client.read()) {
    kinds.push_back(message->header.kind);
    if (event != nullptr && message->header.kind == Kind::kEvent) *event = json::parse(message->body->text());
  }
  EXPECT_TRUE(client.wait_closed());
  return kinds;
}

void greet_without_waiting(RawClient& client) {
  client.send(net::kPreface);
  client.send(net::encode_text(Kind::kHello, R"({"protocol": 1, "client": "x/1"})"));
}

TEST(TransportTcpDrain, TheGreetingTellsTheServersVersion) {
  FakeServer server;
  Recorder client(Recorder::to(server.port()));
  ASSERT_TRUE(client->wait_ready(kPatience));
  EXPECT_EQ(client->state().server, kFakeSoftware);
}

TEST(TransportTcpDrain, NothingChangesBeforeTheDeadline) {
  FakeServer server;
  RawClient client(server.port());
  client.greet();
  server.drain();
  client.request(1, "still");
  const auto answer = client.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->header.kind, Kind::kResponse);
  RawClient late(server.port());  // the race of an accept with the swap
  late.greet();
  EXPECT_EQ(server.connections(), 2U);
}

TEST(TransportTcpDrain, WhatWasPulledIsSentThenTheTicketThenTheFarewell) {
  FakeServer server(kPatient);
  auto client = std::make_unique<RawClient>(server.port(), 16 << 10);
  client->greet();
  const auto peer = server.wait_for_client();
  peer->queue_runs(1, 1, 400, 10, 10'000);
  ASSERT_TRUE(wait_until([&] { return peer->pulled_runs() > 0; }));
  server.disconnect();
  json event;
  std::vector<Kind> kinds = read_to_the_end(*client, &event);
  client.reset();
  ASSERT_GE(kinds.size(), 3U);
  EXPECT_EQ(kinds.back(), Kind::kGoodbye);
  kinds.pop_back();
  EXPECT_EQ(kinds.back(), Kind::kEvent);
  kinds.pop_back();
  EXPECT_EQ(kinds, std::vector<Kind>(peer->pulled_runs(), Kind::kMedia));
  EXPECT_LT(peer->pulled_runs(), 400U);
  EXPECT_EQ(event["event"], "server.resume");
  EXPECT_EQ(event["ticket"], "ticket-1");
  EXPECT_FALSE(event["message"].get<std::string>().empty());
  EXPECT_TRUE(wait_until([&] { return peer->is_closed() && server.connections() == 0; }));
  EXPECT_EQ(peer->held_runs(), 0);
}

TEST(TransportTcpDrain, WhoIsNotSignedInHearsOnlyTheFarewell) {
  FakeServer server(kPatient);
  server.gives_tickets = false;
  RawClient client(server.port());
  client.greet();
  server.disconnect();
  EXPECT_THAT(read_to_the_end(client), ElementsAre(Kind::kGoodbye));
}

TEST(TransportTcpDrain, RequestsThatWereReadAreAnsweredAndLaterOnesAreLeft) {
  FakeServer server(kPatient);
  server.answer_with([](FakeClient&, std::uint64_t, std::string_view) { return std::string(); });
  RawClient client(server.port());
  client.greet();
  const auto peer = server.wait_for_client();
  client.request(7, "slow");
  ASSERT_TRUE(wait_until([&] { return peer->calls().size() == 1; }));
  server.disconnect();
  client.request(8, "late");
  client.send(net::encode_probe({1, 2}));
  const auto probed = client.read();
  ASSERT_TRUE(probed);
  EXPECT_EQ(probed->header.kind, Kind::kProbeReply);
  EXPECT_EQ(peer->calls().size(), 1U);
  EXPECT_EQ(server.tickets_given, 0);
  peer->reply(peer->calls()[0].first, R"({"result": {}})");
  EXPECT_THAT(read_to_the_end(client), ElementsAre(Kind::kResponse, Kind::kEvent, Kind::kGoodbye));
}

TEST(TransportTcpDrain, ARequestThatIsNeverAnsweredHoldsNothingUp) {
  FakeServer server(kHasty);
  server.answer_with([](FakeClient&, std::uint64_t, std::string_view) { return std::string(); });
  RawClient client(server.port());
  client.greet();
  client.request(7, "for ever");
  ASSERT_TRUE(wait_until([&] { return server.wait_for_client()->calls().size() == 1; }));
  server.disconnect();
  EXPECT_THAT(read_to_the_end(client), ElementsAre(Kind::kEvent, Kind::kGoodbye));
}

TEST(TransportTcpDrain, AClientThatReadsNothingIsCut) {
  FakeServer server(kHasty);
  RawClient client(server.port(), 4 << 10);
  client.greet();
  const auto peer = server.wait_for_client();
  peer->queue_runs(1, 1, 2'000, 10, 100'000);
  ASSERT_TRUE(wait_until([&] { return peer->pulled_runs() > 0; }));
  server.disconnect();
  EXPECT_TRUE(wait_until([&] { return server.connections() == 0; }));
  EXPECT_TRUE(peer->is_closed());
  EXPECT_EQ(peer->held_runs(), 0);
}

TEST(TransportTcpDrain, WhoComesTooLateIsGreetedAndToldWhy) {
  FakeServer server(kPatient);
  RawClient silent(server.port());  // accepted, has said nothing yet
  ASSERT_TRUE(wait_until([&] { return server.connections() == 1; }));
  server.disconnect();
  RawClient later(server.port());
  for (RawClient* client : {&silent, &later}) {
    greet_without_waiting(*client);
    EXPECT_THAT(read_to_the_end(*client), ElementsAre(Kind::kHello, Kind::kGoodbye));
  }
  Recorder secure(Recorder::to(server.port(), net::Security::kTls));
  ASSERT_TRUE(secure.wait_closed());
  EXPECT_EQ(secure->state().error->code, Errc::kUnavailable);
  EXPECT_TRUE(server.clients().empty());
}

TEST(TransportTcpDrain, WhoNeverGreetsIsCut) {
  FakeServer server(kHasty);
  RawClient silent(server.port());
  ASSERT_TRUE(wait_until([&] { return server.connections() == 1; }));
  server.disconnect();
  EXPECT_EQ(silent.read_goodbye(), "unavailable");
  EXPECT_TRUE(wait_until([&] { return server.connections() == 0; }));
}

// Everything that can be under way, several times over: streams, a file that workers read, requests, TLS.
TEST(TransportTcpDrain, ManyAreMovedAndNothingIsLeft) {
  FakeServer server(R"({"threads": 2, "farewell_timeout_s": 600})");
  TempDir folder;
  server.offer_file(9, folder.write("source", std::string(3'000'000, 'x')));
  server.answer_with([](FakeClient&, std::uint64_t, std::string_view request) -> std::string {
    const json asked = json::parse(request);
    if (asked["method"] == "file.open") return R"({"result": {"file": 9}})";
    return R"({"result": {}})";
  });
  for (int round = 0; round < 5; ++round) {
    const std::size_t before = server.clients().size();
    std::vector<std::unique_ptr<Recorder>> clients;
    for (int i = 0; i < 8; ++i) {
      clients.push_back(std::make_unique<Recorder>(
          Recorder::to(server.port(), i % 2 == 0 ? net::Security::kTls : net::Security::kPlain)));
      (*clients.back())->request("file.open", R"({"media": "m", "credit_bytes": 3000000})", [](Result<json>&) {});
    }
    ASSERT_TRUE(wait_until([&] { return server.clients().size() == before + 8; }));
    for (std::size_t i = before; i < before + 8; ++i) server.clients()[i]->queue_runs(1, 1, 100, 10, 10'000);
    server.replace();
    for (const auto& client : clients) {
      ASSERT_TRUE(client->wait_closed());
      ASSERT_FALSE(client->events().empty());
      EXPECT_EQ(client->events().back()["event"], "server.resume");
    }
    for (const auto& peer : server.clients()) {
      EXPECT_TRUE(peer->is_closed());
      EXPECT_EQ(peer->held_runs(), 0);
    }
  }
  Recorder last(Recorder::to(server.port()));
  EXPECT_TRUE(last->wait_ready(kPatience));
}

}  // namespace
}  // namespace zoe::test
