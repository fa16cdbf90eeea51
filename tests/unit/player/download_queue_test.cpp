#include "player/client/download_queue.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/player/file_link.hpp"
#include "tests/unit/player/full_disk.hpp"

namespace zoe::player {
namespace {

namespace fs = std::filesystem;
using test::FileLink;
using test::wait_until;

constexpr std::size_t kBytes = 9'000'000;  // more than two blocks

std::string content(std::uint32_t seed, std::size_t bytes = kBytes) {
  std::string text(bytes, '\0');
  for (char& c : text) {
    seed = seed * 1664525U + 1013904223U;
    c = static_cast<char>(seed >> 24);
  }
  return text;
}

class DownloadQueueTest : public testing::Test {
 protected:
  DownloadQueueTest() {
    link.serve("m1", {first, "v1"});
    link.serve("Films/a.mkv", {first, "v1"});
    start();
  }

  void start() {
    DownloadQueue::Options options;
    options.folder = folder.file("here");
    options.list_path = folder.file("config/downloads.json");
    options.first_backoff_ns = kNsPerMs;
    queue.emplace(link, std::move(options), clock, Log::null(), std::make_unique<test::FullDisk>(room));
  }
  // As when the program ends and is started again.
  void start_again() {
    queue.reset();
    start();
  }

  static DownloadRequest request(const std::string& media = "m1", const std::string& path = "a.mkv") {
    return {.source = {.media = media, .root = "Films", .path = path, .title = "A"}};
  }
  DownloadInfo info(std::size_t index = 0) const {
    const Downloads all = queue->downloads();
    return index < all->size() ? (*all)[index] : DownloadInfo{};
  }
  bool reaches(DownloadStage stage, std::size_t index = 0) const {
    return wait_until([&] { return queue->downloads()->size() > index && info(index).stage == stage; });
  }
  // The server has sent as much as it may, and it is written.
  bool has_come(std::uint64_t bytes) const {
    return wait_until([&] { return info().done_bytes >= bytes; });
  }
  void stop_after(std::uint64_t bytes) {
    link.limit(bytes);
    queue->add(request());
    ASSERT_TRUE(has_come(bytes));
  }
  void come_back() {
    link.limit(UINT64_MAX);
    link.restore();
    queue->notify();
  }
  std::string file(const std::string& name) const { return folder.file("here/" + name); }
  bool is_left(const std::string& name) const {
    return fs::exists(file(name + ".part")) || fs::exists(file(name + ".part.state"));
  }
  std::uint64_t last_offset() const { return link.wishes().at(link.wishes().size() - 2).offset; }  // before the check

