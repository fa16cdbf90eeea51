// The sample clips are what a newcomer sees first: each has to be made, and to carry its numbers.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/support/frame_number.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/process.hpp"

namespace zoe::test {
namespace {

constexpr int kWidth = 640;
constexpr int kHeight = 360;

TEST(Samples, AreMadeAndCarryTheirNumbers) {
  // Kept in the build folder: making them takes half a minute.
  const std::string folder = std::filesystem::path(build_folder()).parent_path() / "samples";
  const RunResult made =
      run({repository_folder() + "/assets/samples/make_samples", folder}, {}, std::chrono::minutes(10));
  ASSERT_TRUE(made.ok()) << made.err;
  int clips = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    ++clips;
    const std::string size = std::to_string(kWidth) + "x" + std::to_string(kHeight);
    const RunResult decoded = run({"ffmpeg", "-nostdin", "-loglevel", "error", "-noautorotate", "-i", entry.path(),
                                   "-vf", "select='eq(n,7)+eq(n,275)'", "-fps_mode", "passthrough", "-s", size, "-f",
                                   "rawvideo", "-pix_fmt", "gray", "-"});
    ASSERT_TRUE(decoded.ok()) << decoded.err;
    ASSERT_EQ(decoded.out.size(), 2U * kWidth * kHeight) << entry.path();
    const auto* luma = reinterpret_cast<const std::uint8_t*>(decoded.out.data());
    EXPECT_EQ(read_frame_number(luma, kWidth, kWidth, kHeight), 7U) << entry.path();
    EXPECT_EQ(read_frame_number(luma + kWidth * kHeight, kWidth, kWidth, kHeight), 275U) << entry.path();
  }
  EXPECT_EQ(clips, 5);
}

}  // namespace
}  // namespace zoe::test
