// zoetrope-load's clients on the real transport, which is replaced under them several times: each opens its stream
// where its packets end. The server behind it is played, so that every segment breaks off where the test wants it to.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/plugins/fake_server.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/swap/load_process.hpp"

namespace zoe::test {
namespace {

using nlohmann::json;

constexpr std::uint32_t kSegments = 5;
constexpr std::uint32_t kFrames = FakeClient::kPartFrames;
constexpr std::int64_t kSegmentUs = 1'000'000;

// From `segment` on: two whole segments and a third of the next, then nothing more.
void queue_from(FakeClient& client, std::uint32_t segment, std::uint32_t serial, bool is_forward) {
  for (int i = 0; i < 3; ++i) {
    const bool has_gone_round = i > 0 && segment == (is_forward ? 0 : kSegments - 1);
    const std::uint32_t looped = has_gone_round ? ZOE_RUN_LOOPED : 0;
    client.queue_part(1, serial, segment, 0, kFrames / 3, ZOE_RUN_SEGMENT_START | looped);
    if (i < 2) client.queue_part(1, serial, segment, kFrames / 3, kFrames * 2 / 3, ZOE_RUN_SEGMENT_END);
    segment = (segment + (is_forward ? 1 : kSegments - 1)) % kSegments;
  }
}

std::string answer(FakeClient& client, const json& request) {
  const std::string method = request["method"];
  const json params = request["params"];
  json result = json::object();
  if (method == "library.list") {
    result = {{"items", {{{"media", "m"}, {"title", "film"}, {"duration_us", kSegments * kSegmentUs}}}}};
  } else if (method == "stream.open" || method == "stream.seek") {
    const bool is_forward = params.value("rate", "1")[0] != '-';
    const auto segment = params.contains("segment")
                             ? params["segment"].get<std::uint32_t>()
                             : static_cast<std::uint32_t>(params["position_us"].get<std::int64_t>() / kSegmentUs);
    const std::uint32_t serial = params["serial"];
    queue_from(client, segment, serial, is_forward);
    result = {{"stream", 1},
              {"serial", serial},
              {"segment", segment},
              {"position_us", segment * kSegmentUs},
              {"start_us", segment * kSegmentUs},
              {"segments", kSegments},
              {"duration_us", kSegments * kSegmentUs},
              {"track", {{"time_base", {1, 30'000}}, {"frame_rate", {30, 1}}}}};
  }
  return json{{"result", result}}.dump();
}

TEST(Resume, ClientsOfEveryKindLoseNothingAndGetNothingTwice) {
  constexpr int kClients = 16;
  constexpr int kMoves = 4;
  FakeServer server(R"({"threads": 2, "farewell_timeout_s": 600})");
  server.answer_with(
      [](FakeClient& client, std::uint64_t, std::string_view request) { return answer(client, json::parse(request)); });
  TempDir dir;
  for (const char* const security : {"--tls=false", "--tls"}) {
    LoadProcess load(
        {.port = server.port(), .clients = kClients, .arguments = {"--warm-up", "0", "--ramp", "0.2", security}},
        dir.file("figures.json"));
    EXPECT_EQ(load.wait_playing(), kClients);
    std::uint64_t resumes = 0;
    for (int i = 0; i < kMoves; ++i) {
      server.replace();
      // Each has got its first packet over its new connection.
      ASSERT_TRUE(wait_until([&] {
        resumes += load.mark("").at("resumes").get<std::uint64_t>();
        return resumes == static_cast<std::uint64_t>(kClients) * static_cast<std::uint64_t>(i + 1) || load.has_ended();
      })) << resumes;
    }
    const json figures = load.stop();
    EXPECT_EQ(figures["failed"], 0) << figures.dump(2);
    EXPECT_EQ(figures["resumes"], kClients * kMoves);
    EXPECT_EQ(figures["take_overs_failed"], 0);
    EXPECT_EQ(figures["lost"], 0);
    EXPECT_EQ(figures["repeated"], 0);
    EXPECT_GE(figures["frames"].get<int>(), kClients * kMoves * static_cast<int>(kFrames)) << figures.dump(2);
  }
}

}  // namespace
}  // namespace zoe::test
