// What the library does while files come, go, move and misbehave; and what lies beside them.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/clock.hpp"
#include "engine/core/file.hpp"
#include "engine/core/log.hpp"
#include "engine/core/metrics.hpp"
#include "engine/core/unique_fd.hpp"
#include "engine/media/languages.hpp"
#include "server/library/file_use.hpp"
#include "server/library/index_cache.hpp"
#include "server/library/library.hpp"
#include "server/library/media_title.hpp"
#include "server/library/quarantine.hpp"
#include "server/library/sidecar.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"

namespace zoe::server {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct FollowTest : testing::Test {
  FollowTest() {
    fs::create_directories(root);
    fs::create_directories(dir.file("artwork"));
  }

  std::string clip(int width = 64) { return test::make_clip({.width = width, .height = 48, .frames = 10}); }
  std::string add(const std::string& name, int width = 64) {
    fs::create_directories(fs::path(root + "/" + name).parent_path());
    fs::copy_file(clip(width), root + "/" + name);
    return root + "/" + name;
  }

  std::unique_ptr<Library> open() {
    LibraryConfig config{.folders = {root},
                         .root_names = {"films"},
                         .cache_file = dir.file("cache"),
                         .rescan_every = {},
                         .is_watching = is_watching,
                         .artwork = {dir.file("artwork")}};
    config.prober.program = program_folder() + "/zoetrope-bad-prober";
    auto library = std::make_unique<Library>(config, indexes, quarantine, clock, Log::null(), metrics);
    const std::uint64_t before = scans();
    library->start([](std::size_t) {});
    EXPECT_TRUE(test::wait_until([&] { return scans() > before; }));
    return library;
  }
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
  static MediaEntryPtr only(const Library& library) { return library.list({}).items.at(0); }

