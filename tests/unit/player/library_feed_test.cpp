#include "player/client/library_feed.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/player/request_link.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

TEST(LibraryFeed, ASingleRootStandsForAll) {
  test::RequestLink link;
  LibraryFeed feed(link, [] {});
  link.answer = json{{"roots", {{{"root", "films"}, {"media", 3}}}}, {"folders", json::array()}};
  feed.update_folders({}, {}, 0);
  feed.update_folders({}, {}, 1);
  ASSERT_EQ(link.asked.back().first, "library.folders");
  EXPECT_EQ(json::parse(link.asked.back().second), json({{"root", "films"}}));
  EXPECT_EQ(feed.snapshot().root, "films");
}

TEST(LibraryFeed, AboveSeveralRootsThereAreNoFolders) {
  test::RequestLink link;
  LibraryFeed feed(link, [] {});
  link.answer = json{{"roots", {{{"root", "a"}, {"media", 3}}, {{"root", "b"}, {"media", 3}}}}};
  feed.update_folders({}, {}, 0);
  feed.update_folders({}, {}, 1);
  EXPECT_EQ(link.asked.size(), 1U);
  feed.update_folders("b", "x/y", 2);
  EXPECT_EQ(json::parse(link.asked.back().second), json({{"root", "b"}, {"folder", "x/y"}}));
}

TEST(LibraryFeed, AnOlderServerHasNoFolders) {
  test::RequestLink link;
  LibraryFeed feed(link, [] {});
  link.answer = fail(Errc::kUnsupported, "there is no method");
  feed.update_folders("b", {}, 0);
  EXPECT_FALSE(feed.snapshot().folders.value);
}

TEST(LibraryFeed, APreviewThatIsStillBeingMadeIsLookedForAgain) {
  test::RequestLink link;
  LibraryFeed feed(link, [] {});
  const auto asked = [&] { return link.asked.size(); };
  link.answer = json{{"media", "m"}, {"preview", nullptr}};
  for (std::int64_t s = 0; s < 20; ++s) feed.update_details("m", s * kNsPerS);
  EXPECT_GE(asked(), 3U);
  EXPECT_LE(asked(), 5U);
  (*link.answer)["preview"] = {{"version", "1"},    {"interval_us", 5'000'000},
                               {"tile_width", 160}, {"tile_height", 90},
                               {"columns", 4},      {"rows", 3},
                               {"sheets", 1},       {"tiles", 9}};
  feed.update_details("m", 26 * kNsPerS);
  ASSERT_TRUE(feed.snapshot().details.value->preview);
  const std::size_t before = asked();
  for (std::int64_t s = 27; s < 80; ++s) feed.update_details("m", s * kNsPerS);
  EXPECT_EQ(asked(), before) << "it is there now";
}

}  // namespace
}  // namespace zoe::player
