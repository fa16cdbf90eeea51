// docs/plugin-guide.md holds: what it quotes are the files of plugins/codec_tint, and its commands, followed word by
// word in an empty folder, make plugins that work.
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/paths.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe {
namespace {

using testing::HasSubstr;

// The text of the fenced blocks by what stands behind the language: "```cpp file=codec_tint.cpp", "```sh run=check".
using Blocks = std::map<std::string, std::vector<std::string>>;

Blocks blocks_of(const std::string& guide) {
  Blocks blocks;
  std::istringstream lines(guide);
  std::string label;
  std::string text;
  bool is_inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("```")) {
      if (is_inside) text += line + "\n";
      continue;
    }
    if (is_inside && !label.empty()) blocks[label].push_back(text);
    is_inside = !is_inside;
    const auto space = line.find(' ');
    label = space == std::string::npos ? std::string() : line.substr(space + 1);
    text.clear();
  }
  return blocks;
}

class Guide : public testing::Test {
 protected:
  void SetUp() override {
#if defined(ZOE_ASAN) || defined(ZOE_TSAN)
    GTEST_SKIP() << "the guide's commands link what GCC built";
#endif
    blocks_ = blocks_of(test::read_whole_file(test::repository_folder() + "/docs/plugin-guide.md"));
  }

  // What the guide says to put into `file`: its pieces one after another, an empty line between two.
  std::string file(const std::string& name) {
    std::string whole;
    for (const std::string& piece : blocks_["file=" + name]) whole += (whole.empty() ? "" : "\n") + piece;
    return whole;
  }

  std::string commands(const std::string& name) {
    const std::vector<std::string>& found = blocks_["run=" + name];
    EXPECT_EQ(found.size(), 1U) << "the guide has no commands, or two kinds of them, for " << name;
    return found.empty() ? std::string() : found.front();
  }

  // Carries the named commands out one after another in one shell, in a home folder in which ~/zoetrope is this tree
  // with what this configuration built.
  test::RunResult follow(const std::vector<std::string>& names) {
    const std::string tree = home_.file("zoetrope");
    if (!std::filesystem::exists(tree)) {
      std::filesystem::create_directories(tree + "/build");
      for (const char* part : {"docs", "engine", "plugins", "scripts", "tests"})
        std::filesystem::create_symlink(test::repository_folder() + "/" + part, tree + "/" + part);
      std::filesystem::create_symlink(test::build_folder(), tree + "/build/release");
    }
    std::string script = "set -eu\n";
    for (const std::string& name : names) script += commands(name);
    return test::run({"bash", "-c", script}, {.environment = {{"HOME", home_.path()}}, .folder = home_.path()},
                     std::chrono::minutes(10));
  }

  // The first commands, and the two files written as the guide quotes them.
  void write_files() {
    const test::RunResult result = follow({"variables", "folder"});
    ASSERT_TRUE(result.ok()) << result.err;
    for (const char* name : {"codec_tint.cpp", "premake5.lua"}) home_.write(std::string("tint/") + name, file(name));
  }

  void build_and_check(const std::string& how) {
    write_files();
    test::RunResult result = follow({"variables", "enter", how, "check", "settings"});
    EXPECT_TRUE(result.ok()) << result.out << result.err;
    EXPECT_THAT(result.out, HasSubstr("codec_tint 1.0.0 (codec) works"));
  }

  static bool has_program(const std::string& name) { return test::run({"sh", "-c", "command -v " + name}).ok(); }

  Blocks blocks_;
  const test::TempDir home_;
};

TEST_F(Guide, QuotesTheFilesOfTheExample) {
  for (const char* name : {"codec_tint.cpp", "premake5.lua"})
    EXPECT_EQ(file(name), test::read_whole_file(test::repository_folder() + "/plugins/codec_tint/" + name)) << name;
}

TEST_F(Guide, BuildsByPremake) {
  const bool has_five = has_program("premake5");
  if (!has_five && !has_program("premake4")) GTEST_SKIP() << "neither premake5 nor premake4 is installed";
  build_and_check(has_five ? "premake5" : "premake4");
}

TEST_F(Guide, BuildsByOneLineForTheCompiler) { build_and_check("gcc"); }

TEST_F(Guide, MakesAPluginFolder) {
  write_files();
  home_.write("tint/codec_tint.so", "");
  const test::RunResult result = follow({"variables", "enter", "plugins", "drop"});
  EXPECT_TRUE(result.ok()) << result.err;
  for (const char* name : {"codec_tint", "transport_tcp", "auth_guest"})
    EXPECT_TRUE(std::filesystem::exists(home_.file(std::string("tint/plugins/") + name + ".so"))) << name;
}

TEST_F(Guide, TheExampleInCBuildsAndWorks) {
  write_files();
  const test::RunResult result = follow({"variables", "enter", "c"});
  EXPECT_TRUE(result.ok()) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("ok_c 1.2.3 (codec) works"));
  if (!has_program("clang")) GTEST_SKIP() << "there is no clang to try it with as well";
  std::string by_clang = commands("c");
  by_clang.replace(by_clang.find("gcc"), 3, "clang");
  blocks_["run=c"] = {by_clang};
  const test::RunResult again = follow({"variables", "enter", "c"});
  EXPECT_TRUE(again.ok()) << again.out << again.err;
}

// Each line is known by its beginning.
constexpr std::size_t kTelling = 22;

// The change that it makes while somebody watches can be made.
TEST_F(Guide, TheNextVersionDiffersInTheLinesItShows) {
  const std::string now = file("codec_tint.cpp");
  std::string next = now;
  const std::vector<std::string>& changes = blocks_["change=codec_tint.cpp"];
  ASSERT_EQ(changes.size(), 2U);
  for (const std::string& change : changes) {
    const auto at = next.find(change.substr(0, kTelling));
    ASSERT_NE(at, std::string::npos) << change;
    next.replace(at, next.find('\n', at) + 1 - at, change);
  }
  EXPECT_NE(next, now);
  write_files();
  home_.write("tint/codec_tint.cpp", next);
  const test::RunResult result = follow({"variables", "enter", "gcc", "check"});
  EXPECT_TRUE(result.ok()) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("codec_tint 1.1.0 (codec) works"));
}

}  // namespace
}  // namespace zoe
