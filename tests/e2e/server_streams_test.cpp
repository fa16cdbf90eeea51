// Streams end to end: from the file through the codecs, the segment store and the transport.
#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/net/media_run.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/media_maker.hpp"

namespace zoe::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// What is shown, in the order of time, each picture with its bytes.
std::vector<std::pair<std::int64_t, std::uint32_t>> shown(const Watched& watched) {
  std::vector<std::pair<std::int64_t, std::uint32_t>> out;
  for (const Received& packet : watched.packets)
    if ((packet.flags & net::kRecordDiscard) == 0) out.emplace_back(packet.pts, packet.crc32);
  return out;
}

struct ServerStreams : testing::Test {
  ServerStreams() {
    fs::create_directories(films);
    fs::copy_file(make_clip({.frames = 120, .gop = 15}), films + "/plain.mp4");
    fs::copy_file(make_clip({.frames = 120, .gop = 24, .bframes = 2, .is_open_gop = true, .container = "mkv"}),
                  films + "/open gop.mkv");
    fs::copy_file(make_clip({.frames = 260, .gop = 250, .bframes = 2}), films + "/long gop.mp4");
    server = std::make_unique<ServerProcess>(ServerOptions{.folders = {films}});
    client = std::make_unique<WireClient>(server->port());
    client->result("auth.guest");
  }

  TempDir dir;
  const std::string films = dir.file("films");
  std::unique_ptr<ServerProcess> server;
  std::unique_ptr<WireClient> client;
};

