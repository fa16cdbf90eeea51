#include "server/host/client.hpp"

#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "server/host/client_hub.hpp"
#include "server/host/session_watch.hpp"
#include "tests/unit/server/api_fixture.hpp"
#include "tests/unit/server/streams_fakes.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// What a transport would see; checks that it is never called back from inside its own call.
struct Transport {
  static Transport& of(void* user) { return *static_cast<Transport*>(user); }

  void enter() { EXPECT_NE(std::this_thread::get_id(), calling) << "called back from inside a call"; }

  static zoe_client_callbacks callbacks() {
    return {
        .struct_size = sizeof(zoe_client_callbacks),
        .reserved = 0,
        .wake =
            [](void* user) {
              of(user).enter();
              ++of(user).wakes;
            },
        .reply =
            [](void* user, std::uint64_t call_id, zoe_str text) {
              of(user).enter();
              MutexLock lock(of(user).mutex);
              of(user).replies[call_id] = json::parse(abi::to_view(text));
            },
        .event =
            [](void* user, zoe_str text) {
              of(user).enter();
              MutexLock lock(of(user).mutex);
              of(user).events.push_back(json::parse(abi::to_view(text)));
            },
        .close =
            [](void* user, zoe_status status, zoe_str words) {
              of(user).enter();
              MutexLock lock(of(user).mutex);
              of(user).reason = abi::to_view(words);
              of(user).closed_with = status;
            },
    };
  }

  json reply(std::uint64_t call_id) {
    EXPECT_TRUE(zoe::test::wait_until([&] {
      MutexLock lock(mutex);
      return replies.contains(call_id);
    }));
    MutexLock lock(mutex);
    return replies[call_id];
  }
  bool wait_event(const std::string& name) {
    return zoe::test::wait_until([&] {
      MutexLock lock(mutex);
      return std::any_of(events.begin(), events.end(), [&](const json& event) { return event.at("event") == name; });
    });
  }
  bool wait_closed() {
    return zoe::test::wait_until([&] { return closed_with != 0; });
  }

  std::thread::id calling;  // the test's thread while it plays the transport
  std::atomic<int> wakes{0};
  std::atomic<zoe_status> closed_with{0};
  Mutex mutex;
  std::map<std::uint64_t, json> replies;
  std::vector<json> events;
  std::string reason;
};

// Reaches the hub through zoe_server_v1 alone, as a plugin does.
struct ClientTest : ApiFixture {
  ~ClientTest() override {
    for (WorkerPool* pool : {&quick, &opening, &hashing, &commands, &storing, &callbacks}) pool->stop();
  }

  zoe_client* open(Transport& transport) {
    transport.calling = std::this_thread::get_id();
    zoe_peer peer{};
    peer.struct_size = sizeof peer;
    abi::copy_text(peer.address, "192.0.2.7");
    const zoe_client_callbacks table = Transport::callbacks();
    return server->client_open(context.host(), &peer, &table, &transport);
  }

  void call(zoe_client* client, std::uint64_t id, const std::string& method, const json& params = json::object()) {
    const std::string text = json{{"method", method}, {"params", params}}.dump();
    server->call(client, id, abi::to_abi(text));
  }

  void sign_in(zoe_client* client, Transport& transport, const std::string& name) {
    call(client, 1000, "auth.login", {{"name", name}, {"password", "password"}});
    ASSERT_TRUE(transport.reply(1000).contains("result"));
  }

  WorkerPool quick{"quick", 1};
  WorkerPool opening{"opening", 1};
  WorkerPool hashing{"hashing", 1};
  WorkerPool commands{"commands", 1};
  WorkerPool storing{"store", 1};
  WorkerPool callbacks{"callbacks", 1};
  const ServerCertificate certificate{{"certificate text", "key text"}, "pin", false};
  Counter& media_bytes = metrics.counter("media_bytes_sent_total");
  ClientHub hub{
      {*api, {quick, opening, hashing, commands, storing}, callbacks, media_bytes, 4}, 3, certificate, metrics};
  plugin::HostContext context{host, "transport_test", "{}", {}};
  const zoe_server_v1* server = &server_table();

  const zoe_server_v1& server_table() {
    hub.offer_to(host);
    return *static_cast<const zoe_server_v1*>(host.find_table(ZOE_SERVER_V1));
  }
};

