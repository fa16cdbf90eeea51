#include "engine/core/file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace zoe {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

mode_t mode_of(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

TEST(ReadFile, ReadsAllAndHoldsTheLimit) {
  const test::TempDir folder;
  const std::string path = folder.write("a", "0123456789");
  EXPECT_EQ(as_text(read_file(path, 10).value()), "0123456789");
  const auto over = read_file(path, 9);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Errc::kTooLarge);
  EXPECT_TRUE(read_file(folder.write("empty", ""), 0).value().empty());
}

TEST(ReadFile, NamesWhatIsMissingOrNoFile) {
  const test::TempDir folder;
  EXPECT_EQ(read_file(folder.file("none"), 10).error().code, Errc::kNotFound);
  EXPECT_EQ(read_file(folder.path(), 10).error().code, Errc::kIo);
  const std::string fifo = folder.file("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(read_file(fifo, 10).error().message, HasSubstr("not a regular file")) << "and it did not wait";
}

TEST(ReadFile, AFileThatClaimsNoSizeIsReadToItsEnd) {
  const auto bytes = read_file("/proc/self/status", 1U << 20);
  ASSERT_TRUE(bytes);
  EXPECT_THAT(std::string(as_text(*bytes)), HasSubstr("Pid:"));
}

TEST(WriteFileAtomic, ReplacesWithTheModeAskedForAndLeavesNothingBehind) {
  const test::TempDir folder;
  const std::string path = folder.file("secret");
  ASSERT_TRUE(write_file_atomic(path, as_bytes("old"), 0600));
  EXPECT_EQ(mode_of(path), 0600U);
  ASSERT_TRUE(write_file_atomic(path, as_bytes("new"), 0644));
  EXPECT_EQ(mode_of(path), 0644U);
  EXPECT_EQ(as_text(read_file(path, 10).value()), "new");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(WriteFileAtomic, AFailureLeavesTheOldFileAndNoTemporaryOne) {
  const test::TempDir folder;
  const std::string in_the_way = folder.file("folder");
  fs::create_directory(in_the_way);
  fs::create_directory(in_the_way + "/full");
  const Status status = write_file_atomic(in_the_way, as_bytes("x"));
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr(in_the_way));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
  EXPECT_FALSE(write_file_atomic(folder.file("no/such/folder/file"), as_bytes("x")));
}

// A reader sees the old or the new content, never a part or a mix.
TEST(WriteFileAtomic, NeverShowsATornFile) {
  const test::TempDir folder;
  const std::string path = folder.file("state");
  constexpr std::size_t kSize = 64U << 10;
  ASSERT_TRUE(write_file_atomic(path, as_bytes(std::string(kSize, 'a'))));
  std::atomic<bool> is_done{false};
  std::jthread writer([&] {
    for (int i = 1; i <= 60; ++i)
      EXPECT_TRUE(write_file_atomic(path, as_bytes(std::string(kSize, static_cast<char>('a' + i % 26)))));
    is_done = true;
  });
  do {
    const auto bytes = read_file(path, kSize);
    ASSERT_TRUE(bytes);
    ASSERT_EQ(bytes->size(), kSize);
    ASSERT_EQ(std::string(as_text(*bytes)), std::string(kSize, static_cast<char>((*bytes)[0])));
  } while (!is_done);
}

TEST(PrivateFolder, IsMadeWithItsParentsAndClosedToOthers) {
  const test::TempDir folder;
  const std::string path = folder.file("a/b/data");
  ASSERT_TRUE(make_private_folder(path));
  EXPECT_EQ(mode_of(path), 0700U);
  ASSERT_EQ(::chmod(path.c_str(), 0755), 0);
  ASSERT_TRUE(make_private_folder(path));
  EXPECT_EQ(mode_of(path), 0700U) << "one that stood open is closed";
}

TEST(PrivateFolder, AFileInTheWayIsNamed) {
  const test::TempDir folder;
  const Status status = make_private_folder(folder.write("data", "x"));
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("it is a file, not a folder"));
}

