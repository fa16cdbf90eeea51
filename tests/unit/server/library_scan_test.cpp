#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/metrics.hpp"
#include "server/library/index_cache.hpp"
#include "server/library/library.hpp"
#include "server/library/quarantine.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"

namespace zoe::server {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct LibraryTest : testing::Test {
  LibraryTest() { fs::create_directories(root); }

  // A clip in the library's folder. Different `width`s have different bytes.
  std::string add(const std::string& name, int width = 64) {
    const std::string path = root + "/" + name;
    fs::create_directories(fs::path(path).parent_path());
    fs::copy_file(test::make_clip({.width = width, .height = 48, .frames = 10}), path,
                  fs::copy_options::overwrite_existing);
    return path;
  }

  LibraryConfig config() { return {.folders = {root}, .cache_file = dir.file("cache"), .rescan_every = {}}; }

  std::unique_ptr<Library> open(LibraryConfig with) {
    auto library = std::make_unique<Library>(std::move(with), indexes, quarantine, clock, Log::null(), metrics);
    const std::uint64_t before = scans();
    library->start([this](std::size_t total) { announced = total; });
    EXPECT_TRUE(test::wait_until([&] { return scans() > before; }));
    return library;
  }
  std::unique_ptr<Library> open() { return open(config()); }

  void rescan(Library& library) {
    const std::uint64_t before = scans();
    library.rescan();
    ASSERT_TRUE(test::wait_until([&] { return scans() > before; }));
  }

  std::uint64_t scans() { return metrics.counter("library_scans_total").value(); }

  static std::vector<std::string> paths(const Library& library) {
    std::vector<std::string> out;
    for (const MediaEntryPtr& entry : library.list({}).items) out.push_back(entry->relative_path);
    std::sort(out.begin(), out.end());
    return out;
  }

