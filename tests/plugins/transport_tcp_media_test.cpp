// Media over the native transport: every byte arrives, and one who does not read holds up nobody.
#include <gtest/gtest.h>

#include "tests/plugins/fake_server.hpp"
#include "tests/plugins/raw_client.hpp"
#include "tests/plugins/recorder.hpp"

namespace zoe::test {
namespace {

class Media : public ::testing::TestWithParam<net::Security> {};

TEST_P(Media, ArrivesIntactAndInOrder) {
  FakeServer server;
  Recorder client(Recorder::to(server.port(), GetParam()));
  ASSERT_TRUE(client->wait_ready(kPatience));
  const auto peer = server.wait_for_client();
  constexpr int kRuns = 40;
  peer->queue_runs(7, 3, kRuns, 5, 33'333);
  peer->queue_runs(7, 4, 1, 1, 3'000'000);  // one packet beyond what is asked for comes alone
  ASSERT_TRUE(wait_until([&] { return client.media().size() == kRuns + 1; }));

  std::uint32_t segment = 0;
  for (const auto& run : client.media()) {
    EXPECT_EQ(run.stream, 7U);
    EXPECT_EQ(run.serial, segment < kRuns ? 3U : 4U);
    EXPECT_EQ(run.segment, segment++);
    EXPECT_EQ(run.flags, net::kRunSegmentStart | net::kRunSegmentEnd);
    for (std::size_t i = 0; i < run.packets.size(); ++i) {
      EXPECT_EQ(run.packets[i].ordinal, i);
      EXPECT_EQ(run.packets[i].pts, static_cast<std::int64_t>(i) * 1000);
      const Bytes data = run.packets[i].data;
      for (std::size_t k = 0; k < data.size(); ++k) ASSERT_EQ(data[k], media_byte(k)) << "byte " << k;
    }
  }
  EXPECT_TRUE(wait_until([&] { return peer->held_runs() == 0; }));
  EXPECT_TRUE(wait_until([&] { return server.metric("runs_total") == kRuns + 1; }));
  if (GetParam() == net::Security::kPlain) {
    EXPECT_LT(server.metric("writes_total"), kRuns);  // several runs to a write
  }
  EXPECT_GE(client->stats().media_bytes, std::uint64_t{kRuns} * 5 * 33'333);
}

TEST_P(Media, AnswersDoNotWaitBehindMuchMedia) {
  FakeServer server;
  Recorder client(Recorder::to(server.port(), GetParam()));
  ASSERT_TRUE(client->wait_ready(kPatience));
  const auto peer = server.wait_for_client();
  peer->queue_runs(1, 1, 400, 10, 10'000);
  ASSERT_TRUE(client.ask("echo"));
  EXPECT_LT(client.media().size(), 400U);  // it came in between
  EXPECT_TRUE(wait_until([&] { return client.media().size() == 400; }));
}

INSTANTIATE_TEST_SUITE_P(PlainAndTls, Media, ::testing::Values(net::Security::kPlain, net::Security::kTls));

TEST(TransportTcpMedia, OneWhoDoesNotReadHoldsUpNobody) {
  FakeServer server(R"({"threads": 1, "stall_timeout_s": 0.5, "farewell_timeout_s": 0.3})");
  RawClient stalled(server.port(), 4096);
  stalled.greet();
  const auto stalled_peer = server.wait_for_client(0);
  Recorder client(Recorder::to(server.port()));
  ASSERT_TRUE(client->wait_ready(kPatience));
  const auto peer = server.wait_for_client(1);

  stalled_peer->queue_runs(1, 1, 1000, 10, 10'000);
  peer->queue_runs(1, 1, 1000, 10, 10'000);
  ASSERT_TRUE(wait_until([&] { return client.media().size() == 1000; }));
  // What was taken for the stalled one is what its socket and one batch hold, not all of it.
  EXPECT_LT(stalled_peer->pulled_runs(), 200U);
  EXPECT_TRUE(wait_until([&] { return stalled_peer->is_closed(); }));
  EXPECT_EQ(stalled_peer->held_runs(), 0);
  EXPECT_TRUE(wait_until([&] { return server.metric("stalls_total") == 1; }));
  EXPECT_TRUE(client.ask("echo"));
}

TEST(TransportTcpMedia, AStreamsMediaWaitsForTheAnswerThatOpensIt) {
  FakeServer server;
  server.answer_with([](FakeClient&, std::uint64_t, std::string_view) { return std::string(); });
  RawClient client(server.port());
  client.greet();
  const auto peer = server.wait_for_client();
  const auto open = [&](std::uint64_t id) {
    client.request(id, "stream.open");
    EXPECT_TRUE(wait_until([&] { return peer->calls().size() == id; }));
    return peer->calls().back().first;
  };
  const auto next_kind = [&](int milliseconds) {
    const auto message = client.read(std::chrono::milliseconds(milliseconds));
    return message ? message->header.kind : net::Kind::kGoodbye;
  };
  const std::uint64_t first = open(1);
  peer->queue_runs(1, 1, 2, 1, 100);
  ASSERT_TRUE(wait_until([&] { return peer->pulled_runs() == 1; }));
  EXPECT_EQ(next_kind(50), net::Kind::kGoodbye);  // nothing comes yet
  peer->reply(first, R"({"result": {"stream": 1}})");
  EXPECT_EQ(next_kind(30'000), net::Kind::kResponse);
  EXPECT_EQ(next_kind(30'000), net::Kind::kMedia);
  EXPECT_EQ(next_kind(30'000), net::Kind::kMedia);

  const std::uint64_t second = open(2);
  peer->queue_runs(1, 1, 1, 1, 100);  // the first stream plays on meanwhile
  EXPECT_EQ(next_kind(30'000), net::Kind::kMedia);
  peer->queue_runs(2, 1, 1, 1, 100);
  peer->reply(second, R"({"error": {"code": "io", "message": "no"}})");
  EXPECT_EQ(next_kind(30'000), net::Kind::kResponse);
}

TEST(TransportTcpMedia, ManyClientsAtOnce) {
  FakeServer server(R"({"threads": 2})");
  constexpr std::size_t kClients = 64;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->greet();
  }
  ASSERT_EQ(server.clients().size(), kClients);
  for (const auto& peer : server.clients()) peer->queue_runs(1, 1, 3, 4, 1000);
  for (const auto& client : clients) {
    for (int run = 0; run < 3; ++run) {
      const auto message = client->read();
      ASSERT_TRUE(message);
      EXPECT_EQ(message->header.kind, net::Kind::kMedia);
    }
  }
  clients.clear();
  EXPECT_TRUE(wait_until([&] { return server.connections() == 0; }));
}

}  // namespace
}  // namespace zoe::test
