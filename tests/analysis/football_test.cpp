// The football script against a generated match, odd videos, a tiny ONNX model, and real clips where there are any. The
// tests are in Python, as the script is; each class of test_football.py is one test here.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/paths.hpp"
#include "tests/support/process.hpp"

namespace zoe::test {
namespace {

// The script works for a second or two of video a second, and the machine may have other work.
constexpr std::chrono::minutes kPatience{10};

RunResult run_python(const std::string& name) {
  return run({"/usr/bin/python3", "-B", repository_folder() + "/tests/analysis/test_football.py", name}, {}, kPatience);
}

TEST(Football, PartsHold) {
  const RunResult result = run_python("Parts");
  EXPECT_TRUE(result.ok()) << result.err;
}

TEST(Football, TellsOfWhatHappened) {
  const RunResult result = run_python("Events");
  EXPECT_TRUE(result.ok()) << result.err;
}

TEST(Football, FindsWhatIsTrulyThere) {
  const RunResult result = run_python("Match");
  EXPECT_TRUE(result.ok()) << result.err;
}

TEST(Football, TakesOddVideos) {
  const RunResult result = run_python("OddVideos");
  EXPECT_TRUE(result.ok()) << result.err;
}

TEST(Football, EndsAllItsProcessesTogether) {
  const RunResult result = run_python("Processes");
  EXPECT_TRUE(result.ok()) << result.err;
}

TEST(Football, RunsAnOnnxModel) {
  const RunResult result = run_python("Onnx");
  EXPECT_TRUE(result.ok()) << result.err;
}

TEST(Football, BoxesThePlayersOfRealClips) {
  if (!real_clips_folder()) GTEST_SKIP() << kNoClips;
  const RunResult result = run_python("Clips");
  EXPECT_TRUE(result.ok()) << result.err;
}

}  // namespace
}  // namespace zoe::test
