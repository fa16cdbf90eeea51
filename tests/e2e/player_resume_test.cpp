// The real player against the real server, whose connections end again and again: every frame is shown once.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/e2e/player_process.hpp"
#include "tests/e2e/relay.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/wait.hpp"

namespace zoe::test {
namespace {

constexpr std::size_t kFrames = 1800;
constexpr int kCuts = 5;

std::size_t lines_in(const std::string& path) {
  std::ifstream file(path);
  return static_cast<std::size_t>(
      std::count(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>(), '\n'));
}

struct Case {
  const char* name;
  std::vector<std::string> arguments;
  int direction;
};

class PlayerResume : public testing::TestWithParam<Case> {};

// The player reads ten seconds ahead, a sixth of the clip.
TEST_P(PlayerResume, EveryFrameOnceOverManyConnections) {
  const TempDir library;
  std::filesystem::copy_file(make_clip({.frames = kFrames, .gop = 30, .picture = "color=gray"}),
                             library.file("clip.mp4"));
  const ServerProcess server({.folders = {library.path()}});
  Relay relay(server.port());
  PlayerRun player(relay.port());
  std::vector<std::string> arguments = {"--media", "clip", "--untimed", "--exit-at-end", "--ring-frames", "30"};
  arguments.insert(arguments.end(), GetParam().arguments.begin(), GetParam().arguments.end());
  Process process(player.command(arguments), player.environment());
  int cuts = 0;
  for (; cuts < kCuts; ++cuts) {
    // On its way over the connection there is now.
    const std::size_t before = lines_in(player.file("trace.jsonl"));
    const bool goes_on =
        wait_until([&] { return relay.connections() > cuts && lines_in(player.file("trace.jsonl")) > before + 40; });
    if (!goes_on) break;
    relay.cut();
  }
  const auto status = process.wait(std::chrono::seconds(120));
  ASSERT_TRUE(status && status->ok()) << process.err();
  EXPECT_GE(cuts, 2) << "too few to tell anything";
  const PlayerOutcome outcome = player.outcome({});
  EXPECT_GE(outcome.stats.at("network").at("reconnects"), 1);
  ASSERT_EQ(outcome.trace.size(), kFrames);
  for (std::size_t i = 0; i < kFrames; ++i) {
    const std::size_t number = GetParam().direction > 0 ? i : kFrames - 1 - i;
    ASSERT_NEAR(static_cast<double>(outcome.trace[i].pts_us), static_cast<double>(number) * 1e6 / 30, 1) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, PlayerResume,
                         testing::Values(Case{"Forwards", {}, 1}, Case{"Backwards", {"--rate", "-1"}, -1},
                                         Case{"ForwardsAsJpeg", {"--rendition", "jpeg"}, 1},
                                         Case{"BackwardsAsJpeg", {"--rendition", "jpeg", "--rate", "-1"}, -1}),
                         [](const testing::TestParamInfo<Case>& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace zoe::test
