// The plugin ABI: each header compiles alone, in both languages, and its layout is what was published.
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/plugin/abi/analysis.h"
#include "engine/plugin/abi/auth.h"
#include "engine/plugin/abi/codec.h"
#include "engine/plugin/abi/transport.h"
#include "tests/abi/abi_as_c.h"
#include "tests/support/paths.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#define ZOE_SIZE(type, size) static_assert(sizeof(type) == (size));
#define ZOE_AT(type, member, offset) static_assert(offsetof(type, member) == (offset));
#define ZOE_VALUE(name, value) static_assert((name) == (value));
#define ZOE_NAME(name, text) static_assert(std::string_view(name) == (text));
#include "tests/abi/frozen.h"
#undef ZOE_SIZE
#undef ZOE_AT
#undef ZOE_VALUE
#undef ZOE_NAME

namespace zoe {
namespace {

TEST(Abi, CAndCppAgree) {
  const std::vector<zoe_test_fact> facts = {
#define ZOE_SIZE(type, size) {#type, sizeof(type)},
#define ZOE_AT(type, member, offset) {#type "." #member, offsetof(type, member)},
#define ZOE_VALUE(name, value) {#name, static_cast<std::size_t>(name)},
#define ZOE_NAME(name, text)
#include "tests/abi/frozen.h"
  };
  ASSERT_EQ(facts.size(), zoe_test_fact_count_in_c);
  for (std::size_t i = 0; i < facts.size(); ++i) {
    EXPECT_STREQ(facts[i].what, zoe_test_facts_in_c[i].what);
    EXPECT_EQ(facts[i].value, zoe_test_facts_in_c[i].value) << facts[i].what;
  }
}

// Every member of every structure is frozen: one that was added without a line there shows up as a size that changed.
TEST(Abi, TheLastMemberReachesTheEndOfItsStructure) {
  EXPECT_EQ(offsetof(zoe_server_v1, software) + sizeof(void*), sizeof(zoe_server_v1));
  EXPECT_EQ(offsetof(zoe_auth_v1, revoke_invite) + sizeof(void*), sizeof(zoe_auth_v1));
  EXPECT_EQ(offsetof(zoe_analysis_v1, release) + sizeof(void*), sizeof(zoe_analysis_v1));
  EXPECT_EQ(offsetof(zoe_analysis_sink, end) + sizeof(void*), sizeof(zoe_analysis_sink));
  EXPECT_EQ(offsetof(zoe_processes_v1, release) + sizeof(void*), sizeof(zoe_processes_v1));
  EXPECT_EQ(offsetof(zoe_codec_v1, close) + sizeof(void*), sizeof(zoe_codec_v1));
  EXPECT_EQ(offsetof(zoe_transport_v1, disconnect) + sizeof(void*), sizeof(zoe_transport_v1));
  EXPECT_EQ(offsetof(zoe_plugin_entry_v1, deinit) + sizeof(void*), sizeof(zoe_plugin_entry_v1));
}

struct Language {
  const char* name;
  const char* extension;
  std::vector<std::string> compilers;
  std::vector<std::string> flags;
};

const std::vector<Language>& languages() {
  static const std::vector<Language> all = {
      {"C11", ".c", {"gcc", "clang"}, {"-std=c11", "-Wstrict-prototypes", "-Wc++-compat"}},
      {"C++20", ".cpp", {"g++", "clang++"}, {"-std=c++20"}},
  };
  return all;
}

bool has_program(const std::string& name) { return test::run({"sh", "-c", "command -v " + name}).ok(); }

TEST(Abi, EachHeaderCompilesAloneInBothLanguages) {
  const std::string top = test::repository_folder();
  const test::TempDir folder;
  int headers = 0;
  int compiled = 0;
  for (const auto& entry : std::filesystem::directory_iterator(top + "/engine/plugin/abi")) {
    if (entry.path().extension() != ".h") continue;
    ++headers;
    const std::string name = entry.path().filename().string();
    // Twice: the include guard is part of it.
    const std::string include = "#include \"engine/plugin/abi/" + name + "\"\n";
    for (const Language& language : languages()) {
      const std::string source = folder.write(name + language.extension, include + include);
      for (const std::string& compiler : language.compilers) {
        if (!has_program(compiler)) continue;
        std::vector<std::string> command = {compiler,     "-fsyntax-only", "-Wall",   "-Wextra",
                                            "-Wpedantic", "-Werror",       "-I" + top};
        command.insert(command.end(), language.flags.begin(), language.flags.end());
        command.push_back(source);
        const test::RunResult result = test::run(command);
        EXPECT_TRUE(result.ok()) << name << " as " << language.name << " by " << compiler << ":\n" << result.err;
        ++compiled;
      }
    }
  }
  EXPECT_GE(headers, 8);
  EXPECT_GE(compiled, 2 * headers) << "no compiler was found";
}

}  // namespace
}  // namespace zoe
