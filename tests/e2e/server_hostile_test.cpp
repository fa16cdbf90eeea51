// Clients that misbehave get a farewell, and those beside them notice nothing.
#include <sys/socket.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/media_maker.hpp"

namespace zoe::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AnyOf;

struct ServerHostile : testing::Test {
  ServerHostile() {
    fs::create_directories(films);
    fs::copy_file(make_clip({.frames = 120}), films + "/clip.mp4");
    server = std::make_unique<ServerProcess>(ServerOptions{
        .folders = {films}, .settings = "[plugins.transport_tcp]\nhello_timeout_s = 0.5\nmessage_timeout_s = 0.5\n"});
    good = std::make_unique<WireClient>(server->port());
    good->result("auth.guest");
    id = good->media("clip");
  }

  // A well-behaved viewer is served as ever.
  void TearDown() override {
    EXPECT_EQ(good->watch({{"media", id}, {"rendition", "jpeg"}}).packets.size(), 120u);
    EXPECT_EQ(server->process().stop().code, 0) << server->log();
  }

  std::unique_ptr<WireClient> stranger() {
    return std::make_unique<WireClient>(server->port(), WireClient::Greeting::kNone);
  }

  TempDir dir;
  const std::string films = dir.file("films");
  std::unique_ptr<ServerProcess> server;
  std::unique_ptr<WireClient> good;
  std::string id;
};

TEST_F(ServerHostile, Garbage) {
  std::mt19937 random(1);
  for (int i = 0; i < 20; ++i) {
    const auto client = stranger();
    std::string garbage(2000, '\0');
    for (char& c : garbage) c = static_cast<char>(random());
    client->send(garbage);
    EXPECT_THAT(client->goodbye(), AnyOf("malformed", "too_large", "closed"));
  }
  const auto greeted = std::make_unique<WireClient>(server->port());
  greeted->send(std::string(64, '\xEE'));
  EXPECT_THAT(greeted->goodbye(), AnyOf("malformed", "too_large"));
}

TEST_F(ServerHostile, ALengthOfFourGigabytes) {
  WireClient client(server->port());
  std::vector<std::uint8_t> header(net::kHeaderBytes);
  net::store_header(header.data(), {.length = 0xFFFFFFFF, .kind = net::Kind::kRequest});
  client.send(header);
  EXPECT_EQ(client.goodbye(), "too_large");
}

TEST_F(ServerHostile, HalfAHeaderAndThenNothing) {
  WireClient client(server->port());
  client.send("\x10\x00\x00");
  EXPECT_EQ(client.goodbye(), "timeout");
  const auto early = stranger();
  early->send("ZOET");
  EXPECT_THAT(early->goodbye(), AnyOf("timeout", "closed"));
  EXPECT_THAT(stranger()->goodbye(), AnyOf("timeout", "closed"));  // not a byte
}

TEST_F(ServerHostile, HundredsOfRequestsAtOnce) {
  WireClient client(server->port());
  client.result("auth.guest");
  for (std::uint64_t i = 0; i < 500; ++i) client.send_request(1000 + i, "library.list", json::object());
  std::size_t answers = 0;
  while (answers < 500) {
    const auto message = client.read();
    ASSERT_TRUE(message);
    if (message->header.kind != net::Kind::kResponse) continue;
    EXPECT_TRUE(json::parse(message->body->text()).contains("result"));
    ++answers;
  }
  // And with most of them opening streams that are too many.
  for (std::uint64_t i = 0; i < 200; ++i)
    client.send_request(5000 + i, "stream.open", {{"media", id}, {"rendition", "jpeg"}});
  EXPECT_EQ(client.outcome("server.info"), "ok");
}

TEST_F(ServerHostile, RequestsThatAreNone) {
  WireClient client(server->port());
  client.result("auth.guest");
  const std::vector<json> params = {
      {{"media", 7}},
      {{"media", std::string(60'000, 'x')}},
      {{"media", "../../etc/passwd"}},
      {{"media", json::array()}},
      {{"media", id}, {"rendition", std::string("a\0b", 3)}},
      {{"media", id}, {"rendition", "../../x"}},
      {{"media", id}, {"rendition", "jpeg"}, {"position_us", -1}},
      {{"media", id}, {"rendition", "jpeg"}, {"serial", 0}},
      {{"media", id}, {"rendition", "jpeg"}, {"rate", "1e9"}},
  };
  for (const json& each : params) EXPECT_NE(client.outcome("stream.open", each), "ok") << each.dump();
  EXPECT_EQ(client.outcome("no.such.method"), "unsupported");
  EXPECT_EQ(client.outcome(std::string(1000, 'x')), "unsupported");
  client.send(net::encode_text(net::Kind::kRequest, "{\"id\": 1, \"method\": \"server.info\""));
  EXPECT_EQ(client.goodbye(), "malformed");
  WireClient deep(server->port());
  deep.send(net::encode_text(net::Kind::kRequest,
                             R"({"id": 1, "method": "server.info", "params": {"a": )" + std::string(5000, '[') + "}}"));
  EXPECT_EQ(deep.goodbye(), "malformed");
}

TEST_F(ServerHostile, AClientThatStopsReadingCostsTheOthersNothing) {
  WireClient stuck(server->port());
  stuck.result("auth.guest");
  stuck.result("stream.open",
               {{"media", id}, {"rendition", "jpeg"}, {"is_looping", true}, {"credit_us", 3'600'000'000ULL}});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(good->watch({{"media", id}, {"rendition", "jpeg"}}).packets.size(), 120u);
}

TEST_F(ServerHostile, AThousandConnectionsThatComeAndGo) {
  for (int i = 0; i < 1000; ++i) {
    const auto client = stranger();
    if (i % 3 == 0) client->send(net::kPreface);
    if (i % 7 == 0) {
      const linger at_once{1, 0};
      ::setsockopt(client->socket(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
  }
  EXPECT_EQ(good->outcome("server.info"), "ok");
}

TEST_F(ServerHostile, CreditForWhatIsNotThere) {
  WireClient client(server->port());
  for (std::uint32_t stream = 0; stream < 100; ++stream) client.credit(stream, stream, UINT64_MAX);
  client.result("auth.guest");
  const json opened = client.result("stream.open", {{"media", id}, {"rendition", "copy"}});
  client.credit(opened.at("stream"), 7, UINT64_MAX);
  EXPECT_EQ(client.take(opened.at("stream"), 1, 1, std::chrono::milliseconds(100)).packets.size(), 0u);
  client.credit(opened.at("stream"), 1, UINT64_MAX);
  EXPECT_EQ(client.take(opened.at("stream"), 1).packets.size(), 120u);
}

}  // namespace
}  // namespace zoe::test
