// Every frame of a clip, forwards and backwards, from the real server through the real player in both renditions.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/e2e/player_process.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/paths.hpp"

namespace zoe::test {
namespace {

constexpr const char* kThereAndBack = R"(
timeout 600000
wait-state ended
rate -1
wait-state ended
quit
)";

std::string stem_of(const std::string& path) { return std::filesystem::path(path).stem(); }

std::vector<std::pair<std::int64_t, std::string>> pictures(const std::vector<TracedFrame>& frames) {
  std::vector<std::pair<std::int64_t, std::string>> result;
  for (const TracedFrame& frame : frames) result.emplace_back(frame.pts, frame.hash);
  return result;
}

// `frames`: how many it must have; 0 where that is not known.
void expect_there_and_back(const ServerProcess& server, const std::string& media, const std::string& rendition,
                           std::size_t frames, const std::vector<std::string>& more = {}) {
  PlayerRun player(server.port());
  std::vector<std::string> arguments = {"--media", media, "--rendition", rendition, "--untimed"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const PlayerOutcome outcome = player.run(arguments, kThereAndBack);
  ASSERT_TRUE(outcome.result.ok()) << media << ": " << outcome.result.err;
  const auto forward = outcome.shown(1);
  if (frames > 0) {
    EXPECT_EQ(forward.size(), frames) << media;
  }
  EXPECT_TRUE(std::is_sorted(forward.begin(), forward.end(),
                             [](const TracedFrame& a, const TracedFrame& b) { return a.pts <= b.pts; }))
      << media << ": times rise strictly";
  auto expected = pictures(forward);
  ASSERT_FALSE(expected.empty());
  expected.pop_back();  // the last frame stays on the screen when the direction changes
  std::reverse(expected.begin(), expected.end());
  EXPECT_EQ(pictures(outcome.shown(-1)), expected) << media << " as " << rendition;
  EXPECT_EQ(outcome.stats.at("counters").at("damaged"), 0);
}

struct Case {
  const char* name;
  ClipSpec spec;
  std::vector<std::string> arguments;
};

class PlayerReverse : public testing::TestWithParam<std::tuple<Case, const char*>> {};

TEST_P(PlayerReverse, EqualsForwardReversed) {
  const auto& [test, rendition] = GetParam();
  const std::string clip = make_clip(test.spec);
  const TempDir library;
  std::filesystem::copy_file(clip, library.file("clip." + test.spec.container));
  const ServerProcess server({.folders = {library.path()}});
  expect_there_and_back(server, "clip", rendition, static_cast<std::size_t>(test.spec.frames - test.spec.hidden_frames),
                        test.arguments);
}

INSTANTIATE_TEST_SUITE_P(
    Clips, PlayerReverse,
    testing::Combine(
        testing::Values(
            Case{"BFrames", {.frames = 90, .gop = 30, .bframes = 3}, {}},
            Case{"OpenGopH264", {.frames = 90, .gop = 24, .bframes = 2, .is_open_gop = true}, {}},
            Case{"OpenGopHevc",
                 {.codec = VideoCodec::kHevc, .frames = 90, .gop = 24, .bframes = 2, .is_open_gop = true},
                 {}},
            Case{"OpenGopMpeg2",
                 {.codec = VideoCodec::kMpeg2,
                  .frames = 90,
                  .gop = 12,
                  .bframes = 2,
                  .is_open_gop = true,
                  .container = "ts"},
                 {}},
            Case{"EditList", {.frames = 90, .gop = 30, .bframes = 2, .hidden_frames = 11}, {}},
            Case{"LongGop", {.frames = 500, .gop = 250, .bframes = 2}, {}},
            Case{"LongGopSmallRing", {.frames = 260, .gop = 250, .bframes = 2}, {"--ring-frames", "24"}},
            Case{"Mpeg4Avi", {.codec = VideoCodec::kMpeg4, .frames = 60, .bframes = 2, .container = "avi"}, {}},
            Case{"Vp9", {.codec = VideoCodec::kVp9, .frames = 40, .container = "webm"}, {}},
            Case{"TenBit", {.frames = 40, .pix_fmt = "yuv420p10le"}, {}}),
        testing::Values("copy", "jpeg")),
    [](const testing::TestParamInfo<std::tuple<Case, const char*>>& test) {
      return std::string(std::get<0>(test.param).name) + "_" + std::get<1>(test.param);
    });

// The clips that a developer has lying about, in both renditions. Minutes long: only where ZOE_CLIPS is set.
TEST(PlayerRealClips, PlayForwardsAndBackwards) {
  const auto folder = real_clips_folder();
  if (!folder) GTEST_SKIP() << kNoClips;
  // The folder itself, or those in it that hold clips which are whole.
  std::vector<std::string> folders;
  for (const char* name : {"clips", "football"}) {
    const std::filesystem::path inner = std::filesystem::path(*folder) / name;
    if (std::filesystem::is_directory(inner)) folders.push_back(inner);
  }
  if (folders.empty()) folders.push_back(*folder);
  const ServerProcess server({.folders = folders});
  for (const std::string& part : folders) {
    for (const auto& entry : std::filesystem::directory_iterator(part)) {
      if (!entry.is_regular_file()) continue;
      for (const char* rendition : {"copy", "jpeg"}) {
        SCOPED_TRACE(entry.path().string() + " as " + rendition);
        expect_there_and_back(server, stem_of(entry.path()), rendition, 0);
      }
    }
  }
}

}  // namespace
}  // namespace zoe::test
