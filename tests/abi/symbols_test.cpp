// Every plugin that was built exports one symbol, binds to nothing of its host, and carries nothing that pins it.
#include "tests/abi/symbols.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/paths.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> libraries_in(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".so") files.push_back(entry.path());
  return files;
}

TEST(Symbols, EveryPluginExportsItsEntryAndCanBeUnloaded) {
  const std::vector<std::string> files = libraries_in(build_folder() + "/plugins");
  EXPECT_GE(files.size(), 5U);
  for (const std::string& file : files) EXPECT_THAT(faults_of_plugin(file), IsEmpty()) << file;
}

// The bad plugins of the tests are bad on purpose, but they are linked like the good ones.
TEST(Symbols, TheTestsPluginsAreLinkedLikeThem) {
  const std::vector<std::string> files = libraries_in(build_folder() + "/test_plugins");
  EXPECT_GE(files.size(), 5U);
  for (const std::string& file : files) {
    for (const std::string& fault : faults_of_plugin(file)) {
      const bool is_on_purpose =
          fault.starts_with("does not export") || fault.starts_with("has a thread-local object with a destructor");
      EXPECT_TRUE(is_on_purpose) << file << " " << fault;
    }
  }
}

class BadLibrary : public testing::Test {
 protected:
  // Compiles `source`, which gets an entry symbol, with the flags of a plugin and these.
  std::vector<std::string> faults(const std::string& source, std::vector<std::string> flags = {}) {
    const std::string input = folder_.write(
        "bad.cpp", source + "\nextern \"C\" { extern const int zoe_plugin_entry; const int zoe_plugin_entry = 1; }\n");
    const std::string output = folder_.file("bad.so");
    std::vector<std::string> command = {"g++", "-std=c++20", "-shared", "-fPIC", input, "-o", output};
    command.insert(command.end(), flags.begin(), flags.end());
    const RunResult result = run(command);
    EXPECT_TRUE(result.ok()) << result.err;
    return faults_of_plugin(output);
  }

  const TempDir folder_;
};

TEST_F(BadLibrary, AGoodOneHasNoFaults) { EXPECT_THAT(faults("static int hidden() { return 1; }"), IsEmpty()); }

TEST_F(BadLibrary, ASecondExportIsFound) {
  EXPECT_THAT(faults("extern \"C\" int second() { return 1; }"), ElementsAre("exports second"));
}

TEST_F(BadLibrary, ASymbolOfTheHostIsFound) {
  EXPECT_THAT(faults("extern int in_host; static int* volatile use = &in_host;"),
              ElementsAre("needs in_host, which none of its libraries defines"));
}

TEST_F(BadLibrary, AUniqueSymbolIsFound) {
  EXPECT_THAT(
      faults("template <class T> struct S { static inline T value; }; static int* volatile use = &S<int>::value;",
             {"-fgnu-unique"}),
      Contains(HasSubstr("has the unique symbol")));
}

TEST_F(BadLibrary, AThreadLocalDestructorIsFound) {
  EXPECT_THAT(faults("struct S { ~S(); }; S::~S() {} static thread_local S s; static S* volatile use = &s;"),
              Contains(HasSubstr("has a thread-local object with a destructor")));
}

TEST_F(BadLibrary, RelocationsInCodeAndTheFlagNotToUnloadAreFound) {
#if !defined(__x86_64__)
  GTEST_SKIP() << "written in the assembler of x86-64";
#endif
  const auto found = faults("__asm__(\".text\\n.quad malloc\\n\");", {"-Wl,-z,notext", "-Wl,-z,nodelete", "-Wl,-w"});
  EXPECT_THAT(found, ElementsAre("has relocations in its code", "says that it must not be unloaded"));
}

}  // namespace
}  // namespace zoe::test
