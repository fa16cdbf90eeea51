// zoetrope-plugin-check, run as the server runs it.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/paths.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe {
namespace {

using testing::HasSubstr;

test::RunResult check(const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {test::program("zoetrope-plugin-check")};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return test::run(command);
}

TEST(PluginCheck, AGoodPluginPasses) {
  const test::RunResult result = check({test::test_plugin_file("plugin_ok_c")});
  EXPECT_EQ(result.status.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("ok_c 1.2.3 (codec) works"));
}

TEST(PluginCheck, EachFailureIsToldInTheLastLine) {
  struct Case {
    const char* fixture;
    const char* words;
  };
  for (const Case& c :
       {Case{"plugin_other_major", "built for version 2.0"}, Case{"plugin_init_fails", "the encoder card is not there"},
        Case{"plugin_no_symbol", "does not export zoe_plugin_entry"},
        Case{"plugin_self_test_fails", "two and two make five"}, Case{"plugin_throws", "thrown in the self-test"},
        Case{"no_such_plugin", "No such file"}}) {
    const test::RunResult result = check({"--quiet", test::test_plugin_file(c.fixture)});
    EXPECT_EQ(result.status.code, 1) << c.fixture;
    EXPECT_THAT(result.err, HasSubstr(c.words));
    EXPECT_TRUE(result.out.empty());
  }
}

TEST(PluginCheck, OneThatStaysInMemoryIsTold) {
  EXPECT_EQ(check({test::test_plugin_file("plugin_sticky")}).status.code, 3);
}

TEST(PluginCheck, SettingsReachThePlugin) {
  const test::TempDir folder;
  const std::string settings = folder.write("settings.json", R"({"in_create": "std"})");
  const test::RunResult result = check({"--settings", settings, test::test_plugin_file("plugin_throws")});
  EXPECT_EQ(result.status.code, 1);
  EXPECT_THAT(result.err, HasSubstr("thrown in create"));
}

TEST(PluginCheck, LeavesNothingBehind) {
  const test::TempDir folder;
  const test::SpawnOptions options{{{"TMPDIR", folder.path()}}, ""};
  const std::string program = test::program("zoetrope-plugin-check");
  EXPECT_TRUE(test::run({program, test::test_plugin_file("plugin_ok_c")}, options).ok());
  EXPECT_FALSE(test::run({program, test::test_plugin_file("plugin_init_fails")}, options).ok());
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(PluginCheck, WrongUsageIsExplained) {
  EXPECT_EQ(check({}).status.code, 2);
  EXPECT_EQ(check({"--nonsense", "x"}).status.code, 2);
  EXPECT_EQ(check({"--settings"}).status.code, 2);
  EXPECT_THAT(check({"--help"}).out, HasSubstr("Usage: zoetrope-plugin-check"));
}

}  // namespace
}  // namespace zoe
