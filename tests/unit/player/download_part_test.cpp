#include "player/client/download_part.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temp_dir.hpp"

namespace zoe::player {
namespace {

namespace fs = std::filesystem;

class DownloadPartTest : public testing::Test {
 protected:
  Result<std::unique_ptr<DownloadPart>> open(const std::string& name = "a.mkv") {
    return DownloadPart::open(*disk, source, folder.file("here"), name);
  }
  static void check_all(DownloadPart& part) {
    for (;;) {
      const auto is_over = part.check();
      ASSERT_TRUE(is_over) << is_over.error().message;
      if (*is_over) return;
    }
  }
  std::string file(const std::string& name) const { return folder.file("here/" + name); }

  test::TempDir folder;
  std::unique_ptr<DownloadDisk> disk = DownloadDisk::system();
  DownloadSource source{.server = "s", .media = "m", .root = "r", .path = "a.mkv"};
};

TEST_F(DownloadPartTest, IsHeldByOneAtATime) {
  const auto part = open();
  ASSERT_TRUE(part) << part.error().message;
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::kUnavailable);
  EXPECT_NE(second.error().message.find("Another program"), std::string::npos);
}

TEST_F(DownloadPartTest, BelongsToOneFile) {
  const auto part = open();
  ASSERT_TRUE(part);
  source.media = "other";
  source.path = "b/a.mkv";
  const auto second = open();
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ((*second)->name(), "a (2).mkv");
}

TEST_F(DownloadPartTest, IsNoWayOutOfTheFolder) {
  const auto part = open("../../evil.mkv");
  ASSERT_TRUE(part);
  EXPECT_EQ((*part)->name(), "_._.._evil.mkv");
  EXPECT_TRUE(fs::exists(file("_._.._evil.mkv.part")));
}

TEST_F(DownloadPartTest, LinksAreNotFollowed) {
  const std::string victim = folder.write("victim", "precious");
  fs::create_directories(folder.file("here"));
  {
    auto part = open();
    ASSERT_TRUE(part);
    ASSERT_TRUE((*part)->save());
  }
  fs::remove(file("a.mkv.part"));
  fs::create_symlink(victim, file("a.mkv.part"));
  auto part = open();
  ASSERT_TRUE(part) << part.error().message;
  EXPECT_EQ((*part)->name(), "a (2).mkv");
  EXPECT_EQ(test::read_whole_file(victim), "precious");
}

TEST_F(DownloadPartTest, TakesTheContentOfOneVersion) {
  auto part = open();
  ASSERT_TRUE(part);
  check_all(**part);
  using Next = DownloadPart::Next;
  EXPECT_EQ((*part)->on_opened({.size_bytes = 6, .offset = 0, .version = "1"}).value(), Next::kTake);
  ASSERT_TRUE((*part)->write(as_bytes("abc")));
  EXPECT_EQ((*part)->on_opened({.size_bytes = 6, .offset = 3, .version = "1"}).value(), Next::kTake);
  EXPECT_EQ((*part)->on_opened({.size_bytes = 4, .offset = 3, .version = "2"}).value(), Next::kAskAnew);
  EXPECT_EQ((*part)->restarts(), 1);
  EXPECT_EQ((*part)->offset(), 0U);
  EXPECT_EQ((*part)->on_opened({.size_bytes = 4, .offset = 0, .version = "2"}).value(), Next::kTake);
  EXPECT_FALSE((*part)->write(as_bytes("abcde"))) << "more than there is";
  ASSERT_TRUE((*part)->write(as_bytes("efgh")));
  EXPECT_EQ((*part)->on_opened({.size_bytes = 4, .offset = 4, .version = "2"}).value(), Next::kComplete);
  EXPECT_EQ((*part)->finish().value(), file("a.mkv"));
  EXPECT_EQ(test::read_whole_file(file("a.mkv")), "efgh");
}

TEST_F(DownloadPartTest, AStateThatLiesIsFoundOut) {
  {
    auto part = open();
    ASSERT_TRUE(part);
    check_all(**part);
    ASSERT_TRUE((*part)->on_opened({.size_bytes = 100, .offset = 0, .version = "1"}));
    ASSERT_TRUE((*part)->write(as_bytes("abcdef")));
    ASSERT_TRUE((*part)->save());
  }
  fs::resize_file(file("a.mkv.part"), 3);
  auto part = open();
  ASSERT_TRUE(part);
  check_all(**part);
  EXPECT_EQ((*part)->offset(), 0U);
  EXPECT_EQ((*part)->damaged_bytes(), 6U);
}

TEST_F(DownloadPartTest, AFolderThatCannotBeIsNamed) {
  folder.write("here", "a file");
  const auto part = open();
  ASSERT_FALSE(part);
  EXPECT_NE(part.error().message.find(folder.file("here")), std::string::npos);
}

}  // namespace
}  // namespace zoe::player
