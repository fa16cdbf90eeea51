// docs/protocol.md holds: a client written from it alone, in another language, gets what the server has.
#include <gtest/gtest.h>

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
    return R"({"result": {"stream": 5, "track": {"time_base": [1, 30000], "frame_rate": [30, 1]}}})";
  });
  const json result = run_client(server, {"watch", "m1", "--packets", "12"});
  ASSERT_EQ(result["segments"].size(), 4U) << result;
  EXPECT_EQ(result["packets"], 12);
  EXPECT_EQ(result["segments"][0]["packets"][2]["pts"], 2000);
  EXPECT_EQ(result["segments"][0]["packets"][2]["size"], 20'000);
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
