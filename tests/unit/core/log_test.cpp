#include "engine/core/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace zoe {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Log, WritesLevelComponentAndMessageToTheFile) {
  const test::TempDir folder;
  const std::string path = folder.file("zoetrope.log");
  {
    const auto log = Log::create({LogLevel::kWarning, path});
    ASSERT_TRUE(log);
    (*log)->info("library", "dropped");
    (*log)->warning("library", "{} of {} files", 3, 4);
    EXPECT_FALSE((*log)->is_enabled(LogLevel::kInfo));
    EXPECT_TRUE((*log)->is_enabled(LogLevel::kError));
  }
  EXPECT_THAT(test::read_whole_file(path),
              AllOf(HasSubstr("[library] 3 of 4 files"), HasSubstr("warning"), Not(HasSubstr("dropped"))));
}

TEST(Log, APeerCannotForgeALine) {
  const test::TempDir folder;
  const std::string path = folder.file("zoetrope.log");
  {
    const auto log = Log::create({LogLevel::kInfo, path});
    ASSERT_TRUE(log);
    (*log)->info("net", "name {}", "x\n2024 error [auth] forged\x1b[2J {}");
  }
  const std::string text = test::read_whole_file(path);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(Log, AFileThatCannotBeOpenedIsNamed) {
  const auto log = Log::create({LogLevel::kInfo, "/proc/no/such/place.log"});
  ASSERT_FALSE(log);
  EXPECT_THAT(log.error().message, HasSubstr("/proc/no/such/place.log"));
}

TEST(Log, TheNullLogDropsEverything) {
  EXPECT_FALSE(Log::null().is_enabled(LogLevel::kError));
  Log::null().write(LogLevel::kError, "x", "y");
}

TEST(Log, LevelsAreReadByName) {
  EXPECT_EQ(parse_log_level("warning").value(), LogLevel::kWarning);
  EXPECT_EQ(parse_log_level("off").value(), LogLevel::kOff);
  EXPECT_THAT(parse_log_level("loud").error().message, HasSubstr("'loud'"));
}

}  // namespace
}  // namespace zoe