  test::TempDir dir;
  const std::string root = dir.file("films");
  SystemClock clock;
  Metrics metrics;
  IndexCache indexes{{}, metrics};
  Quarantine quarantine;
  bool is_watching = true;
};

TEST_F(FollowTest, FilesComeAndGoWithoutBeingAskedFor) {
  const auto library = open();
  EXPECT_EQ(library->size(), 0u);
  add("a.mp4");
  EXPECT_TRUE(test::wait_until([&] { return library->size() == 1; }));
  add("new folder/below/b.mp4", 80);
  EXPECT_TRUE(test::wait_until([&] { return library->size() == 2; }));
  add("new folder/below/c.mp4", 96);
  EXPECT_TRUE(test::wait_until([&] { return library->size() == 3; }));
  fs::remove_all(root + "/new folder");
  EXPECT_TRUE(test::wait_until([&] { return library->size() == 1; }));
}

TEST_F(FollowTest, AFileIsTakenWhenItIsWhole) {
  const std::string bytes = test::read_whole_file(clip());
  const auto library = open();
  const std::string path = root + "/slow.mp4";
  UniqueFd writer(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_EQ(::write(writer.get(), bytes.data(), bytes.size() / 2), static_cast<ssize_t>(bytes.size() / 2));
  if (use_of_file(path) == FileUse::kUnknown) GTEST_SKIP() << "this file system has no leases";
  EXPECT_EQ(use_of_file(path), FileUse::kBeingWritten);
  for (int i = 0; i < 3; ++i) {
    rescan(*library);
    EXPECT_THAT(paths(*library), IsEmpty());
    EXPECT_THAT(library->problems(), IsEmpty());
  }
  const std::size_t rest = bytes.size() - bytes.size() / 2;
  ASSERT_EQ(::write(writer.get(), bytes.data() + bytes.size() / 2, rest), static_cast<ssize_t>(rest));
  writer.reset();
  EXPECT_TRUE(test::wait_until([&] { return library->size() == 1; }));
}

// It would take the prober down, if it were looked into once more.
TEST_F(FollowTest, AMovedFileIsNotLookedIntoAgain) {
  is_watching = false;
  const std::string path = add("good.mp4");
  const auto library = open();
  const std::string id = only(*library)->id;
  ASSERT_TRUE(only(*library)->has_poster);
  fs::create_directories(root + "/sub");
  fs::rename(path, root + "/sub/crash.mp4");
  rescan(*library);
  ASSERT_THAT(paths(*library), ElementsAre("sub/crash.mp4"));
  EXPECT_EQ(only(*library)->id, id);
  EXPECT_TRUE(only(*library)->has_poster);
  EXPECT_EQ(only(*library)->folder(), "sub");
}

TEST_F(FollowTest, HostileFilesCostTheProberItsChildAndNothingElse) {
  is_watching = false;
  for (const char* name : {"a.mp4", "crash.mp4", "n.mp4", "quit.mp4", "z.mp4"}) add(name, 64 + 2 * name[0] % 50);
  const auto library = open();
  EXPECT_THAT(paths(*library), ElementsAre("a.mp4", "n.mp4", "z.mp4"));
  ASSERT_EQ(library->problems().size(), 2u);
  EXPECT_THAT(library->problems()[0].path, HasSubstr("crash.mp4"));
  EXPECT_THAT(library->problems()[0].message, HasSubstr("took the prober down"));
  // It is remembered, also by the next run, until the bytes change.
  rescan(*library);
  EXPECT_EQ(library->problems().size(), 2u);
  EXPECT_EQ(library->size(), 3u);
}

TEST_F(FollowTest, ACrashOverPicturesLeavesTheVideoListed) {
  add("art-only.mp4");
  const auto library = open();
  ASSERT_THAT(paths(*library), ElementsAre("art-only.mp4"));
  const MediaEntryPtr entry = only(*library);
  EXPECT_TRUE(test::wait_until([&] { return library->artwork().is_hopeless(entry->artwork_key); }));
  EXPECT_FALSE(library->artwork().preview(entry->artwork_key));
  EXPECT_TRUE(test::wait_until([&] { return library->scan_state().pictures_left == 0; }));
}

TEST_F(FollowTest, PicturesAreMadeOnceAndKept) {
  add("a.mp4");
  std::string key;
  {
    const auto library = open();
    key = only(*library)->artwork_key;
    EXPECT_TRUE(only(*library)->has_poster);
    EXPECT_TRUE(test::wait_until([&] { return library->artwork().preview(key).has_value(); }));
    const auto sheet = library->artwork().open_sheet(key, 0);
    ASSERT_TRUE(sheet);
    EXPECT_GT(sheet->size_bytes, 100u);
    EXPECT_FALSE(library->artwork().open_sheet(key, 1));
  }
  const auto made = fs::last_write_time(dir.file("artwork/" + key + ".sheet-0.jpg"));
  dir.write("artwork/new-left-over.jpg", "half a picture");
  const auto library = open();
  EXPECT_TRUE(only(*library)->has_poster);
  EXPECT_TRUE(library->artwork().preview(key));
  EXPECT_TRUE(test::wait_until([&] { return library->scan_state().pictures_left == 0; }));
  EXPECT_EQ(fs::last_write_time(dir.file("artwork/" + key + ".sheet-0.jpg")), made);
  EXPECT_FALSE(fs::exists(dir.file("artwork/new-left-over.jpg")));
}

TEST_F(FollowTest, LostPicturesAreMadeAgain) {
  add("a.mp4");
  const auto first = open();
  ASSERT_TRUE(test::wait_until([&] { return first->scan_state().pictures_left == 0; }));
  fs::remove_all(dir.file("artwork"));
  fs::create_directories(dir.file("artwork"));
  const auto library = open();
  EXPECT_TRUE(test::wait_until([&] { return only(*library)->has_poster; }));
}

TEST_F(FollowTest, PicturesOfVideosThatWentAreRemoved) {
  is_watching = false;
  add("a.mp4", 64);
  const std::string gone = add("b.mp4", 80);
  const auto library = open();
  ASSERT_TRUE(test::wait_until([&] { return library->scan_state().pictures_left == 0; }));
  const std::uint64_t before = library->artwork().bytes();
  fs::remove(gone);
  rescan(*library);
  EXPECT_LT(library->artwork().bytes(), before);
  EXPECT_GT(library->artwork().bytes(), 0u);
}

TEST_F(FollowTest, FoldersAndHowManyVideosLieInThem) {
  add("top.mp4", 64);
  add("Season 10/a.mp4", 66);
  add("Season 2/b.mp4", 68);
  add("Season 2/extras/c.mp4", 70);
  const auto library = open();
  std::vector<std::string> found;
  for (const FolderCount& each : library->folders("films", ""))
    found.push_back(each.folder + " " + std::to_string(each.media));
  EXPECT_THAT(found, ElementsAre("Season 2 2", "Season 10 1"));
  const auto below = library->folders("films", "Season 2");
  ASSERT_EQ(below.size(), 1u);
  EXPECT_EQ(below[0].name, "extras");
  EXPECT_EQ(below[0].folder, "Season 2/extras");
  EXPECT_THAT(library->folders("films", "Season"), IsEmpty());
  EXPECT_THAT(library->folders("else", ""), IsEmpty());
}

TEST_F(FollowTest, SubtitlesBesideAVideoBelongToIt) {
  is_watching = false;
  add("Film.mp4", 64);
  add("Film 2.mp4", 66);
  dir.write("films/Film.srt", "1");
  dir.write("films/Film.pt-BR.forced.ass", "2");
  dir.write("films/Film 2.German.sdh.vtt", "3");
  dir.write("films/Filmography.srt", "4");
  fs::create_directories(root + "/Subs");
  dir.write("films/Subs/Film.Commentary.en.srt", "5");
  const auto library = open();
  const auto items = library->list({}).items;
  ASSERT_EQ(items.size(), 2u);
  const auto& first = items[0]->subtitles;
  ASSERT_EQ(first.size(), 3u);
  EXPECT_EQ(first[0].language, "por");
  EXPECT_TRUE(first[0].is_forced);
  EXPECT_EQ(first[0].format, "ass");
  EXPECT_EQ(first[1].language, "");
  EXPECT_EQ(first[2].language, "eng");
  EXPECT_EQ(first[2].title, "Commentary");
  ASSERT_EQ(items[1]->subtitles.size(), 1u);
  EXPECT_EQ(items[1]->subtitles[0].language, "deu");
  EXPECT_TRUE(items[1]->subtitles[0].is_for_deaf);
  EXPECT_TRUE(open_sidecar(first[0]));
  // A new one is seen, without the video being another.
  dir.write("films/Film 2.fr.srt", "6");
  const std::string version = items[1]->version();
  rescan(*library);
  EXPECT_EQ(library->list({}).items[1]->subtitles.size(), 2u);
  EXPECT_EQ(library->list({}).items[1]->version(), version);
  dir.write("films/Film.srt", "changed");
  EXPECT_FALSE(open_sidecar(first[1]));
}

TEST(Sidecar, AnEndlessFileIsNoSubtitle) {
  const std::vector<FoundFile> files = {
      {.root = "/r", .path = "/r/a.mkv", .relative_path = "a.mkv", .size_bytes = 5},
      {.root = "/r", .path = "/r/a.srt", .relative_path = "a.srt", .size_bytes = kMostSidecarBytes + 1},
      {.root = "/r", .path = "/r/a.en.srt", .relative_path = "a.en.srt", .size_bytes = 5}};
  const auto found = find_sidecars(files);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found.at("/r/a.mkv").size(), 1u);
}

TEST(Sidecar, OnlySoManyBelongToOneVideo) {
  std::vector<FoundFile> files = {{.root = "/r", .path = "/r/a.mkv", .relative_path = "a.mkv", .size_bytes = 5}};
  for (int i = 0; i < 1000; ++i)
    files.push_back({.root = "/r", .path = "/r/a." + std::to_string(i) + ".srt", .relative_path = "", .size_bytes = 5});
  EXPECT_EQ(find_sidecars(files).at("/r/a.mkv").size(), kMostSidecars);
}

TEST(Languages, AreKnownByCodeAndName) {
  for (const char* word : {"de", "DE", "ger", "deu", "German", "de-AT", "de_CH"})
    EXPECT_EQ(media::language_code(word), "deu");
  for (const char* word : {"", "x", "commentary", "1", "-"}) EXPECT_EQ(media::language_code(word), "") << word;
}

TEST(MediaTitle, IsWhatPeopleWouldCallIt) {
  const auto title = [](const char* name) { return title_of("", name); };
  EXPECT_EQ(title("The.Film.2019.1080p.WEB-DL.x264-GROUP.mkv"), "The Film (2019)");
  EXPECT_EQ(title("The_Film_2019_720p.mkv"), "The Film (2019)");
  EXPECT_EQ(title("Holiday in Rome (1998).mp4"), "Holiday in Rome (1998)");
  EXPECT_EQ(title("2001.mkv"), "2001");
  EXPECT_EQ(title("1080p.mkv"), "1080p");
  EXPECT_EQ(title("match v1.2.mp4"), "match v1.2");
  EXPECT_EQ(title("cup_final.mp4"), "cup_final");
  EXPECT_EQ(title("our_first_match.mp4"), "our first match");
  EXPECT_EQ(title("2024.05.01.training.mp4"), "2024 05 01 training");
  EXPECT_EQ(title_of("From the tag", "x.1080p.mkv"), "From the tag");
}

}  // namespace
}  // namespace zoe::server
