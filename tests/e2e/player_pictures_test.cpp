// What is on the player's screen, by its pixels: the number in each frame's strip, read back from screenshots.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "tests/e2e/player_process.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/support/media_maker.hpp"

namespace zoe::test {
namespace {

constexpr int kFrames = 150;

// A server with one clip of numbered frames, "clip", 30 a second.
class PlayerPictures : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    library_ = std::make_unique<TempDir>();
    std::filesystem::copy_file(make_clip({.frames = kFrames, .gop = 50, .bframes = 3}), library_->file("clip.mp4"));
    server_ = std::make_unique<ServerProcess>(ServerOptions{.folders = {library_->path()}});
  }
  static void TearDownTestSuite() {
    server_.reset();
    library_.reset();
  }

  PlayerOutcome play(const std::string& script, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"--media", "clip"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    PlayerOutcome outcome = player.run(arguments, script);
    EXPECT_EQ(outcome.result.status.code, 0) << outcome.result.err;
    return outcome;
  }

  inline static std::unique_ptr<TempDir> library_;
  inline static std::unique_ptr<ServerProcess> server_;
  PlayerRun player{server_->port()};
};

// The panels lie over the strip: Tab takes them away.
const std::string kBegin = "wait-state paused\nkey tab\n";

// The time in the middle of a frame, as the script's seek takes it.
std::string seek_to(int frame) { return "seek " + std::to_string((frame + 0.5) / 30) + "\n"; }

std::string shot(const std::string& name) { return "wait-state paused\nscreenshot " + name + "\n"; }

class PlayerPicturesIn : public PlayerPictures, public testing::WithParamInterface<const char*> {};

TEST_P(PlayerPicturesIn, ASeekShowsTheExactFrame) {
  std::mt19937 random(5);
  std::vector<int> targets = {0, kFrames - 1, 49, 50, 51, 1};
  for (int i = 0; i < 6; ++i) targets.push_back(static_cast<int>(random() % kFrames));
  std::string script = kBegin;
  for (const int target : targets) script += seek_to(target) + shot("at" + std::to_string(target) + ".png");
  play(script + "quit\n", {"--paused", "--rendition", GetParam()});
  for (const int target : targets) {
    EXPECT_EQ(number_in(player.file("at" + std::to_string(target) + ".png")), static_cast<std::uint32_t>(target));
  }
}

TEST_P(PlayerPicturesIn, KeysStepFrameByFrameBothWays) {
  std::string script = kBegin + seek_to(48);
  for (int i = 0; i < 4; ++i) script += "wait-state paused\nkey period\n" + shot("f" + std::to_string(i) + ".png");
  for (int i = 0; i < 8; ++i) script += "wait-state paused\nkey comma\n" + shot("b" + std::to_string(i) + ".png");
  play(script + "quit\n", {"--paused", "--rendition", GetParam(), "--ring-frames", "8"});
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(number_in(player.file("f" + std::to_string(i) + ".png")), 49U + static_cast<unsigned>(i));
  }
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(number_in(player.file("b" + std::to_string(i) + ".png")), 51U - static_cast<unsigned>(i));
  }
}

INSTANTIATE_TEST_SUITE_P(Renditions, PlayerPicturesIn, testing::Values("copy", "jpeg"));

TEST_F(PlayerPictures, ARenditionKeepsTheFrame) {
  play(kBegin + seek_to(77) + shot("copy.png") + "rendition jpeg\n" + shot("jpeg.png") + "quit\n", {"--paused"});
  EXPECT_EQ(number_in(player.file("copy.png")), 77U);
  EXPECT_EQ(number_in(player.file("jpeg.png")), 77U);
}

TEST_F(PlayerPictures, PauseHoldsTheFrameAndPlayGoesOn) {
  const PlayerOutcome outcome = play(
      "wait-frame 20\nkey space\nwait-state paused\nmark held\nwait 300\nwait-state paused\nmark still\nkey space\n"
      "wait-state playing\nwait-state ended\nquit\n");
  const auto& marks = outcome.stats.at("marks");
  EXPECT_EQ(marks[0].at("position_us"), marks[1].at("position_us"));
  EXPECT_EQ(marks[0].at("shown"), marks[1].at("shown"));
  EXPECT_NEAR(static_cast<double>(outcome.trace.back().pts_us), (kFrames - 1) * 1e6 / 30, 1);
}

