// docs/protocol.md holds: a client written from it alone, in another language, gets what the server has.
#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>

#include "tests/plugins/fake_server.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::test {
namespace {

using nlohmann::json;

json run_client(const FakeServer& server, std::vector<std::string> arguments) {
  std::vector<std::string> all{"/usr/bin/python3", repository_folder() + "/tests/support/zoe_client.py", "127.0.0.1",
                               std::to_string(server.port())};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const RunResult result = run(all);
  EXPECT_EQ(result.err, "");
  return json::parse(result.out);
}

TEST(TransportTcpPython, GreetsAndMeasures) {
  FakeServer server(R"({"name": "Ωmega"})");
  const json plain = run_client(server, {"probe"});
  EXPECT_EQ(plain["hello"]["name"], "Ωmega");
  EXPECT_EQ(plain["hello"]["protocol"], 1);
  EXPECT_LE(std::abs(plain["clock_ahead_ns"].get<std::int64_t>()), plain["round_trip_ns"].get<std::int64_t>());

  const json secure = run_client(server, {"--pin", server.pin(), "probe"});
  EXPECT_EQ(secure["pin"], server.pin());
  const json wrong = run_client(server, {"--pin", std::string(64, '0'), "probe"});
  EXPECT_TRUE(wrong.contains("error"));
}

TEST(TransportTcpPython, AsksAndIsRefused) {
  FakeServer server;
  EXPECT_EQ(run_client(server, {"call", "echo", R"({"a": [1, "ü"]})"})["a"][1], "ü");
  server.answer_with(
      [](FakeClient&, std::uint64_t, std::string_view) { return R"({"error": {"code": "denied", "message": "no"}})"; });
  EXPECT_EQ(run_client(server, {"call", "echo"})["code"], "denied");
}

TEST(TransportTcpPython, WatchesAStream) {
  FakeServer server;
  server.answer_with([](FakeClient& client, std::uint64_t, std::string_view request) -> std::string {
    if (json::parse(request)["method"] == "stream.close") return R"({"result": {}})";
    client.queue_runs(5, 1, 4, 3, 20'000);
    return R"({"result": {"stream": 5, "serial": 1, "segments": 9, "track": {"time_base": [1, 30000], "frame_rate": [30, 1]}}})";
  });
  const json result = run_client(server, {"watch", "m1", "--packets", "12"});
  ASSERT_EQ(result["segments"].size(), 4U) << result;
  EXPECT_EQ(result["packets"], 12);
  EXPECT_EQ(result["segments"][0]["packets"][2]["pts"], 2000);
  EXPECT_EQ(result["segments"][0]["packets"][2]["size"], 20'000);
}

// docs/protocol.md, "Going on elsewhere": from the middle of a segment, and from the end of one.
TEST(TransportTcpPython, GoesOnOverANewConnectionWhereItsPacketsEnd) {
  constexpr std::uint32_t kStart = ZOE_RUN_SEGMENT_START;
  constexpr std::uint32_t kEnd = ZOE_RUN_SEGMENT_END;
  for (const bool is_forward : {true, false}) {
    FakeServer server(R"({"threads": 1, "farewell_timeout_s": 600})");
    const auto follow = [&](std::uint32_t segment, std::uint32_t by) {
      return is_forward ? segment + by : segment - by;
    };
    std::atomic<int> opened{0};
    std::atomic<int> taken_over{0};
    server.answer_with([&](FakeClient& client, std::uint64_t, std::string_view text) -> std::string {
      const json request = json::parse(text);
      if (request["method"] == "stream.close") return R"({"result": {}})";
      if (request["method"] == "auth.take_over") {
        EXPECT_EQ(request["params"]["ticket"], "ticket-" + std::to_string(++taken_over));
        return R"({"result": {"principal": {"name": "ann"}}})";
      }
      switch (++opened) {
        case 1:  // ends in the middle of its second segment
          client.queue_part(5, 1, 10, 0, 3, kStart | kEnd);
          client.queue_part(5, 1, follow(10, 1), 0, 2, kStart);
          break;
        case 2:  // the whole of it again, then one more
          EXPECT_EQ(request["params"]["segment"], follow(10, 1));
          client.queue_part(5, 1, follow(10, 1), 0, 1, kStart);
          client.queue_part(5, 1, follow(10, 1), 1, 2, kEnd);
          client.queue_part(5, 1, follow(10, 2), 0, 3, kStart | kEnd);
          break;
        default:
          EXPECT_EQ(request["params"]["segment"], follow(10, 3));
          EXPECT_FALSE(request["params"].contains("position_us"));
          client.queue_part(5, 1, follow(10, 3), 0, 3, kStart | kEnd | ZOE_RUN_END);
          break;
      }
      return R"({"result": {"stream": 5, "serial": 1, "segments": 20,
                 "track": {"time_base": [1, 30000], "frame_rate": [30, 1]}}})";
    });
    Process client({"/usr/bin/python3", repository_folder() + "/tests/support/zoe_client.py", "127.0.0.1",
                    std::to_string(server.port()), "watch", "m1", "--rate", is_forward ? "1" : "-1"});
    for (std::size_t i = 0; i < 2; ++i) {
      const auto peer = server.wait_for_client(i);
      ASSERT_TRUE(wait_until([&] { return peer->pulled_runs() == i + 2; }));
      server.replace();
    }
    ASSERT_TRUE(client.wait().has_value());
    EXPECT_EQ(client.err(), "");
    const json result = json::parse(client.out());
    EXPECT_EQ(result["moves"], 2);
    EXPECT_EQ(result["packets"], 12);
    ASSERT_EQ(result["segments"].size(), 4U) << result;
    for (std::uint32_t i = 0; i < 4; ++i) {
      EXPECT_EQ(result["segments"][i]["segment"], follow(10, i));
      ASSERT_EQ(result["segments"][i]["packets"].size(), 3U) << result;
      for (std::uint32_t k = 0; k < 3; ++k) EXPECT_EQ(result["segments"][i]["packets"][k]["ordinal"], k);
    }
  }
}

TEST(TransportTcpPython, DownloadsAndResumes) {
  FakeServer server;
  TempDir folder;
  std::string content(1'234'567, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(media_byte(i));
  server.offer_file(9, folder.write("source", content));
  server.answer_with([&](FakeClient&, std::uint64_t, std::string_view request) -> std::string {
    if (json::parse(request)["method"] == "file.close") return R"({"result": {}})";
    return json{{"result", {{"file", 9}, {"size_bytes", content.size()}, {"name", "x"}, {"version", "1"}}}}.dump();
  });
  const std::string target = folder.write("target", content.substr(0, 777'777));
  const json result = run_client(server, {"download", "m1", target, "--chunk-bytes", "10000"});
  EXPECT_EQ(result["bytes"], content.size() - 777'777);
  EXPECT_EQ(read_whole_file(target), content);
}

}  // namespace
}  // namespace zoe::test
