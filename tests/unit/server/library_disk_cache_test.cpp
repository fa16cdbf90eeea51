#include "server/library/disk_cache.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace zoe::server {
namespace {

namespace fs = std::filesystem;

struct DiskCacheTest : testing::Test {
  DiskCacheConfig config() const {
    return {.folder = dir.path(), .extension = ".tst", .magic = 7, .most_bytes = 10'000, .least_free_bytes = 0};
  }
  static std::vector<std::uint8_t> body(std::uint8_t fill, std::size_t size = 1000) {
    return std::vector<std::uint8_t>(size, fill);
  }
  static std::string found(const DiskCache& cache, const std::string& key) {
    const auto stored = cache.load(key);
    return stored ? std::string(as_text(stored->body())) : "none";
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    for (const auto& each : fs::directory_iterator(dir.path())) all.push_back(each.path());
    return all;
  }
  // As if it had been used that long ago.
  void age(const fs::path& file, int hours) const {
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(hours));
  }

  zoe::test::TempDir dir;
};

TEST_F(DiskCacheTest, GivesBackWhatItWasGivenAlsoToTheNextOne) {
  DiskCache cache(config());
  EXPECT_FALSE(cache.has("a"));
  ASSERT_TRUE(cache.save("a", as_bytes("first")));
  ASSERT_TRUE(cache.save("b", as_bytes("second")));
  ASSERT_TRUE(cache.save("a", as_bytes("third")));
  const DiskCache next(config());
  EXPECT_TRUE(next.has("a"));
  EXPECT_EQ(found(next, "a"), "third");
  EXPECT_EQ(found(next, "b"), "second");
  EXPECT_EQ(found(next, "c"), "none");
}

TEST_F(DiskCacheTest, WhatIsDamagedOrAnothersIsAbsent) {
  DiskCache cache(config());
  ASSERT_TRUE(cache.save("a", as_bytes("first")));
  const fs::path file = files().at(0);
  const std::string whole = zoe::test::read_whole_file(file.string());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string bad = whole;
    bad[i] = static_cast<char>(bad[i] ^ 0x20);
    dir.write(file.filename().string(), bad);
    EXPECT_EQ(found(cache, "a"), "none") << "byte " << i;
    dir.write(file.filename().string(), whole.substr(0, i));
    EXPECT_EQ(found(cache, "a"), "none") << i << " bytes";
  }
  dir.write(file.filename().string(), whole);
  EXPECT_EQ(found(cache, "a"), "first");
  DiskCacheConfig other = config();
  other.magic = 8;
  EXPECT_EQ(found(DiskCache(other), "a"), "none") << "another kind of thing";
}

TEST_F(DiskCacheTest, TheLeastRecentlyUsedGo) {
  DiskCache cache(config());
  for (int i = 0; i < 9; ++i) {
    ASSERT_TRUE(cache.save(std::to_string(i), body(static_cast<std::uint8_t>(i))));
    for (const fs::path& file : files()) age(file, 20 - i);
  }
  dir.write("stranger.txt", std::string(50'000, 'x'));
  EXPECT_NE(found(cache, "0"), "none") << "used just now";
  ASSERT_TRUE(cache.save("9", body(9)));
  EXPECT_LE(cache.bytes(), 8000U) << "down to four fifths";
  EXPECT_TRUE(cache.has("0"));
  EXPECT_TRUE(cache.has("9"));
  EXPECT_EQ(files().size(), 7U + 1U);
  EXPECT_EQ(cache.save("huge", body(1, 20'000)).error().code, Errc::kTooLarge);
  EXPECT_TRUE(fs::exists(dir.file("stranger.txt")));
}

TEST_F(DiskCacheTest, LeavesRoomForOthers) {
  {
    DiskCache cache(config());
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(cache.save(std::to_string(i), body(1)));
  }
  DiskCacheConfig greedy = config();
  greedy.least_free_bytes = UINT64_MAX / 2;
  DiskCache cache(greedy);
  EXPECT_EQ(cache.save("new", body(1)).error().code, Errc::kUnavailable);
  EXPECT_FALSE(cache.has("new"));
  EXPECT_EQ(files().size(), 3U) << "it shrinks, by what it would have grown";
}

TEST_F(DiskCacheTest, ADiskThatTakesNothingCostsTheCacheOnly) {
  DiskCacheConfig nowhere = config();
  nowhere.folder = dir.file("missing");
  DiskCache cache(nowhere);
  EXPECT_FALSE(cache.save("a", body(1)));
  EXPECT_EQ(found(cache, "a"), "none");
  DiskCacheConfig off = config();
  off.folder.clear();
  DiskCache none(off);
  EXPECT_FALSE(none.is_on());
  EXPECT_TRUE(none.save("a", body(1)));
  EXPECT_EQ(found(none, "a"), "none");
}

}  // namespace
}  // namespace zoe::server
