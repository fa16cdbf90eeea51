// zoetrope-load against a real server.
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/paths.hpp"

namespace zoe::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

struct LoadTool : testing::Test {
  LoadTool() {
    std::filesystem::create_directories(films);
    std::filesystem::copy_file(make_clip({.frames = 240, .gop = 60}), films + "/plain.mp4");
  }

  RunResult load(std::uint16_t port, std::vector<std::string> arguments) {
    std::vector<std::string> all{program("zoetrope-load"), "--server", "127.0.0.1:" + std::to_string(port)};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run(all);
  }

  TempDir dir;
  const std::string films = dir.file("films");
};

TEST_F(LoadTool, MixedViewersPlayOnWhileOthersStall) {
  ServerProcess server({.folders = {films}});
  for (const std::string rendition : {"jpeg", "copy"}) {
    const std::string file = dir.file(rendition + ".json");
    const RunResult done =
        load(server.port(), {"--clients", "16", "--stalled", "4", "--seconds", "1.5", "--ramp", "0.2", "--warm-up", "1",
                             "--rendition", rendition, "--behaviour", "mixed", "--server-pid",
                             std::to_string(server.process().pid()), "--json", file});
    ASSERT_TRUE(done.ok()) << done.out << done.err;
    EXPECT_THAT(done.out, HasSubstr("late frames"));
    const json figures = json::parse(read_whole_file(file));
    EXPECT_EQ(figures.at("playing"), 16);
    EXPECT_EQ(figures.at("failed"), 0);
    // At least a third of real time, whatever else the machine does.
    EXPECT_GE(figures.at("frames").get<int>(), 16 * 30 / 2) << figures.dump(2);
    EXPECT_EQ(figures.at("start_ms").at("count"), 16);
    EXPECT_GT(figures.at("server_cpu_s_per_gb").get<double>(), 0);
  }
}

TEST_F(LoadTool, ViewersOfAChannelGoFromOneVideoToTheNextWhileOthersStall) {
  std::filesystem::copy_file(make_clip({.frames = 45, .gop = 15}), films + "/short.mp4");
  ServerProcess server({.folders = {films}});
  WireClient admin(server.port());
  admin.result("auth.register", {{"name", "ann"}, {"password", "correct horse"}, {"code", server.admin_code()}});
  // A second and a half each, so that whoever watches for three sees at least one border.
  admin.result("channels.create", {{"name", "Short films"}, {"media", {admin.media("short"), admin.media("short")}}});
  const std::string file = dir.file("channel.json");
  const RunResult done =
      load(server.port(), {"--channel", "Short", "--clients", "16", "--stalled", "4", "--seconds", "3", "--ramp", "0.2",
                           "--warm-up", "1", "--rendition", "copy", "--json", file});
  ASSERT_TRUE(done.ok()) << done.out << done.err;
  const json figures = json::parse(read_whole_file(file));
  EXPECT_EQ(figures.at("playing"), 16);
  EXPECT_EQ(figures.at("failed"), 0) << done.out;
  EXPECT_EQ(figures.at("lost"), 0);
  EXPECT_EQ(figures.at("repeated"), 0);
  // More than one video has; at least a third of real time, whatever else the machine does.
  EXPECT_GE(figures.at("frames").get<int>(), 16 * 30) << figures.dump(2);

  const RunResult unknown = load(server.port(), {"--channel", "Long", "--clients", "1", "--seconds", "1"});
  EXPECT_EQ(unknown.status.code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("Long"));
}

TEST_F(LoadTool, SaysWhatIsWrong) {
  const RunResult nobody = load(free_port(), {"--clients", "2", "--seconds", "1"});
  EXPECT_EQ(nobody.status.code, 1);
  EXPECT_THAT(nobody.err, HasSubstr("refused"));

  ServerProcess server({.folders = {films}});
  const RunResult unknown = load(server.port(), {"--clients", "2", "--seconds", "1", "--media", "no such film"});
  EXPECT_EQ(unknown.status.code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("no such film"));
  EXPECT_NE(load(server.port(), {"--clients", "many"}).status.code, 0);
}

}  // namespace
}  // namespace zoe::test
