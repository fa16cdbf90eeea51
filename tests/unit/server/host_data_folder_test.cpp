#include "server/host/data_folder.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace zoe::server {
namespace {

using ::testing::HasSubstr;

TEST(DataFolder, IsMadePrivate) {
  const zoe::test::TempDir dir;
  const auto folder = DataFolder::open(dir.file("deep/data"));
  ASSERT_TRUE(folder) << folder.error().message;
  struct stat info {};
  ASSERT_EQ(::stat(folder->path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  EXPECT_TRUE(folder->folder("index"));
  EXPECT_EQ(::access(folder->file("index").c_str(), W_OK), 0);
}

TEST(DataFolder, BelongsToOneServerAtATime) {
  const zoe::test::TempDir dir;
  {
    const auto first = DataFolder::open(dir.file("data"));
    ASSERT_TRUE(first);
    const auto second = DataFolder::open(dir.file("data"));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::kConflict);
    EXPECT_THAT(second.error().message, HasSubstr("process " + std::to_string(::getpid())));
    EXPECT_THAT(second.error().message, HasSubstr("--data-dir"));
  }
  EXPECT_TRUE(DataFolder::open(dir.file("data")));
}

TEST(DataFolder, SaysThatItCannotBeWritten) {
  const zoe::test::TempDir dir;
  dir.write("file", "x");
  const auto below_a_file = DataFolder::open(dir.file("file/data"));
  ASSERT_FALSE(below_a_file);
  EXPECT_THAT(below_a_file.error().message, HasSubstr("--data-dir"));
}

TEST(DataFolder, IsNotTakenFromAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  const zoe::test::TempDir dir;
  ASSERT_TRUE(DataFolder::open(dir.file("data")));
  ASSERT_EQ(::chmod(dir.path().c_str(), 0755), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setuid(65'534) != 0) ::_exit(9);
    const auto folder = DataFolder::open(dir.file("data"));
    ::_exit(!folder && folder.error().message.find("--data-dir") != std::string::npos ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace zoe::server
