#include "player/client/media_names.hpp"

#include <gtest/gtest.h>

namespace zoe::player {
namespace {

LibraryItem item(const char* media, const char* title, const char* root, const char* path) {
  LibraryItem it;
  it.media = media;
  it.title = title;
  it.root = root;
  it.path = path;
  return it;
}

class MediaNames : public testing::Test {
 protected:
  std::string found(std::string_view wanted) const {
    std::string ids;
    for (const LibraryItem* each : find_items(items, wanted)) ids += each->media;
    return ids;
  }
  std::string close(std::string_view wanted) const {
    std::string ids;
    for (const LibraryItem* each : close_matches(items, wanted, 2)) ids += each->media;
    return ids;
  }

  const std::vector<LibraryItem> items = {
      item("a", "Cup final", "Films", "2024/final.mkv"),
      item("b", "Semi final", "Films", "2023/final.mkv"),
      item("c", "Cup final", "Other", "cup.mp4"),
      item("d", "2024/final.mkv", "Other", "odd.mkv"),
  };
};

TEST_F(MediaNames, AreNumbersTitlesPathsOrTheirLastPart) {
  EXPECT_EQ(found("b"), "b");
  EXPECT_EQ(found("Semi final"), "b");
  EXPECT_EQ(found("2023/final.mkv"), "b");
  EXPECT_EQ(found("Films/2024/final.mkv"), "a");
  EXPECT_EQ(found("cup.mp4"), "c");
  EXPECT_EQ(found("odd"), "d");
  EXPECT_EQ(found("none"), "");
}

TEST_F(MediaNames, MayNotBeEnough) {
  EXPECT_EQ(found("Cup final"), "ac");
  EXPECT_EQ(found("final"), "ab");
  EXPECT_EQ(found("2024/final.mkv"), "d") << "a title comes before a path";
}

TEST_F(MediaNames, CloseOnesAreFound) {
  EXPECT_EQ(close("Semy final"), "ba") << "then what is a part of it";
  EXPECT_EQ(close("cup"), "ca");
  EXPECT_EQ(close("cupp.mp4"), "c");
  EXPECT_EQ(close("something else entirely"), "");
}

}  // namespace
}  // namespace zoe::player