  test::TempDir dir;
  const std::string root = dir.file("films");
  SystemClock clock;
  Metrics metrics;
  IndexCache indexes{{}, metrics};
  Quarantine quarantine;
  std::atomic<std::size_t> announced{0};
};

TEST_F(LibraryTest, ListsWhatItFindsAndNothingElse) {
  add("a.mp4", 64);
  add("sub/b.renamed", 80);
  test::TempDir other;
  fs::copy_file(test::make_clip({.width = 96, .height = 48, .frames = 10, .container = "mkv"}), root + "/c");
  dir.write("films/notes.txt", "text");
  dir.write("films/text.mp4", "this is no video at all, whatever its name says");
  dir.write("films/README", "no video, and nobody thinks so");
  const auto library = open();
  EXPECT_THAT(paths(*library), ElementsAre("a.mp4", "c", "sub/b.renamed"));
  EXPECT_EQ(announced, 3u);
  const auto problems = library->problems();
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_THAT(problems[0].path, HasSubstr("text.mp4"));
  EXPECT_FALSE(problems[0].message.empty());
  EXPECT_TRUE(test::wait_until([&] { return !library->scan_state().is_running; }));
}

TEST_F(LibraryTest, DescribesTheMedia) {
  const std::string path = add("My clip.mp4", 64);
  const auto library = open();
  const MediaEntryPtr entry = library->list({}).items.at(0);
  EXPECT_EQ(library->find(entry->id), entry);
  EXPECT_EQ(library->find("else"), nullptr);
  EXPECT_EQ(entry->path, path);
  EXPECT_EQ(entry->title, "My clip");
  EXPECT_EQ(entry->size_bytes, fs::file_size(path));
  EXPECT_EQ(entry->info.best_video()->width, 64);
  EXPECT_NEAR(static_cast<double>(entry->info.duration_us), 333'333, 40'000);
  EXPECT_TRUE(open_media_file(*entry));
}

TEST_F(LibraryTest, TakesTruncatedEmptyAndHugeFilesInItsStride) {
  const std::string whole = test::read_whole_file(test::make_clip({.width = 64, .height = 48, .frames = 10}));
  dir.write("films/truncated.mp4", whole.substr(0, whole.size() / 3));
  dir.write("films/empty.mp4", "");
  dir.write("films/huge.mkv", "x");
  ASSERT_EQ(::truncate((root + "/huge.mkv").c_str(), off_t{1} << 40), 0);
  ASSERT_EQ(::mkfifo((root + "/pipe.mp4").c_str(), 0600), 0);
  add("good.mp4");
  const auto library = open();
  EXPECT_THAT(paths(*library), ElementsAre("good.mp4"));
  std::vector<std::string> left_out;
  for (const LibraryProblem& problem : library->problems()) left_out.push_back(fs::path(problem.path).filename());
  EXPECT_THAT(left_out, testing::UnorderedElementsAre("truncated.mp4", "huge.mkv"));
}

TEST_F(LibraryTest, NamesOfAnyBytesCanBeShown) {
  const std::string path = add("caf\xE9.mp4");
  const auto library = open();
  const MediaEntryPtr entry = library->list({}).items.at(0);
  EXPECT_EQ(entry->path, path);
  EXPECT_EQ(entry->relative_path, "caf\xEF\xBF\xBD.mp4");
  EXPECT_EQ(entry->title, "caf\xEF\xBF\xBD");
}

TEST_F(LibraryTest, ARescanFindsNewFilesAndDropsThoseThatHaveGone) {
  add("a.mp4", 64);
  const auto library = open();
  add("b.mp4", 80);
  rescan(*library);
  EXPECT_THAT(paths(*library), ElementsAre("a.mp4", "b.mp4"));
  fs::remove(root + "/a.mp4");
  rescan(*library);
  EXPECT_THAT(paths(*library), ElementsAre("b.mp4"));
  EXPECT_EQ(announced, 1u);
}

TEST_F(LibraryTest, LooksAgainByItself) {
  LibraryConfig often = config();
  often.rescan_every = std::chrono::milliseconds(20);
  const auto library = open(often);
  add("new.mp4");
  EXPECT_TRUE(test::wait_until([&] { return library->size() == 1; }));
  fs::remove(root + "/new.mp4");
  EXPECT_TRUE(test::wait_until([&] { return library->size() == 0; }));
}

TEST_F(LibraryTest, AFileKeepsItsIdWhenItMoves) {
  add("a.mp4");
  const auto library = open();
  const MediaEntryPtr before = library->list({}).items.at(0);
  fs::create_directories(root + "/new/place");
  fs::rename(root + "/a.mp4", root + "/new/place/b.mp4");
  rescan(*library);
  const MediaEntryPtr after = library->list({}).items.at(0);
  EXPECT_EQ(after->relative_path, "new/place/b.mp4");
  EXPECT_EQ(after->id, before->id);
  EXPECT_EQ(after->added_utc_ns, before->added_utc_ns);
}

TEST_F(LibraryTest, CopiesAreListedSeparatelyAndKeepTheirIds) {
  add("a.mp4");
  add("b.mp4");
  std::string a_id;
  std::string b_id;
  {
    const auto library = open();
    const auto items = library->list({}).items;
    ASSERT_EQ(items.size(), 2u);
    a_id = items[0]->id;
    b_id = items[1]->id;
    EXPECT_NE(a_id, b_id);
    fs::remove(root + "/a.mp4");
    rescan(*library);
    EXPECT_EQ(library->list({}).items.at(0)->id, b_id);
  }
  EXPECT_EQ(open()->list({}).items.at(0)->id, b_id);
}

TEST_F(LibraryTest, AChangedFileIsAnotherOne) {
  const std::string path = add("a.mp4", 64);
  const auto library = open();
  const MediaEntryPtr before = library->list({}).items.at(0);
  add("a.mp4", 80);
  fs::last_write_time(path, fs::file_time_type::clock::now() + std::chrono::seconds(5));
  rescan(*library);
  const MediaEntryPtr after = library->list({}).items.at(0);
  EXPECT_NE(after->id, before->id);
  EXPECT_EQ(after->info.best_video()->width, 80);
  EXPECT_EQ(open_media_file(*before).error().code, Errc::kNotFound);
}

TEST_F(LibraryTest, WhoSawAScanRunHearsOfItsEnd) {
  add("a.mp4");
  std::atomic<int> ends{0};
  Library library(config(), indexes, quarantine, clock, Log::null(), metrics);
  library.start([&](std::size_t) { ends += library.scan_state().is_running ? 0 : 1; });
  EXPECT_TRUE(test::wait_until([&] { return ends > 0; }));
}

TEST_F(LibraryTest, WhoStopsItIsToldOfNothingAfterwards) {
  add("a.mp4");
  std::atomic<bool> is_telling{false};
  std::atomic<int> told{0};
  Library library(config(), indexes, quarantine, clock, Log::null(), metrics);
  library.start([&](std::size_t) {
    is_telling = true;
    ++told;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    is_telling = false;
  });
  ASSERT_TRUE(test::wait_until([&] { return is_telling.load(); }));
  library.stop();
  EXPECT_FALSE(is_telling);
  const int before = told;
  add("b.mp4", 80);
  library.rescan();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(told, before);
  EXPECT_EQ(library.size(), 1u);
}

TEST_F(LibraryTest, ARestartTakesWhatIsUnchangedFromItsCache) {
  const std::string path = add("a.mp4");
  std::string id;
  std::int64_t added = 0;
  {
    const auto library = open();
    id = library->list({}).items.at(0)->id;
    added = library->list({}).items.at(0)->added_utc_ns;
    // Or the second library, preparing the index in the background, would find the file out.
    const MediaEntryPtr entry = library->list({}).items.at(0);
    ASSERT_TRUE(indexes.track_index(*entry, entry->info.best_video()->stream_index));
  }
  // The bytes are no video any more, but size and time say that nothing changed: only the cache can know it.
  const auto time = fs::last_write_time(path);
  dir.write("films/a.mp4", std::string(fs::file_size(path), 'x'));
  fs::last_write_time(path, time);
  const auto library = open();
  ASSERT_THAT(paths(*library), ElementsAre("a.mp4"));
  EXPECT_EQ(library->list({}).items.at(0)->id, id);
  EXPECT_EQ(library->list({}).items.at(0)->added_utc_ns, added);
}

TEST_F(LibraryTest, ADamagedCacheCostsAProbeOnly) {
  add("a.mp4");
  open();
  dir.write("cache", "zoetrope library 1\n{\"path\":\"zz\"}\ngarbage");
  EXPECT_THAT(paths(*open()), ElementsAre("a.mp4"));
}

TEST_F(LibraryTest, WhatFolderIsMissingNowIsKnownWhenItComesBack) {
  add("a.mp4");
  const auto library = open();
  const std::string id = library->list({}).items.at(0)->id;
  const std::int64_t added = library->list({}).items.at(0)->added_utc_ns;
  fs::rename(root, dir.file("away"));
  rescan(*library);
  EXPECT_EQ(library->size(), 0u);
  ASSERT_EQ(library->problems().size(), 1u);
  fs::rename(dir.file("away"), root);
  rescan(*library);
  ASSERT_EQ(library->size(), 1u);
  EXPECT_EQ(library->list({}).items.at(0)->id, id);
  EXPECT_EQ(library->list({}).items.at(0)->added_utc_ns, added);
}

TEST_F(LibraryTest, AQuarantinedFileIsLeftOutWithWords) {
  const std::string path = add("a.mp4");
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  const std::int64_t mtime_ns = info.st_mtim.tv_sec * kNsPerS + info.st_mtim.tv_nsec;
  dir.write("quarantine",
            "SIGSEGV " + std::to_string(info.st_size) + " " + std::to_string(mtime_ns) + " " + path + "\n");
  quarantine = Quarantine::load(dir.file("quarantine")).value();
  const auto library = open();
  EXPECT_THAT(paths(*library), IsEmpty());
  ASSERT_EQ(library->problems().size(), 1u);
  EXPECT_THAT(library->problems()[0].message, HasSubstr("--release-quarantine"));
}

TEST_F(LibraryTest, IndexesAheadOfTheFirstViewer) {
  add("a.mp4");
  fs::create_directories(dir.file("index"));
  IndexCache on_disk{{.folder = dir.file("index")}, metrics};
  Library library(config(), on_disk, quarantine, clock, Log::null(), metrics);
  library.start([](std::size_t) {});
  ASSERT_TRUE(test::wait_until([&] { return library.size() == 1; }));
  EXPECT_TRUE(on_disk.is_made(*library.list({}).items.at(0), 0));
}

}  // namespace
}  // namespace zoe::server
