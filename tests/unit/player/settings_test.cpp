#include "player/client/settings.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_dir.hpp"

namespace zoe::player {
namespace {

unsigned mode_of(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 ? info.st_mode & 0777U : 0;
}

TEST(Settings, AMissingFileIsEmpty) {
  const test::TempDir folder;
  const auto settings = Settings::load(folder.file("none/player.json"));
  ASSERT_TRUE(settings);
  EXPECT_EQ((*settings)->address(), "");
  EXPECT_EQ((*settings)->session("pin").token, "");
}

TEST(Settings, KeepsWhatItWasTold) {
  const test::TempDir folder;
  const std::string path = folder.file("deep/zoetrope/player.json");
  {
    const auto settings = Settings::load(path);
    ASSERT_TRUE(settings);
    (*settings)->set_address("media.local:7000");
    (*settings)->set_name("Änne \"A\"");
    (*settings)->set_overlays("boxes ball");
    (*settings)->set_session("pin1", {"ann", "secret1"});
    (*settings)->set_session("pin2", {"bob", "secret2"});
    (*settings)->forget_session("pin2");
    ASSERT_TRUE((*settings)->save());
  }
  EXPECT_EQ(mode_of(path), 0600U) << "it holds tokens";
  const auto again = Settings::load(path);
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->address(), "media.local:7000");
  EXPECT_EQ((*again)->overlays(), "boxes ball");
  EXPECT_EQ((*again)->name(), "Änne \"A\"");
  EXPECT_EQ((*again)->session("pin1").token, "secret1");
  EXPECT_EQ((*again)->session("pin1").name, "ann");
  EXPECT_EQ((*again)->session("pin2").token, "");
  EXPECT_EQ((*again)->session("pin3").token, "") << "another server's key gets nothing";
}

TEST(Settings, AFileThatIsNoneNamesItself) {
  const test::TempDir folder;
  const std::string path = folder.write("player.json", "{ not json");
  const auto settings = Settings::load(path);
  ASSERT_FALSE(settings);
  EXPECT_NE(settings.error().message.find(path), std::string::npos);
}

TEST(Settings, WithoutAPathNothingIsWritten) {
  Settings settings{""};
  settings.set_session("pin", {"ann", "secret"});
  EXPECT_TRUE(settings.save());
  EXPECT_EQ(settings.session("pin").token, "secret");
}

TEST(Settings, TakesAnyBytes) {
  Settings settings{""};
  for (const std::string_view text :
       {"", "[]", "null", "{}", R"({"server": 7, "name": null, "sessions": []})",
        R"({"sessions": {"a": 1, "b": {"token": 5}, "c": {"token": ""}, "d": {"token": "t"}}})"}) {
    static_cast<void>(settings.parse(as_bytes(text)));
  }
  EXPECT_EQ(settings.session("d").token, "t");
  EXPECT_EQ(settings.session("b").token, "");
}

}  // namespace
}  // namespace zoe::player
