#include "engine/plugin/host/plugin_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/paths.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::plugin {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class PluginFileTest : public testing::Test {
 protected:
  PluginFileTest() {
    path_ = folder_.file("ok.so");
    fs::copy_file(test::test_plugin_file("plugin_ok_c"), path_);
    fs::permissions(path_, fs::perms{0644});
  }
  Error error_of(const std::string& path) {
    const auto file = open_plugin_file(path);
    EXPECT_FALSE(file) << path;
    return file ? Error{} : file.error();
  }

  test::TempDir folder_;
  std::string path_;
};

TEST_F(PluginFileTest, AGoodFileIsOpenedAndCopiedByteForByte) {
  const auto file = open_plugin_file(path_);
  ASSERT_TRUE(file) << file.error().message;
  const std::string copy = folder_.file("copy.so");
  ASSERT_TRUE(copy_plugin_file(*file, copy));
  EXPECT_EQ(test::read_whole_file(copy), test::read_whole_file(path_));
  const auto again = copy_plugin_file(*file, copy);
  EXPECT_FALSE(again) << "an existing file is never overwritten";
}

TEST_F(PluginFileTest, TheCopyIsOfWhatWasCheckedWhateverLiesThereNow) {
  const auto file = open_plugin_file(path_);
  ASSERT_TRUE(file);
  const std::string content = test::read_whole_file(path_);
  fs::remove(path_);
  folder_.write("ok.so", "something else");
  const std::string copy = folder_.file("copy.so");
  ASSERT_TRUE(copy_plugin_file(*file, copy));
  EXPECT_EQ(test::read_whole_file(copy), content);
}

TEST_F(PluginFileTest, AMissingFileIsNamed) {
  const Error error = error_of(folder_.file("none.so"));
  EXPECT_EQ(error.code, Errc::kNotFound);
  EXPECT_THAT(error.message, HasSubstr("none.so"));
  EXPECT_EQ(error_of(folder_.file("no/folder.so")).code, Errc::kNotFound);
}

TEST_F(PluginFileTest, WhatOthersCanWriteIsRefused) {
  fs::permissions(path_, fs::perms{0666});
  EXPECT_THAT(error_of(path_).message, AllOf(HasSubstr("ok.so can be written by others"), HasSubstr("chmod go-w")));
  fs::permissions(path_, fs::perms{0664});
  EXPECT_EQ(error_of(path_).code, Errc::kDenied);
  fs::permissions(path_, fs::perms{0644});
  fs::permissions(folder_.path(), fs::perms{0777});
  EXPECT_THAT(error_of(path_).message, HasSubstr(folder_.path() + " can be written by others"));
}

TEST_F(PluginFileTest, AnothersFileIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "giving a file away needs root";
  ASSERT_EQ(::chown(path_.c_str(), 65534, 65534), 0);
  EXPECT_THAT(error_of(path_).message, HasSubstr("belongs to user 65534"));
}

TEST_F(PluginFileTest, OnlyARegularFileWillDo) {
  const std::string link = folder_.file("link.so");
  fs::create_symlink(path_, link);
  EXPECT_THAT(error_of(link).message, HasSubstr("is a symbolic link"));
  const std::string fifo = folder_.file("fifo.so");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(error_of(fifo).message, HasSubstr("not a regular file"));
  fs::create_directory(folder_.file("folder.so"));
  EXPECT_THAT(error_of(folder_.file("folder.so")).message, HasSubstr("not a regular file"));
}

TEST_F(PluginFileTest, WhatIsNoLibraryIsRefused) {
  for (const std::string& content : {std::string(), std::string("hello, I am text\n"), std::string(4096, '\0'),
                                     std::string("\x7f"
                                                 "ELF"),
                                     "\x7f"
                                     "ELF" +
                                         std::string(4096, '\xff')}) {
    const Error error = error_of(folder_.write("x.so", content));
    EXPECT_EQ(error.code, Errc::kMalformed);
    EXPECT_THAT(error.message, HasSubstr("x.so is no plugin"));
  }
}

// The loader itself would map the missing part and die of SIGBUS.
TEST_F(PluginFileTest, ATruncatedLibraryIsRefusedAtEveryLength) {
  const std::string whole = test::read_whole_file(path_);
  int refused = 0;
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    const auto file = open_plugin_file(folder_.write("cut.so", whole.substr(0, size)));
    if (!file) {
      EXPECT_EQ(file.error().code, Errc::kMalformed);
      ++refused;
    }
  }
  EXPECT_EQ(refused, static_cast<int>((whole.size() + 96) / 97));
}

TEST_F(PluginFileTest, WhatIsStillBeingWrittenIsLeftAlone) {
  std::ofstream writer(path_, std::ios::app);
  const auto file = open_plugin_file(path_);
  if (file) GTEST_SKIP() << "this file system has no leases";
  EXPECT_EQ(file.error().code, Errc::kUnavailable);
  EXPECT_THAT(file.error().message, HasSubstr("ok.so is still being written"));
  writer.close();
  EXPECT_TRUE(open_plugin_file(path_));
}

TEST_F(PluginFileTest, AnotherMachinesLibraryIsRefused) {
  std::string foreign = test::read_whole_file(path_);
  foreign[18] = 8;  // e_machine: MIPS
  foreign[19] = 0;
  EXPECT_THAT(error_of(folder_.write("mips.so", foreign)).message, HasSubstr("another kind of machine"));
}

}  // namespace
}  // namespace zoe::plugin