TEST_F(ClientTest, AnswersCalls) {
  Transport transport;
  zoe_client* client = open(transport);
  ASSERT_NE(client, nullptr);
  call(client, 7, "server.info");
  EXPECT_EQ(transport.reply(7).at("result").at("name"), "test server");
  const std::string rubbish = "rubbish";
  server->call(client, 8, abi::to_abi(rubbish));
  EXPECT_EQ(transport.reply(8).at("error").at("code"), "malformed");
  const std::string huge(100'000, ' ');
  server->call(client, 9, abi::to_abi(huge));
  EXPECT_EQ(transport.reply(9).at("error").at("code"), "too_large");
  server->client_close(client);
}

TEST_F(ClientTest, TakesOnlySoManyClients) {
  std::vector<Transport> transports(4);
  std::vector<zoe_client*> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(open(transports[static_cast<std::size_t>(i)]));
  EXPECT_EQ(open(transports[3]), nullptr);
  EXPECT_EQ(metrics.gauge("clients").value(), 3);
  server->client_close(clients.back());
  zoe_client* again = open(transports[3]);
  EXPECT_NE(again, nullptr);
  clients.back() = again;
  for (zoe_client* client : clients) server->client_close(client);
  EXPECT_EQ(hub.size(), 0u);
}

TEST_F(ClientTest, NothingIsCalledBackAfterClose) {
  auto transport = std::make_unique<Transport>();
  zoe_client* client = open(*transport);
  std::atomic<bool> is_inside{false};
  std::atomic<bool> may_end{false};
  auth.on_log_in([&] {
    is_inside = true;
    zoe::test::wait_until([&] { return may_end.load(); });
  });
  call(client, 1, "auth.login", {{"name", "anna"}, {"password", "password"}});
  call(client, 2, "server.info");
  ASSERT_TRUE(zoe::test::wait_until([&] { return is_inside.load(); }));
  server->client_close(client);
  EXPECT_TRUE(transport->replies.empty());
  transport.reset();  // a late reply would be a use after free
  may_end = true;
  hashing.stop();
  quick.stop();
}

TEST_F(ClientTest, GivesTheCertificateToTransports) {
  zoe_str pem{};
  zoe_str key{};
  EXPECT_EQ(server->tls(context.host(), &pem, &key), ZOE_OK);
  EXPECT_EQ(abi::to_view(pem), "certificate text");
  EXPECT_EQ(abi::to_view(key), "key text");
}

TEST_F(ClientTest, HandsOutAFileOfItsOwn) {
  const std::string id = add_clip();
  Transport transport;
  zoe_client* client = open(transport);
  sign_in(client, transport, "anna");
  call(client, 1, "file.open", {{"media", id}});
  const std::uint32_t handle = transport.reply(1).at("result").at("file");
  std::int32_t fd = -1;
  std::uint64_t size = 0;
  ASSERT_EQ(server->file(client, handle, &fd, &size), ZOE_OK);
  const UniqueFd owned(fd);
  EXPECT_EQ(size, std::filesystem::file_size(root + "/clip.mp4"));
  EXPECT_EQ(server->file(client, handle + 1, &fd, &size), ZOE_E_NOT_FOUND);
  server->client_close(client);
}

TEST_F(ClientTest, WakesOnceUntilItIsPulled) {
  Transport transport;
  zoe_client* handle = open(transport);
  transport.calling = {};  // streams get ready on other threads than the transport's
  const auto client = hub.all().at(0);
  client->stream_ready(1);
  client->stream_ready(2);
  EXPECT_EQ(transport.wakes, 1);
  zoe_run run{};
  run.struct_size = sizeof run;
  EXPECT_EQ(server->pull(handle, 1000, &run), ZOE_AGAIN);
  client->stream_ready(1);
  EXPECT_EQ(transport.wakes, 2);
  server->client_close(handle);
}

TEST_F(ClientTest, WhatACreditMakesReadyIsPulledWithoutAWake) {
  Transport transport;
  zoe_client* handle = open(transport);
  const auto client = hub.all().at(0);
  const auto place = client->session().reserve_stream().value();
  const auto stream = std::make_shared<Stream>(
      place.handle, std::make_shared<zoe::server::test::FakeSource>(zoe::server::test::grid_table(60)), StreamStart{},
      client);
  ASSERT_TRUE(client->session().add_stream(place, stream, std::make_shared<MediaEntry>(), {}));
  zoe_run run{};
  run.struct_size = sizeof run;
  ASSERT_EQ(server->pull(handle, 1000, &run), ZOE_AGAIN);
  server->credit(handle, place.handle, 1, 1'000'000);
  ASSERT_EQ(server->pull(handle, 1000, &run), ZOE_OK);
  EXPECT_EQ(transport.wakes, 0);
  EXPECT_EQ(run.stream, place.handle);
  server->release(handle, &run);
  server->client_close(handle);
}

TEST_F(ClientTest, EndsAtOnceWhenItsSessionIsRevokedElsewhere) {
  SessionWatch watch(hub, gate, clock, Log::null(), std::chrono::hours(1));
  Transport annas;
  Transport bobs;
  zoe_client* anna = open(annas);
  zoe_client* bob = open(bobs);
  sign_in(anna, annas, "anna");
  sign_in(bob, bobs, "bob");
  auth.end_session("anna");
  watch.look_now();
  ASSERT_TRUE(annas.wait_closed());
  EXPECT_EQ(annas.closed_with, ZOE_E_UNAUTHENTICATED);
  EXPECT_THAT(annas.reason, HasSubstr("ended"));
  call(bob, 1, "auth.whoami");
  EXPECT_TRUE(bobs.reply(1).contains("result"));
  EXPECT_EQ(bobs.closed_with, 0);
  server->client_close(anna);
  server->client_close(bob);
}

TEST_F(ClientTest, AsksOncePerSessionHoweverManyConnectionsItHas) {
  Transport one;
  Transport two;
  zoe_client* first = open(one);
  zoe_client* second = open(two);
  sign_in(first, one, "anna");
  sign_in(second, two, "anna");
  {
    SessionWatch watch(hub, gate, clock, Log::null(), std::chrono::hours(1));
    watch.look_now();
    ASSERT_TRUE(zoe::test::wait_until([&] { return auth.resolves() >= 1; }));
    auth.set_role_of("anna", ZOE_ROLE_ADMIN);
    watch.look_now();
    ASSERT_TRUE(zoe::test::wait_until([&] { return auth.resolves() >= 2; }));
  }
  EXPECT_EQ(auth.resolves(), 2);
  call(second, 5, "auth.whoami");
  EXPECT_EQ(two.reply(5).at("result").at("principal").at("role"), "admin");
  server->client_close(first);
  server->client_close(second);
}

TEST_F(ClientTest, ABusyDatabaseEndsNobody) {
  Transport transport;
  zoe_client* client = open(transport);
  sign_in(client, transport, "anna");
  auth.fail_resolving(ZOE_E_IO);
  {
    SessionWatch watch(hub, gate, clock, Log::null(), std::chrono::milliseconds(1));
    ASSERT_TRUE(zoe::test::wait_until([&] { return auth.resolves() >= 3; }));
  }
  EXPECT_EQ(transport.closed_with, 0);
  server->client_close(client);
}

TEST_F(ClientTest, TellsThoseWhoAreSignedInThatTheLibraryChanged) {
  Transport transport;
  Transport stranger;
  zoe_client* client = open(transport);
  zoe_client* other = open(stranger);
  sign_in(client, transport, "anna");
  transport.calling = {};
  stranger.calling = {};
  hub.broadcast(library_changed_event());
  ASSERT_TRUE(transport.wait_event("library.changed"));
  EXPECT_FALSE(transport.events[0].contains("total")) << "not everybody may know how many there are";
  EXPECT_TRUE(stranger.events.empty());
  server->client_close(client);
  server->client_close(other);
}

TEST_F(ClientTest, ATicketLetsANewConnectionTakeThePlaceOfAnOldOne) {
  Transport transport;
  Transport another;
  zoe_client* client = open(transport);
  zoe_str text{};
  EXPECT_EQ(server->ticket(client, &text), ZOE_E_UNAUTHENTICATED);
  sign_in(client, transport, "anna");
  ASSERT_EQ(server->ticket(client, &text), ZOE_OK);
  const std::string ticket(abi::to_view(text));
  server->client_close(client);
  zoe_client* next = open(another);
  call(next, 1, "auth.take_over", {{"ticket", ticket}});
  EXPECT_EQ(another.reply(1).at("result").at("principal").at("name"), "anna");
  server->client_close(next);
}

TEST_F(ClientTest, EndsEverybodyWhenTheServerStops) {
  Transport transport;
  zoe_client* client = open(transport);
  transport.calling = {};
  hub.end_all({Errc::kUnavailable, "the server stops"});
  EXPECT_EQ(transport.closed_with, ZOE_E_UNAVAILABLE);
  EXPECT_EQ(transport.reason, "the server stops");
  Transport late;
  EXPECT_EQ(open(late), nullptr);
  server->client_close(client);
}

}  // namespace
}  // namespace zoe::server
