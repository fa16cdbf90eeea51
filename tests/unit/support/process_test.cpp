#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <system_error>

#include "tests/support/free_port.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::test {
namespace {

using std::chrono::milliseconds;

TEST(Process, CapturesBothStreamsAndTheStatus) {
  const RunResult result = run({"sh", "-c", "echo out; echo err >&2; exit 3"});
  EXPECT_EQ(result.status.code, 3);
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
  EXPECT_FALSE(result.ok());
}

TEST(Process, AMissingProgramThrows) { EXPECT_THROW(run({"/nonexistent/program"}), std::system_error); }

TEST(Process, PassesEnvironmentAndFolder) {
  const TempDir folder;
  const RunResult result = run({"sh", "-c", "printf '%s ' \"$ZOE_WORD\"; pwd -P"},
                               {.environment = {{"ZOE_WORD", "x"}}, .folder = folder.path()});
  EXPECT_EQ(result.out, "x " + std::filesystem::canonical(folder.path()).string() + "\n");
}

TEST(Process, TalksThroughStdin) {
  Process cat({"cat"});
  cat.write_stdin("one\n");
  EXPECT_TRUE(cat.wait_for_text("one"));
  cat.close_stdin();
  const auto status = cat.wait();
  ASSERT_TRUE(status.has_value());
  EXPECT_TRUE(status->ok());
}

TEST(Process, WaitGivesUpAndStopEndsIt) {
  Process sleeper({"sleep", "1000"});
  EXPECT_FALSE(sleeper.wait(milliseconds(20)).has_value());
  EXPECT_EQ(sleeper.stop().signal, SIGTERM);
}

TEST(Process, StopKillsWhatIgnoresTheTermination) {
  Process stubborn({"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"});
  ASSERT_TRUE(stubborn.wait_for_text("ready"));
  EXPECT_EQ(stubborn.stop(milliseconds(50)).signal, SIGKILL);
}

TEST(Process, WaitingForTextEndsWithTheChild) {
  Process brief({"true"});
  EXPECT_FALSE(brief.wait_for_text("never"));
}

TEST(Process, NothingOutlivesTheObject) {
  pid_t pid = 0;
  {
    const Process sleeper({"sleep", "1000"});
    pid = sleeper.pid();
    EXPECT_EQ(kill(pid, 0), 0);
  }
  EXPECT_NE(kill(pid, 0), 0);
}

TEST(TempDir, GoesAwayWithItsContent) {
  std::string path;
  {
    const TempDir folder;
    path = folder.path();
    EXPECT_EQ(read_whole_file(folder.write("a/b.txt", "hello")), "hello");
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(FreePort, IsNotZero) { EXPECT_NE(free_port(), 0); }

}  // namespace
}  // namespace zoe::test