TEST(PrivateFolder, AnothersFolderIsRefusedByName) {
  const test::TempDir folder;
  const std::string path = folder.file("theirs");
  fs::create_directory(path);
  if (::geteuid() != 0 || ::chown(path.c_str(), 65534, 65534) != 0) GTEST_SKIP() << "giving a folder away needs root";
  const Status status = make_private_folder(path);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::kDenied);
  EXPECT_THAT(status.error().message, HasSubstr("belongs to nobody"));
}

class ResolveInside : public testing::Test {
 protected:
  ResolveInside() {
    folder_.write("root/a/clip.mp4", "x");
    folder_.write("root-beside/secret", "x");
    folder_.write("secret", "x");
    root_ = fs::canonical(folder_.file("root")).string();
  }
  Errc code_of(std::string_view relative) const {
    const auto result = resolve_inside(root_, relative);
    EXPECT_FALSE(result) << relative;
    return result ? Errc::kInternal : result.error().code;
  }

  test::TempDir folder_;
  std::string root_;
};

TEST_F(ResolveInside, GivesTheCanonicalPath) {
  EXPECT_EQ(resolve_inside(root_, "a/clip.mp4").value(), root_ + "/a/clip.mp4");
  EXPECT_EQ(resolve_inside(root_ + "/", "a/./../a//clip.mp4").value(), root_ + "/a/clip.mp4");
  EXPECT_EQ(resolve_inside(root_, "").value(), root_);
}

TEST_F(ResolveInside, RefusesToClimbOut) {
  EXPECT_EQ(code_of("../secret"), Errc::kDenied);
  EXPECT_EQ(code_of("a/../../secret"), Errc::kDenied);
  EXPECT_EQ(code_of("../nothing-there"), Errc::kDenied) << "whether it exists is nobody's business";
  EXPECT_EQ(code_of("../root/a/clip.mp4"), Errc::kDenied);
  EXPECT_EQ(code_of("/etc/passwd"), Errc::kDenied);
  EXPECT_EQ(code_of(root_ + "/a/clip.mp4"), Errc::kDenied) << "absolute, though inside";
}

TEST_F(ResolveInside, RefusesLinksThatLeadOut) {
  fs::create_symlink("../secret", root_ + "/link");
  fs::create_directory_symlink("../root-beside", root_ + "/beside");
  fs::create_symlink("a/clip.mp4", root_ + "/inner");
  fs::create_symlink("loop", root_ + "/loop");
  EXPECT_EQ(code_of("link"), Errc::kDenied);
  EXPECT_EQ(code_of("beside/secret"), Errc::kDenied) << "a name that begins like the root is not inside it";
  EXPECT_EQ(code_of("loop"), Errc::kDenied);
  EXPECT_EQ(resolve_inside(root_, "inner").value(), root_ + "/a/clip.mp4");
}

TEST_F(ResolveInside, TellsMissingFromMalformed) {
  EXPECT_EQ(code_of("a/other.mp4"), Errc::kNotFound);
  EXPECT_EQ(code_of("a/clip.mp4/below"), Errc::kNotFound);
  EXPECT_EQ(code_of(std::string(5000, 'x')), Errc::kNotFound);
  EXPECT_EQ(code_of(std::string_view("a\0b", 3)), Errc::kInvalidArgument);
}

TEST(Folders, FollowTheXdgVariables) {
  const char* old = std::getenv("XDG_DATA_HOME");
  const std::string kept = old ? old : "";
  ::setenv("XDG_DATA_HOME", "/srv/data", 1);
  EXPECT_EQ(user_data_folder(), "/srv/data/zoetrope");
  ::setenv("XDG_DATA_HOME", "relative", 1);
  EXPECT_THAT(user_data_folder(), testing::EndsWith("/.local/share/zoetrope")) << "a relative value is ignored";
  if (old)
    ::setenv("XDG_DATA_HOME", kept.c_str(), 1);
  else
    ::unsetenv("XDG_DATA_HOME");
}

TEST(Folders, TheProgramKnowsWhereItLies) { EXPECT_TRUE(fs::exists(program_folder() + "/test_core")); }

}  // namespace
}  // namespace zoe
