#include "tests/structure/include_graph.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/paths.hpp"

namespace zoe::test {
namespace {

bool is_allowed(const std::string& path, const std::string& included) {
  return check_includes({{path, "#pragma once\n#include \"" + included + "\"\n"}}).empty();
}

TEST(IncludeGraph, TheSourcesKeepToIt) {
  const std::vector<SourceFile> files = read_sources(repository_folder());
  ASSERT_GT(files.size(), 10U);
  for (const IncludeFault& fault : check_includes(files)) {
    ADD_FAILURE() << fault.path << ":" << fault.line << ": #include \"" << fault.included << "\": " << fault.reason;
  }
}

TEST(IncludeGraph, RoomsAreFoundByTheLongestFolder) {
  EXPECT_EQ(room_of("engine/core/result.hpp"), "engine/core");
  EXPECT_EQ(room_of("engine/plugin/abi/entry.h"), "engine/plugin/abi");
  EXPECT_EQ(room_of("engine/plugin/check_main.cpp"), "engine/plugin");
  EXPECT_EQ(room_of("server/store/pool.hpp"), "server");
  EXPECT_EQ(room_of("plugins/codec_jpeg/encoder.cpp"), "plugins/codec_jpeg");
  EXPECT_EQ(room_of("engine/corefoo/x.hpp"), "");
  EXPECT_EQ(room_of("result.hpp"), "");
}

TEST(IncludeGraph, WhatTheDesignAllowsPasses) {
  EXPECT_TRUE(is_allowed("engine/core/log.cpp", "engine/core/log.hpp"));
  EXPECT_TRUE(is_allowed("engine/ui/panel.cpp", "engine/render/texture.hpp"));
  EXPECT_TRUE(is_allowed("server/host/tables.cpp", "engine/plugin/host/registry.hpp"));
  EXPECT_TRUE(is_allowed("plugins/codec_jpeg/a.cpp", "engine/plugin/sdk/codec.hpp"));
  EXPECT_TRUE(is_allowed("plugins/codec_jpeg/a.cpp", "plugins/codec_jpeg/a.hpp"));
  EXPECT_TRUE(is_allowed("plugins/codec_jpeg/a.cpp", "engine/media/decoder.hpp"));
  EXPECT_TRUE(is_allowed("tests/e2e/a_test.cpp", "server/streams/stream.hpp"));
}

TEST(IncludeGraph, WhatTheDesignForbidsIsFound) {
  EXPECT_FALSE(is_allowed("engine/core/log.cpp", "engine/media/packet.hpp"));
  EXPECT_FALSE(is_allowed("engine/media/a.cpp", "engine/net/wire.hpp"));
  EXPECT_FALSE(is_allowed("engine/app/a.cpp", "engine/ui/panel.hpp"));
  EXPECT_FALSE(is_allowed("engine/plugin/abi/a.h", "engine/core/result.hpp"));
  EXPECT_FALSE(is_allowed("player/main.cpp", "server/api/auth.hpp"));
  EXPECT_FALSE(is_allowed("server/main.cpp", "engine/ui/panel.hpp"));
  EXPECT_FALSE(is_allowed("server/main.cpp", "engine/render/shader.hpp"));
  EXPECT_FALSE(is_allowed("server/main.cpp", "engine/audio/clock.hpp"));
  EXPECT_FALSE(is_allowed("server/main.cpp", "engine/app/window.hpp"));
  EXPECT_FALSE(is_allowed("server/main.cpp", "player/playback/pacer.hpp"));
  EXPECT_FALSE(is_allowed("server/main.cpp", "plugins/codec_jpeg/a.hpp"));
  EXPECT_FALSE(is_allowed("plugins/auth_sql/a.cpp", "server/store/pool.hpp"));
  EXPECT_FALSE(is_allowed("plugins/auth_sql/a.cpp", "engine/plugin/host/registry.hpp"));
  EXPECT_FALSE(is_allowed("plugins/auth_sql/a.cpp", "plugins/auth_guest/a.hpp"));
  EXPECT_FALSE(is_allowed("engine/core/log.cpp", "tests/support/wait.hpp"));
}

TEST(IncludeGraph, AFaultSaysWhere) {
  const auto faults =
      check_includes({{"player/a.cpp", "// one\n\n  #  include \"server/b.hpp\"  // spaces are allowed\n"}});
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].line, 3);
  EXPECT_EQ(faults[0].included, "server/b.hpp");
  EXPECT_EQ(faults[0].reason, "player may not include from server");
}

TEST(IncludeGraph, IncludesRelativeToTheFileAreFound) {
  EXPECT_FALSE(is_allowed("engine/core/log.cpp", "log.hpp"));
  EXPECT_FALSE(is_allowed("engine/core/log.cpp", "../core/log.hpp"));
  EXPECT_FALSE(is_allowed("server/a.cpp", "server/../player/a.hpp"));
}

TEST(IncludeGraph, AFileOutsideTheRoomsIsFound) { EXPECT_EQ(check_includes({{"engine/stray/a.hpp", ""}}).size(), 1U); }

}  // namespace
}  // namespace zoe::test