  test::TempDir folder;
  SystemClock clock;
  FileLink link;
  std::shared_ptr<test::FullDisk::Room> room = std::make_shared<test::FullDisk::Room>();
  const std::string first = content(1);
  std::optional<DownloadQueue> queue;
};

TEST_F(DownloadQueueTest, BringsAFile) {
  queue->add(request());
  ASSERT_TRUE(reaches(DownloadStage::kDone));
  EXPECT_EQ(test::read_whole_file(file("a.mkv")), first);
  EXPECT_FALSE(is_left("a.mkv"));
  EXPECT_EQ(info().path(), file("a.mkv"));
  EXPECT_EQ(info().note, "");
  EXPECT_EQ(link.open_transfers(), 0U);
}

TEST_F(DownloadQueueTest, AnEmptyFileIsOneToo) {
  link.serve("m2", {"", "v1"});
  queue->add(request("m2", "none.mkv"));
  ASSERT_TRUE(reaches(DownloadStage::kDone));
  EXPECT_EQ(fs::file_size(file("none.mkv")), 0U);
}

TEST_F(DownloadQueueTest, NothingIsOverwritten) {
  folder.write("here/a.mkv", "mine");
  folder.write("here/a (2).mkv.part", "somebody's");
  queue->add(request());
  ASSERT_TRUE(reaches(DownloadStage::kDone));
  EXPECT_EQ(info().name, "a (3).mkv");
  EXPECT_EQ(test::read_whole_file(file("a.mkv")), "mine");
  EXPECT_EQ(test::read_whole_file(file("a (2).mkv.part")), "somebody's");
  EXPECT_EQ(test::read_whole_file(file("a (3).mkv")), first);
}

TEST_F(DownloadQueueTest, ANameThatIsTakenMeanwhileIsLeftAlone) {
  stop_after(1'000'000);
  folder.write("here/a.mkv", "mine");
  link.limit(UINT64_MAX);
  ASSERT_TRUE(reaches(DownloadStage::kDone));
  EXPECT_EQ(test::read_whole_file(file("a.mkv")), "mine");
  EXPECT_EQ(test::read_whole_file(file("a (2).mkv")), first);
}

TEST_F(DownloadQueueTest, GoesOnOverAnotherConnection) {
  stop_after(5'000'000);
  link.cut();
  ASSERT_TRUE(reaches(DownloadStage::kWaiting));
  come_back();
  ASSERT_TRUE(reaches(DownloadStage::kDone));
  EXPECT_GE(last_offset(), 5'000'000U);
  EXPECT_EQ(test::read_whole_file(file("a.mkv")), first);
}

TEST_F(DownloadQueueTest, GoesOnInTheNextRunOfTheProgram) {
  stop_after(5'000'000);
  start_again();
  link.limit(UINT64_MAX);
  ASSERT_TRUE(reaches(DownloadStage::kDone));
  EXPECT_GE(last_offset(), 5'000'000U);
  EXPECT_EQ(test::read_whole_file(file("a.mkv")), first);
  start_again();
  ASSERT_TRUE(reaches(DownloadStage::kDone)) << "what is done stays in the list";
  queue->clear_done();
  EXPECT_TRUE(wait_until([&] { return queue->downloads()->empty(); }));
  EXPECT_TRUE(fs::exists(file("a.mkv")));
}

TEST_F(DownloadQueueTest, WhatChangedOnTheDiskComesAgain) {
  stop_after(8'900'000);
  queue.reset();
  std::string part = test::read_whole_file(file("a.mkv.part"));
  part[4'500'000] = static_cast<char>(part[4'500'000] + 1);
  folder.write("here/a.mkv.part", part);
  start();
  link.limit(UINT64_MAX);
  ASSERT_TRUE(reaches(DownloadStage::kDone));
  EXPECT_EQ(last_offset(), block_bytes_of(kBytes)) << "from the block on that was damaged";
  EXPECT_EQ(test::read_whole_file(file("a.mkv")), first);
  EXPECT_NE(info().note.find("fetched again"), std::string::npos) << info().note;
}

TEST_F(DownloadQueueTest, APartThatIsGoneComesAgain) {
  stop_after(5'000'000);
  queue.reset();
  fs::remove(file("a.mkv.part"));
  start();
  link.limit(UINT64_MAX);
  ASSERT_TRUE(reaches(DownloadStage::kDone));
  EXPECT_EQ(test::read_whole_file(file("a.mkv")), first);
}

TEST_F(DownloadQueueTest, AnotherContentBeginsAnew) {
  stop_after(5'000'000);
  link.cut();
  const std::string second = content(2, kBytes + 1);
  link.serve("m1", {second, "v2"});
  come_back();
  ASSERT_TRUE(reaches(DownloadStage::kDone));
  EXPECT_EQ(test::read_whole_file(file("a.mkv")), second);
  EXPECT_NE(info().note.find("changed on the server"), std::string::npos) << info().note;
}

TEST_F(DownloadQueueTest, ShorterContentBeginsAnew) {
  stop_after(5'000'000);
  link.cut();
  const std::string second = content(2, 1000);
  link.serve("m1", {second, "v2"});
  come_back();
  ASSERT_TRUE(reaches(DownloadStage::kDone));
  EXPECT_EQ(test::read_whole_file(file("a.mkv")), second);
}

TEST_F(DownloadQueueTest, ContentThatHasAnotherNumberIsFoundByItsPlace) {
  stop_after(5'000'000);
  link.cut();
  const std::string second = content(2);
  link.forget("m1");
  link.serve("Films/a.mkv", {second, "v2"});
  come_back();
  ASSERT_TRUE(reaches(DownloadStage::kDone));
  EXPECT_EQ(test::read_whole_file(file("a.mkv")), second);
}

TEST_F(DownloadQueueTest, ContentThatChangedWhileItCameIsNotTaken) {
  stop_after(5'000'000);
  const std::string second = content(2);
  link.serve("m1", {second, "v2"});  // what is sent is the former one still
  link.limit(UINT64_MAX);
  ASSERT_TRUE(reaches(DownloadStage::kDone));
  EXPECT_EQ(test::read_whole_file(file("a.mkv")), second);
}

TEST_F(DownloadQueueTest, WhatHasLeftTheLibraryFailsAfterAWhile) {
  stop_after(5'000'000);
  link.cut();
  link.forget("m1");
  link.forget("Films/a.mkv");
  come_back();
  ASSERT_TRUE(reaches(DownloadStage::kFailed));
  EXPECT_TRUE(fs::exists(file("a.mkv.part"))) << "what has come is kept";
  link.serve("m1", {first, "v1"});
  queue->resume(info().id);
  ASSERT_TRUE(reaches(DownloadStage::kDone));
  EXPECT_GE(last_offset(), 5'000'000U);
}

TEST_F(DownloadQueueTest, ARefusalIsSaidAndCanBeTriedAgain) {
  link.refuse_all(Error{Errc::kDenied, "guests may not download"});
  queue->add(request());
  ASSERT_TRUE(reaches(DownloadStage::kFailed));
  EXPECT_EQ(info().note, "guests may not download");
  link.refuse_all({});
  queue->resume(info().id);
  ASSERT_TRUE(reaches(DownloadStage::kDone));
}

TEST_F(DownloadQueueTest, AFullDiskPausesIt) {
  for (const bool is_told_before : {true, false}) {
    room->bytes = 3'000'000;
    room->is_told_before = is_told_before;
    queue->add(request());
    ASSERT_TRUE(reaches(DownloadStage::kPaused));
    EXPECT_NE(info().note.find("disk is full"), std::string::npos) << info().note;
    EXPECT_EQ(link.open_transfers(), 0U);
    room->bytes = UINT64_MAX;
    queue->resume(info().id);
    ASSERT_TRUE(reaches(DownloadStage::kDone));
    EXPECT_EQ(test::read_whole_file(file("a.mkv")), first);
    queue->clear_done();
    ASSERT_TRUE(wait_until([&] { return queue->downloads()->empty(); }));
    fs::remove(file("a.mkv"));
  }
}

TEST_F(DownloadQueueTest, PausesAndGoesOn) {
  stop_after(5'000'000);
  queue->pause(info().id);
  ASSERT_TRUE(reaches(DownloadStage::kPaused));
  EXPECT_EQ(link.open_transfers(), 0U);
  link.limit(UINT64_MAX);
  start_again();
  ASSERT_TRUE(reaches(DownloadStage::kPaused)) << "as it was left";
  EXPECT_GE(info().done_bytes, 5'000'000U);
  queue->resume(info().id);
  ASSERT_TRUE(reaches(DownloadStage::kDone));
  EXPECT_EQ(test::read_whole_file(file("a.mkv")), first);
}

TEST_F(DownloadQueueTest, WhatIsRemovedLeavesNothing) {
  stop_after(5'000'000);
  queue->remove(info().id);
  ASSERT_TRUE(wait_until([&] { return queue->downloads()->empty(); }));
  EXPECT_FALSE(is_left("a.mkv"));
  EXPECT_FALSE(fs::exists(file("a.mkv")));
  EXPECT_EQ(link.open_transfers(), 0U);
}

TEST_F(DownloadQueueTest, WhatIsRemovedInTheNextRunLeavesNothingEither) {
  stop_after(5'000'000);
  queue->pause(info().id);
  ASSERT_TRUE(reaches(DownloadStage::kPaused));
  start_again();
  ASSERT_TRUE(reaches(DownloadStage::kPaused));
  queue->remove(info().id);
  ASSERT_TRUE(wait_until([&] { return queue->downloads()->empty(); }));
  EXPECT_FALSE(is_left("a.mkv"));
}

TEST_F(DownloadQueueTest, OneAfterAnotherOrSeveralAtOnce) {
  const std::string second = content(3);
  link.serve("m2", {second, "v1"});
  stop_after(1'000'000);
  queue->add(request("m2", "b.mkv"));
  ASSERT_TRUE(reaches(DownloadStage::kQueued, 1));
  EXPECT_EQ(link.open_transfers(), 1U);
  queue->set_most_at_once(2);
  ASSERT_TRUE(reaches(DownloadStage::kRunning, 1));
  link.limit(UINT64_MAX);
  ASSERT_TRUE(reaches(DownloadStage::kDone, 0));
  ASSERT_TRUE(reaches(DownloadStage::kDone, 1));
  EXPECT_EQ(test::read_whole_file(file("b.mkv")), second);
}

TEST_F(DownloadQueueTest, TheSameFileIsInTheListOnce) {
  stop_after(1'000'000);
  queue->add(request());
  queue->add(request());
  link.limit(UINT64_MAX);
  ASSERT_TRUE(reaches(DownloadStage::kDone));
  EXPECT_EQ(queue->downloads()->size(), 1U);
}

TEST_F(DownloadQueueTest, AnotherServerIsAskedForNothing) {
  stop_after(1'000'000);
  link.cut();
  ASSERT_TRUE(reaches(DownloadStage::kWaiting));
  const std::size_t wishes = link.wishes().size();
  link.set_address("cellar:7340");
  come_back();
  ASSERT_TRUE(reaches(DownloadStage::kQueued));
  EXPECT_NE(info().note.find("attic:7340"), std::string::npos) << info().note;
  EXPECT_EQ(link.wishes().size(), wishes);
  link.set_address("attic:7340");
  queue->notify();
  EXPECT_TRUE(reaches(DownloadStage::kDone));
}

TEST_F(DownloadQueueTest, WhatPlaysHasTheLine) {
  queue->set_pace(DownloadPace::kTrickle);
  queue->add(request());
  ASSERT_TRUE(reaches(DownloadStage::kDone));
  EXPECT_LE(link.most_ahead(), FileIntake::kChunkBytes + FileIntake::kChunkBytes / 2);
  EXPECT_EQ(test::read_whole_file(file("a.mkv")), first);
}

TEST_F(DownloadQueueTest, AListThatIsNoneIsPassedOver) {
  queue.reset();
  folder.write("config/downloads.json", "{\"format\":1,\"folder\":3}");
  start();
  queue->add(request());
  EXPECT_TRUE(reaches(DownloadStage::kDone));
}

}  // namespace
}  // namespace zoe::player
