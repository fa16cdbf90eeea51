#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/clock.hpp"
#include "engine/core/metrics.hpp"
#include "engine/media/probe.hpp"
#include "engine/media/track_index.hpp"
#include "server/library/index_cache.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::server {
namespace {

namespace fs = std::filesystem;

MediaEntry entry_of(const std::string& path) {
  MediaEntry entry;
  entry.path = path;
  entry.title = "clip";
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0);
  entry.size_bytes = static_cast<std::uint64_t>(info.st_size);
  entry.mtime_ns = info.st_mtim.tv_sec * kNsPerS + info.st_mtim.tv_nsec;
  entry.info = media::probe(path).value();
  return entry;
}

struct IndexCacheTest : testing::Test {
  std::string own_clip(const std::string& name) {
    const std::string path = dir.file(name);
    fs::copy_file(test::make_clip({}), path);
    return path;
  }
  std::uint64_t builds() { return metrics.counter("index_cache_builds_total").value(); }
  std::uint64_t disk_hits() { return metrics.counter("index_cache_disk_hits_total").value(); }
  IndexCacheConfig config() {
    fs::create_directories(dir.file("index"));
    return {.folder = dir.file("index")};
  }

  test::TempDir dir;
  Metrics metrics;
};

TEST_F(IndexCacheTest, BuildsOnceAndRemembersAcrossRestarts) {
  const MediaEntry entry = entry_of(own_clip("a.mp4"));
  const int stream = entry.info.best_video()->stream_index;
  {
    IndexCache cache(config(), metrics);
    EXPECT_FALSE(cache.is_made(entry, stream));
    EXPECT_EQ(cache.cached(entry, stream), nullptr);
    const auto index = cache.track_index(entry, stream);
    ASSERT_TRUE(index) << index.error().message;
    EXPECT_EQ((*index)->frames().size(), 60u);
    EXPECT_EQ(cache.track_index(entry, stream).value(), *index);
    EXPECT_EQ(cache.cached(entry, stream), *index);
    EXPECT_TRUE(cache.is_made(entry, stream));
    EXPECT_EQ(builds(), 1u);
  }
  IndexCache cache(config(), metrics);
  EXPECT_TRUE(cache.is_made(entry, stream));
  EXPECT_EQ(cache.track_index(entry, stream).value()->frames().size(), 60u);
  EXPECT_EQ(builds(), 1u);
  EXPECT_EQ(disk_hits(), 1u);
}

TEST_F(IndexCacheTest, BuildsAgainWhereTheCacheFileIsDamaged) {
  const MediaEntry entry = entry_of(own_clip("a.mp4"));
  const int stream = entry.info.best_video()->stream_index;
  ASSERT_TRUE(IndexCache(config(), metrics).track_index(entry, stream));
  std::string file;
  for (const auto& found : fs::directory_iterator(dir.file("index"))) file = found.path();
  const std::string good = test::read_whole_file(file);
  std::uint64_t expected = 1;
  for (const std::size_t damaged : {std::size_t{0}, std::size_t{9}, good.size() / 2, good.size() - 1}) {
    std::string bad = good;
    bad[damaged] = static_cast<char>(bad[damaged] ^ 0x55);
    dir.write("index/" + fs::path(file).filename().string(), bad);
    ASSERT_TRUE(IndexCache(config(), metrics).track_index(entry, stream));
    EXPECT_EQ(builds(), ++expected) << "byte " << damaged;
  }
  dir.write("index/" + fs::path(file).filename().string(), good.substr(0, 10));
  ASSERT_TRUE(IndexCache(config(), metrics).track_index(entry, stream));
  EXPECT_EQ(builds(), ++expected);
  EXPECT_EQ(disk_hits(), 0u);
}

TEST_F(IndexCacheTest, ManyCallersCostOneBuild) {
  const MediaEntry entry = entry_of(own_clip("a.mp4"));
  const int stream = entry.info.best_video()->stream_index;
  IndexCache cache({}, metrics);
  std::atomic<int> good{0};
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 8; ++i)
      callers.emplace_back([&] { good += cache.track_index(entry, stream).has_value() ? 1 : 0; });
  }
  EXPECT_EQ(good, 8);
  EXPECT_EQ(builds(), 1u);
}

TEST_F(IndexCacheTest, RefusesAFileThatIsNoLongerTheOneThatWasProbed) {
  const std::string path = own_clip("a.mp4");
  const MediaEntry entry = entry_of(path);
  IndexCache cache(config(), metrics);
  fs::resize_file(path, entry.size_bytes - 1);
  EXPECT_EQ(cache.track_index(entry, 0).error().code, Errc::kNotFound);
  fs::remove(path);
  EXPECT_EQ(cache.track_index(entry, 0).error().code, Errc::kNotFound);
}

TEST_F(IndexCacheTest, SaysThatThereIsNoSuchTrack) {
  const MediaEntry entry = entry_of(own_clip("a.mp4"));
  EXPECT_EQ(IndexCache({}, metrics).track_index(entry, 77).error().code, Errc::kNotFound);
}

TEST_F(IndexCacheTest, StopsWhenAsked) {
  const MediaEntry entry = entry_of(own_clip("a.mp4"));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(IndexCache({}, metrics).track_index(entry, 0, stop.get_token()).error().code, Errc::kCancelled);
}

TEST_F(IndexCacheTest, ForgetsTheLeastRecentlyUsedBeyondItsBudget) {
  const MediaEntry a = entry_of(own_clip("a.mp4"));
  const MediaEntry b = entry_of(own_clip("b.mp4"));
  const MediaEntry c = entry_of(own_clip("c.mp4"));
  IndexCache roomy({}, metrics);
  const std::size_t bytes = roomy.track_index(a, 0).value()->size_bytes();
  IndexCache cache({.memory_bytes = 2 * bytes + bytes / 2}, metrics);
  ASSERT_TRUE(cache.track_index(a, 0));
  ASSERT_TRUE(cache.track_index(b, 0));
  ASSERT_TRUE(cache.track_index(a, 0));
  ASSERT_TRUE(cache.track_index(c, 0));
  EXPECT_NE(cache.cached(a, 0), nullptr);
  EXPECT_EQ(cache.cached(b, 0), nullptr);
  EXPECT_NE(cache.cached(c, 0), nullptr);
  EXPECT_LE(cache.memory_used(), 2 * bytes + bytes / 2);
}

TEST_F(IndexCacheTest, KeepsItsFolderBelowItsBudget) {
  IndexCacheConfig small = config();
  const MediaEntry first = entry_of(own_clip("first.mp4"));
  ASSERT_TRUE(IndexCache(small, metrics).track_index(first, 0));
  std::uint64_t one = 0;
  for (const auto& found : fs::directory_iterator(small.folder)) one = found.file_size();
  small.disk_bytes = 3 * one;
  IndexCache cache(small, metrics);
  for (int i = 0; i < 8; ++i) {
    const MediaEntry entry = entry_of(own_clip(std::to_string(i) + ".mp4"));
    ASSERT_TRUE(cache.track_index(entry, 0));
  }
  std::uint64_t used = 0;
  for (const auto& found : fs::directory_iterator(small.folder)) used += found.file_size();
  EXPECT_LE(used, small.disk_bytes + one / 2);
  EXPECT_GE(used, one);
}

}  // namespace
}  // namespace zoe::server
