#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/unique_fd.hpp"
#include "server/library/file_walk.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

WalkResult walk(const std::vector<std::string>& roots, std::size_t most_files = 1000) {
  return walk_folders(roots, most_files, {}, [](std::size_t) {});
}

std::vector<std::string> names(const WalkResult& result) {
  std::vector<std::string> out;
  for (const FoundFile& file : result.files) out.push_back(file.relative_path);
  std::sort(out.begin(), out.end());
  return out;
}

TEST(FileWalk, FindsFilesInAllFoldersWithTheirSize) {
  const test::TempDir dir;
  dir.write("a.mp4", "12345");
  dir.write("deep/er/b.mkv", "1");
  const WalkResult result = walk({dir.path()});
  EXPECT_THAT(names(result), ElementsAre("a.mp4", "deep/er/b.mkv"));
  EXPECT_THAT(result.problems, IsEmpty());
  EXPECT_TRUE(result.is_complete);
  const auto a = std::find_if(result.files.begin(), result.files.end(),
                              [](const FoundFile& file) { return file.relative_path == "a.mp4"; });
  EXPECT_EQ(a->size_bytes, 5u);
  EXPECT_EQ(a->path, dir.path() + "/a.mp4");
  EXPECT_GT(a->mtime_ns, 1'500'000'000'000'000'000);
}

TEST(FileWalk, PassesOverHiddenAndEmptyFiles) {
  const test::TempDir dir;
  dir.write(".hidden.mp4", "x");
  dir.write(".folder/in.mp4", "x");
  dir.write("empty.mp4", "");
  EXPECT_THAT(names(walk({dir.path()})), IsEmpty());
}

TEST(FileWalk, NeverTouchesPipesAndSockets) {
  const test::TempDir dir;
  ASSERT_EQ(::mkfifo(dir.file("pipe.mp4").c_str(), 0600), 0);
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, dir.file("s.mp4").c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  dir.write("real.mp4", "x");
  EXPECT_THAT(names(walk({dir.path()})), ElementsAre("real.mp4"));
}

TEST(FileWalk, EndsWhereLinksGoInCircles) {
  const test::TempDir dir;
  dir.write("sub/a.mp4", "x");
  std::filesystem::create_directory_symlink(dir.path(), dir.file("sub/up"));
  std::filesystem::create_symlink("self.mp4", dir.file("self.mp4"));
  const WalkResult result = walk({dir.path()});
  EXPECT_THAT(names(result), ElementsAre("sub/a.mp4"));
  ASSERT_EQ(result.problems.size(), 1u);  // the link to itself
  EXPECT_THAT(result.problems[0].path, HasSubstr("self.mp4"));
}

TEST(FileWalk, FollowsLinksButListsAFileOnceUnderItsOwnName) {
  const test::TempDir dir;
  const test::TempDir elsewhere;
  elsewhere.write("outside.mp4", "x");
  elsewhere.write("folder/inside.mp4", "x");
  dir.write("z.mp4", "x");
  dir.write(".store/kept.mp4", "x");
  std::filesystem::create_symlink(dir.file("z.mp4"), dir.file("a-link-to-z.mp4"));
  std::filesystem::create_symlink(dir.file(".store/kept.mp4"), dir.file("kept.mp4"));
  std::filesystem::create_symlink(elsewhere.file("outside.mp4"), dir.file("linked.mp4"));
  std::filesystem::create_directory_symlink(elsewhere.file("folder"), dir.file("more"));
  std::filesystem::create_symlink(dir.file("gone.mp4"), dir.file("dangling.mp4"));
  const WalkResult result = walk({dir.path()});
  EXPECT_THAT(names(result), ElementsAre("kept.mp4", "linked.mp4", "more/inside.mp4", "z.mp4"));
  EXPECT_THAT(result.problems, IsEmpty());
}

TEST(FileWalk, ListsEachFileOnceWhereRootsLieInEachOther) {
  const test::TempDir dir;
  dir.write("sub/a.mp4", "x");
  EXPECT_EQ(walk({dir.path(), dir.file("sub")}).files.size(), 1u);
}

TEST(FileWalk, KeepsNamesOfAnyBytes) {
  const test::TempDir dir;
  dir.write("caf\xE9\n.mp4", "x");
  EXPECT_THAT(names(walk({dir.path()})), ElementsAre("caf\xE9\n.mp4"));
}

TEST(FileWalk, SaysWhichRootIsMissing) {
  const test::TempDir dir;
  dir.write("a.mp4", "x");
  const WalkResult result = walk({dir.file("missing"), dir.path()});
  EXPECT_THAT(names(result), ElementsAre("a.mp4"));
  ASSERT_EQ(result.problems.size(), 1u);
  EXPECT_THAT(result.unreadable_roots, ElementsAre(dir.file("missing")));
}

// Root may read every folder, so it becomes somebody else for a while.
class AsNobody {
 public:
  AsNobody() : before_(::geteuid()) {
    if (before_ == 0) static_cast<void>(!::seteuid(65'534));
  }
  ~AsNobody() {
    if (before_ == 0) static_cast<void>(!::seteuid(before_));
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  const uid_t before_;
};

TEST(FileWalk, SaysWhichFolderCannotBeRead) {
  const test::TempDir dir;
  dir.write("locked/a.mp4", "x");
  dir.write("open.mp4", "x");
  ASSERT_EQ(::chmod(dir.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(dir.file("locked").c_str(), 0), 0);
  WalkResult result;
  {
    const AsNobody nobody;
    result = walk({dir.path()});
  }
  ASSERT_EQ(::chmod(dir.file("locked").c_str(), 0700), 0);
  EXPECT_THAT(names(result), ElementsAre("open.mp4"));
  ASSERT_EQ(result.problems.size(), 1u);
  EXPECT_THAT(result.problems[0].path, HasSubstr("locked"));
}

TEST(FileWalk, StopsAtItsBound) {
  const test::TempDir dir;
  for (int i = 0; i < 5; ++i) dir.write("f" + std::to_string(i) + ".mp4", "x");
  const WalkResult result = walk({dir.path()}, 3);
  EXPECT_EQ(result.files.size(), 3u);
  EXPECT_FALSE(result.is_complete);
  ASSERT_EQ(result.problems.size(), 1u);
  EXPECT_THAT(result.problems[0].message, HasSubstr("library.most_files"));
}

TEST(FileWalk, StopsWhenAsked) {
  const test::TempDir dir;
  dir.write("a.mp4", "x");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(walk_folders({dir.path()}, 10, stop.get_token(), [](std::size_t) {}).is_complete);
}

}  // namespace
}  // namespace zoe::server
