#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/library/listing.hpp"
#include "server/library/media_title.hpp"

namespace zoe::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ListedMediaPtr media(const std::string& title, std::int64_t duration_us, std::uint64_t size_bytes,
                     const std::string& folder = "") {
  auto entry = std::make_shared<MediaEntry>();
  entry->id = "id of " + folder + title;
  entry->title = title;
  entry->path = "/films/" + folder + title + ".mp4";
  entry->relative_path = folder + title + ".mp4";
  entry->size_bytes = size_bytes;
  entry->info.duration_us = duration_us;
  return std::make_shared<const ListedMedia>(std::move(entry));
}

std::vector<std::string> titles(const LibraryPage& page) {
  std::vector<std::string> out;
  for (const MediaEntryPtr& entry : page.items) out.push_back(entry->title);
  return out;
}

Listing sample() {
  return Listing({media("Game 10", 300, 1, "cup/"), media("game 2", 100, 3, "league/"), media("Ärger", 200, 2)});
}

TEST(Listing, SortsByTitleAsPeopleDo) {
  EXPECT_THAT(titles(sample().page({})), ElementsAre("game 2", "Game 10", "Ärger"));
  EXPECT_THAT(titles(sample().page({.order = SortOrder::kDescending})), ElementsAre("Ärger", "Game 10", "game 2"));
}

TEST(Listing, SortsByOtherKeys) {
  EXPECT_THAT(titles(sample().page({.sort = SortBy::kDuration})), ElementsAre("game 2", "Ärger", "Game 10"));
  EXPECT_THAT(titles(sample().page({.sort = SortBy::kSize, .order = SortOrder::kDescending})),
              ElementsAre("game 2", "Ärger", "Game 10"));
}

TEST(Listing, FindsWordsInTitleAndFolder) {
  EXPECT_THAT(titles(sample().page({.search = "GAME"})), ElementsAre("game 2", "Game 10"));
  EXPECT_THAT(titles(sample().page({.search = "  game   cup "})), ElementsAre("Game 10"));
  EXPECT_THAT(titles(sample().page({.search = "ÄRG"})), ElementsAre("Ärger"));
  EXPECT_THAT(titles(sample().page({.search = "nothing"})), IsEmpty());
}

TEST(Listing, GivesPages) {
  const LibraryPage page = sample().page({.offset = 1, .limit = 1});
  EXPECT_THAT(titles(page), ElementsAre("Game 10"));
  EXPECT_EQ(page.total, 3u);
  EXPECT_THAT(titles(sample().page({.offset = 99})), IsEmpty());
}

TEST(Listing, FindsById) {
  EXPECT_EQ(sample().find("id of Ärger")->title, "Ärger");
  EXPECT_EQ(sample().find("else"), nullptr);
}

TEST(TitleOf, PrefersTheTag) {
  EXPECT_EQ(title_of("  The Film ", "f.mp4"), "The Film");
  EXPECT_EQ(title_of(" \t", "some.clip.mp4"), "some.clip");
  EXPECT_EQ(title_of("", "no_ending"), "no_ending");
  EXPECT_EQ(title_of("", ".mp4"), ".mp4");
  EXPECT_EQ(title_of("", "caf\xE9.mp4"), "caf\xEF\xBF\xBD");
  EXPECT_EQ(title_of(std::string(2000, 'x'), "f").size(), 512u);
}

}  // namespace
}  // namespace zoe::server