TEST_F(PlayerPictures, DirectionChangesNeitherJumpNorRepeat) {
  std::mt19937 random(9);
  std::string script;
  for (int i = 0; i < 12; ++i) {
    script += "wait " + std::to_string(random() % 60) + "\nrate " + (i % 2 == 0 ? "-1" : "1") + "\n";
  }
  script = "wait-shown 30\n" + script + "wait-state ended\nquit\n";
  const PlayerOutcome outcome = play(script, {"--untimed", "--ring-frames", "24"});
  ASSERT_GT(outcome.trace.size(), 31U);
  for (std::size_t i = 1; i < outcome.trace.size(); ++i) {
    const double frames = static_cast<double>(outcome.trace[i].pts_us - outcome.trace[i - 1].pts_us) * 30 / 1e6;
    ASSERT_NEAR(std::abs(frames), 1, 0.01) << "at line " << i;
  }
}

TEST_F(PlayerPictures, LoopsWithoutAGapBothWays) {
  const PlayerOutcome outcome =
      play("wait-shown 400\nrate -1\nwait-shown 800\nquit\n", {"--untimed", "--loop", "--ring-frames", "32"});
  for (std::size_t i = 1; i < outcome.trace.size(); ++i) {
    const auto frame = [&](std::size_t at) { return (outcome.trace[at].pts_us * 30 + 500'000) / 1'000'000; };
    const auto move = (frame(i) - frame(i - 1) + kFrames) % kFrames;
    ASSERT_TRUE(move == 1 || move == kFrames - 1) << "from " << frame(i - 1) << " to " << frame(i);
  }
}

TEST_F(PlayerPictures, PanelsComeAndGo) {
  // Overlays fade by the frame: on a busy machine few are drawn in a second.
  play(kBegin + "wait 3000\n" + shot("bare.png") + "key tab\nmove 50% 50%\nwait 1000\n" + shot("panels.png") +
           "key tab\nwait 3000\n" + shot("again.png") + "quit\n",
       {"--paused", "--size", "960x540", "--panels"});
  const Pixels bare = read_pixels(player.file("bare.png"));
  const Pixels panels = read_pixels(player.file("panels.png"));
  const Pixels again = read_pixels(player.file("again.png"));
  const auto difference = [](const Pixels& a, const Pixels& b) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i) count += a.rgb[i] != b.rgb[i] ? 1 : 0;
    return static_cast<double>(count) / static_cast<double>(a.rgb.size());
  };
  EXPECT_EQ(bare.rgb, again.rgb);
  EXPECT_GT(difference(bare, panels), 0.1) << "the buffer panel and the transport bar cover the picture";
}

TEST_F(PlayerPictures, StatisticsShowWhatTheBufferPanelShows) {
  const PlayerOutcome outcome = play("wait-state ended\nseek 1\nwait-state ended\nquit\n", {"--untimed"});
  const auto& stats = outcome.stats;
  EXPECT_EQ(stats.at("playback").at("codec"), "h264");
  EXPECT_EQ(stats.at("playback").at("segments"), 3);
  EXPECT_EQ(stats.at("ring").at("capacity"), 300);
  EXPECT_GT(stats.at("ring").at("frames"), 0);
  EXPECT_EQ(stats.at("packets").at("segments"), 3);
  EXPECT_GT(stats.at("counters").at("shown"), 0);
  EXPECT_EQ(stats.at("screen").at("texture_slots").size(), 3U);
  EXPECT_GT(stats.at("start").at("start_to_first_frame_ms"), 0);
  EXPECT_EQ(stats.at("network").at("link"), "signed-in");
  EXPECT_EQ(stats.at("seek_to_exact_frame_ms").size(), 2U) << "the start is one";
  EXPECT_TRUE(stats.at("network").at("is_encrypted") == false) << "plain on loopback";
}

TEST_F(PlayerPictures, TheLastPictureIsKept) {
  PlayerRun alone(server_->port());
  const PlayerOutcome outcome =
      alone.run({"--autoplay", "--untimed", "--exit-at-end", "--screenshot", "last.png", "--size", "640x480"});
  ASSERT_TRUE(outcome.result.ok()) << outcome.result.err;
  EXPECT_EQ(read_pixels(alone.file("last.png")).width, 640);
  EXPECT_EQ(outcome.trace.size(), static_cast<std::size_t>(kFrames));
}

}  // namespace
}  // namespace zoe::test