TEST_F(ServerStreams, BackwardsBringsTheSameSegmentsInTheOtherOrder) {
  for (const char* title : {"plain", "open gop", "long gop"}) {
    const std::string id = client->media(title);
    for (const char* rendition : {"copy", "jpeg", "jpeg@q50"}) {
      SCOPED_TRACE(std::string(title) + " as " + rendition);
      const Watched forward = client->watch({{"media", id}, {"rendition", rendition}});
      const Watched backward =
          client->watch({{"media", id}, {"rendition", rendition}, {"rate", "-1"}, {"position_us", 3'600'000'000LL}});
      EXPECT_NE(forward.flags & net::kRunEnd, 0);
      EXPECT_NE(backward.flags & net::kRunEnd, 0);
      auto there = forward.packets;
      auto back = backward.packets;
      const auto falls = [](const Received& a, const Received& b) { return a.segment > b.segment; };
      EXPECT_TRUE(std::is_sorted(there.begin(), there.end()));
      EXPECT_TRUE(std::is_sorted(back.begin(), back.end(), falls));
      std::sort(back.begin(), back.end());
      EXPECT_EQ(there, back);
      const auto pictures = shown(forward);
      EXPECT_EQ(std::set(pictures.begin(), pictures.end()).size(), std::string(title) == "long gop" ? 260u : 120u);
    }
  }
}

TEST_F(ServerStreams, SeeksToTheFrame) {
  const std::string id = client->media("plain");
  const json opened = client->result("stream.open", {{"media", id}, {"rendition", "jpeg"}, {"credit_us", 500'000}});
  const std::uint32_t stream = opened.at("stream");
  const json time_base = opened.at("track").at("time_base");
  ASSERT_FALSE(client->take(stream, 1, 5).packets.empty());
  std::uint32_t serial = 1;
  for (const int frame : {90, 3, 119, 60}) {
    const json sought = client->result("stream.seek", {{"stream", stream},
                                                       {"serial", ++serial},
                                                       {"position_us", frame * 1'000'000 / 30 + 1000},
                                                       {"credit_us", 10'000}});
    EXPECT_EQ(sought.at("serial"), serial);
    const Watched got = client->take(stream, serial, 1);
    ASSERT_EQ(got.packets.size(), 1u);
    const double seconds =
        static_cast<double>(got.packets[0].pts - opened.at("track").at("start").get<std::int64_t>()) *
        time_base[0].get<double>() / time_base[1].get<double>();
    EXPECT_NEAR(seconds, frame / 30.0, 0.001);
  }
  EXPECT_EQ(client->outcome("stream.seek", {{"stream", stream}, {"serial", 2}, {"position_us", 0}}), "conflict");
}

TEST_F(ServerStreams, StepsPausesChangesRateAndRendition) {
  const std::string id = client->media("plain");
  const json opened = client->result(
      "stream.open", {{"media", id}, {"rendition", "jpeg"}, {"is_paused", true}, {"credit_us", 3'600'000'000ULL}});
  const std::uint32_t stream = opened.at("stream");
  EXPECT_EQ(client->take(stream, 1, 100, std::chrono::milliseconds(100)).packets.size(), 0u);
  client->result("stream.step", {{"stream", stream}, {"serial", 2}, {"count", 3}});
  EXPECT_EQ(client->take(stream, 2, 100, std::chrono::milliseconds(300)).packets.size(), 3u);
  EXPECT_EQ(client->outcome("stream.step", {{"stream", stream}, {"serial", 3}, {"count", 0}}), "invalid_argument");
  EXPECT_EQ(client->outcome("stream.rate", {{"stream", stream}, {"rate", "0"}}), "invalid_argument");
  EXPECT_EQ(client->result("stream.rate", {{"stream", stream}, {"rate", "3/2"}}).at("rate"), "3/2");
  const json changed = client->result(
      "stream.rendition", {{"stream", stream}, {"serial", 4}, {"rendition", "copy"}, {"position_us", 1'000'000}});
  EXPECT_EQ(changed.at("rendition"), "copy");
  client->result("stream.play", {{"stream", stream}});
  client->credit(stream, 4, 3'600'000'000ULL);
  const Watched rest = client->take(stream, 4);
  EXPECT_EQ(rest.packets.size(), 90u);
  EXPECT_EQ(client->outcome("stream.close", {{"stream", stream}}), "ok");
  EXPECT_EQ(client->outcome("stream.close", {{"stream", stream}}), "not_found");
}

TEST_F(ServerStreams, GoesRoundWhenItLoops) {
  const std::string id = client->media("plain");
  for (const char* rate : {"1", "-1"}) {
    const json opened = client->result("stream.open", {{"media", id},
                                                       {"rendition", "copy"},
                                                       {"rate", rate},
                                                       {"position_us", 2'000'000},
                                                       {"is_looping", true},
                                                       {"credit_us", 3'600'000'000ULL}});
    const Watched got = client->take(opened.at("stream"), 1, 300);
    EXPECT_NE(got.flags & net::kRunLooped, 0);
    EXPECT_EQ(got.flags & net::kRunEnd, 0);
    client->result("stream.close", {{"stream", opened.at("stream")}});
  }
}

TEST_F(ServerStreams, SendsNoMoreThanWasGranted) {
  const std::string id = client->media("plain");
  const json opened = client->result("stream.open", {{"media", id}, {"rendition", "jpeg"}, {"credit_us", 1'000'000}});
  const std::uint32_t stream = opened.at("stream");
  EXPECT_EQ(client->take(stream, 1, 1000, std::chrono::milliseconds(300)).packets.size(), 30u);
  client->credit(stream, 1, 2'000'000);
  EXPECT_EQ(client->take(stream, 1, 1000, std::chrono::milliseconds(300)).packets.size(), 30u);
}

TEST_F(ServerStreams, EncodesOnceHoweverManyWatch) {
  WireClient admin(server->port());
  admin.result("auth.register", {{"name", "root"}, {"password", "a good password"}, {"code", server->admin_code()}});
  const std::string id = admin.media("plain");
  const auto makes = [&] { return admin.result("admin.status").at("store").at("makes").get<std::uint64_t>(); };
  const std::uint64_t before = makes();
  std::vector<std::unique_ptr<WireClient>> viewers;
  std::vector<std::uint32_t> streams;
  std::uint32_t segments = 0;
  for (int i = 0; i < 16; ++i) {
    viewers.push_back(std::make_unique<WireClient>(server->port()));
    viewers.back()->result("auth.guest");
    const json opened = viewers.back()->result(
        "stream.open", {{"media", id}, {"rendition", "jpeg@q70"}, {"credit_us", 3'600'000'000ULL}});
    streams.push_back(opened.at("stream"));
    segments = opened.at("segments");
  }
  for (std::size_t i = 0; i < viewers.size(); ++i) EXPECT_EQ(viewers[i]->take(streams[i], 1).packets.size(), 120u);
  EXPECT_EQ(makes() - before, segments);
}

TEST_F(ServerStreams, RefusesWhatCannotBe) {
  const std::string id = client->media("plain");
  EXPECT_EQ(client->outcome("stream.open", {{"media", id}, {"rendition", "h266"}}), "unsupported");
  EXPECT_NE(client->outcome("stream.open", {{"media", id}, {"rendition", "jpeg@q9999"}}), "ok");
  EXPECT_EQ(client->outcome("stream.open", {{"media", id}, {"rendition", "copy"}, {"track", 7}}), "not_found");
  EXPECT_EQ(client->outcome("stream.open", {{"media", id}, {"rendition", "copy"}, {"rate", "99"}}), "invalid_argument");
  for (int i = 0; i < 8; ++i) EXPECT_EQ(client->outcome("stream.open", {{"media", id}, {"rendition", "copy"}}), "ok");
  EXPECT_EQ(client->outcome("stream.open", {{"media", id}, {"rendition", "copy"}}), "too_large");
}

TEST_F(ServerStreams, DownloadsTheFileItself) {
  WireClient member(server->port());
  member.result("auth.register", {{"name", "anna"}, {"password", "a good password"}});
  const std::string id = member.media("plain");
  const std::string whole = read_whole_file(films + "/plain.mp4");
  const json opened = member.result(
      "file.open", {{"media", id}, {"offset", 1000}, {"chunk_bytes", 10'000}, {"credit_bytes", 1'000'000'000}});
  EXPECT_EQ(opened.at("size_bytes"), whole.size());
  EXPECT_EQ(opened.at("name"), "plain.mp4");
  std::string got;
  while (const auto message = member.read()) {
    if (message->header.kind != net::Kind::kChunk) continue;
    const auto chunk = net::parse_chunk(*message);
    ASSERT_TRUE(chunk) << chunk.error().message;
    EXPECT_EQ(chunk->file, opened.at("file"));
    EXPECT_EQ(chunk->offset, 1000 + got.size());
    got += as_text(chunk->data);
    if (chunk->is_last) break;
  }
  EXPECT_EQ(got, whole.substr(1000));
  EXPECT_EQ(client->outcome("file.open", {{"media", id}}), "denied");  // a guest may only watch
}

}  // namespace
}  // namespace zoe::test
