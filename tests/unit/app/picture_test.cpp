// Pictures from strangers: decoded within bounds, kept within a budget, asked for only when they are looked at.
#include "engine/render/picture.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/render/picture_cache.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/app/gl_test.hpp"
#include "tests/unit/app/made_up_artwork.hpp"
#include "tests/unit/player/request_link.hpp"

namespace zoe::render {
namespace {

Image plain(int width, int height, std::uint8_t value = 90) {
  Image image{.width = width, .height = height};
  image.rgb.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, value);
  return image;
}

TEST(Picture, ReadsAJpeg) {
  const auto read = decode_jpeg(test::to_jpeg(test::landscape(64, 36, 3)));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->width, 64);
  EXPECT_EQ(read->height, 36);
  EXPECT_EQ(read->rgb.size(), 64U * 36U * 3U);
}

TEST(Picture, RefusesWhatIsNone) {
  const std::vector<std::uint8_t> good = test::to_jpeg(plain(32, 32));
  EXPECT_FALSE(decode_jpeg({}));
  EXPECT_FALSE(decode_jpeg(as_bytes("\xFF\xD8\xFF")));
  EXPECT_FALSE(decode_jpeg(as_bytes("GIF89a\x01\x01\x01\x01")));
  EXPECT_FALSE(decode_jpeg(as_bytes("\x89PNG\r\n\x1a\n........................")));
  for (std::size_t size = 0; size + 1 < good.size(); size += 7)
    static_cast<void>(decode_jpeg(Bytes(good).first(size)));  // whatever it says, it ends
  for (std::size_t at = 2; at < good.size(); ++at) {
    std::vector<std::uint8_t> damaged = good;
    damaged[at] ^= 0x5A;
    const auto read = decode_jpeg(damaged);
    if (read) {
      EXPECT_EQ(read->rgb.size(), static_cast<std::size_t>(read->width) * static_cast<std::size_t>(read->height) * 3);
    }
  }
}

// The header alone says how large it is: 65,500 x 65,500 pixels are never made room for.
TEST(Picture, RefusesWhatIsTooLargeBeforeItIsDecoded) {
  std::vector<std::uint8_t> bytes = test::to_jpeg(plain(32, 32));
  const std::array<std::uint8_t, 2> frame{0xFF, 0xC0};
  const auto found = std::search(bytes.begin(), bytes.end(), frame.begin(), frame.end());
  ASSERT_NE(found, bytes.end());
  for (const std::ptrdiff_t at : {5, 6, 7, 8}) found[at] = 0xFF;
  const auto read = decode_jpeg(bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::kTooLarge);
}

TEST(Picture, Shrinks) {
  EXPECT_EQ(shrunk(plain(640, 360), 640).width, 640);
  const Image small = shrunk(plain(1000, 500), 240);
  EXPECT_LE(small.width, 240);
  EXPECT_EQ(small.width, 200);
  EXPECT_EQ(small.height, 100);
  EXPECT_TRUE(std::all_of(small.rgb.begin(), small.rgb.end(), [](std::uint8_t v) { return v == 90; }));
  EXPECT_EQ(shrunk(plain(3000, 1), 100).height, 1);
}

using PictureCacheTest = test::GlTest;

TEST_F(PictureCacheTest, TheLeastRecentlyUsedGoesFirst) {
  PictureCache cache(std::size_t{3} * 10 * 10 * 4);
  for (const char* key : {"a", "b", "c"}) cache.put(key, plain(10, 10), Minified::kNo);
  cache.next_turn();
  EXPECT_NE(cache.find("a"), nullptr);
  cache.put("d", plain(10, 10), Minified::kNo);
  EXPECT_EQ(cache.size(), 3U);
  EXPECT_EQ(cache.find("b"), nullptr);
  EXPECT_NE(cache.find("a"), nullptr);
  EXPECT_NE(cache.find("d"), nullptr);
  EXPECT_LE(cache.bytes(), std::size_t{3} * 10 * 10 * 4);
}

TEST_F(PictureCacheTest, WhatOneFrameShowsStays) {
  PictureCache cache(1);
  for (const char* key : {"a", "b", "c"}) cache.put(key, plain(10, 10), Minified::kYes);
  for (const char* key : {"a", "b", "c"}) EXPECT_NE(cache.find(key), nullptr);
  cache.next_turn();
  cache.put("d", plain(10, 10), Minified::kNo);
  EXPECT_EQ(cache.size(), 1U);
  cache.put("d", plain(20, 10), Minified::kNo);
  EXPECT_EQ(cache.size(), 1U);
  EXPECT_EQ(cache.find("d")->width, 20);
  cache.clear();
  EXPECT_EQ(cache.bytes(), 0U);
}

}  // namespace
}  // namespace zoe::render

namespace zoe::player {
namespace {

class ArtworkFeedTest : public testing::Test {
 protected:
  ArtworkFeedTest() { link.file = test::to_jpeg(test::landscape(64, 36, 1)); }
  static ArtworkKey poster(const std::string& media, const std::string& version = "1") {
    return {.media = media, .version = version};
  }
  std::vector<ArtworkFeed::Picture> wait_for(std::size_t count) {
    std::vector<ArtworkFeed::Picture> taken;
    EXPECT_TRUE(test::wait_until([&] {
      for (auto& each : feed.take(count)) taken.push_back(std::move(each));
      return taken.size() >= count;
    }));
    return taken;
  }

  test::RequestLink link;
  ArtworkFeed feed{link, [] {}};
};

TEST_F(ArtworkFeedTest, FetchesAndDecodes) {
  const std::vector<ArtworkKey> keys{poster("a"),
                                     {.media = "b", .version = "2", .kind = ArtworkKind::kPreview, .sheet = 3}};
  feed.want(keys, 0);
  ASSERT_EQ(link.asked.size(), 2U);
  EXPECT_EQ(link.asked[0].first, "library.artwork");
  EXPECT_EQ(nlohmann::json::parse(link.asked[0].second), (nlohmann::json{{"media", "a"}, {"kind", "poster"}}));
  EXPECT_EQ(nlohmann::json::parse(link.asked[1].second),
            (nlohmann::json{{"media", "b"}, {"kind", "preview"}, {"sheet", 3}}));
  const auto taken = wait_for(2);
  EXPECT_EQ(taken[0].image.width, 64);
}

TEST_F(ArtworkFeedTest, FewAreUnderWayAtATime) {
  link.holds_files = true;
  std::vector<ArtworkKey> keys;
  for (int i = 0; i < 40; ++i) keys.push_back(poster("m" + std::to_string(i)));
  for (int i = 0; i < 5; ++i) feed.want(keys, i);
  EXPECT_EQ(link.asked.size(), ArtworkFeed::kMostUnderWay) << "and none twice";
  // The viewer has scrolled on: what was not asked for before is not asked for any more.
  const std::vector<ArtworkKey> others{poster("z")};
  Result<std::vector<std::uint8_t>> file = link.file;
  link.waiting[0](file);
  wait_for(1);
  feed.want(others, 6);
  EXPECT_EQ(nlohmann::json::parse(link.asked.back().second).at("media"), "z");
}

TEST_F(ArtworkFeedTest, WhatFailedIsAskedAgainOnlyLater) {
  link.file = std::vector<std::uint8_t>{1, 2, 3};
  const std::vector<ArtworkKey> keys{poster("a")};
  feed.want(keys, 0);
  ASSERT_TRUE(test::wait_until([&] {
    feed.want(keys, 1);
    feed.want(std::vector<ArtworkKey>{poster("probe")}, 1);  // fails as well, and behind the first
    return link.asked.size() >= 2;
  }));
  const std::size_t before = link.asked.size();
  ASSERT_TRUE(test::wait_until([&] {
    feed.want(keys, ArtworkFeed::kAgainNs + 2);
    return link.asked.size() > before;
  }));
}

TEST_F(ArtworkFeedTest, AnotherVersionIsAnotherPicture) {
  EXPECT_NE(poster("a", "1").text(), poster("a", "2").text());
  EXPECT_NE((ArtworkKey{.media = "a", .version = "1", .kind = ArtworkKind::kPreview}).text(), poster("a").text());
}

TEST_F(ArtworkFeedTest, WhatIsUnderWayWhenItIsClearedComesNowhere) {
  link.holds_files = true;
  const std::vector<ArtworkKey> keys{poster("a")};
  feed.want(keys, 0);
  feed.clear();
  Result<std::vector<std::uint8_t>> file = link.file;
  link.waiting[0](file);
  feed.want(keys, 1);
  EXPECT_EQ(link.asked.size(), 2U) << "it is asked for anew";
  EXPECT_FALSE(feed.has_more());
}

}  // namespace
}  // namespace zoe::player
