#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "server/library/file_identity.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::server {
namespace {

TEST(ContentId, StaysWhenTheFileMoves) {
  const test::TempDir dir;
  dir.write("a", std::string(1000, 'x'));
  const auto before = content_id(dir.file("a"));
  ASSERT_TRUE(before);
  EXPECT_EQ(before->size(), 32u);
  EXPECT_EQ(before->find_first_not_of("0123456789abcdef"), std::string::npos);
  std::filesystem::rename(dir.file("a"), dir.file("b"));
  EXPECT_EQ(content_id(dir.file("b")).value(), *before);
}

TEST(ContentId, TellsSmallFilesApartByEveryByte) {
  const test::TempDir dir;
  std::string content(200'000, 'x');
  dir.write("a", content);
  content[123'456] = 'y';
  dir.write("b", content);
  EXPECT_NE(content_id(dir.file("a")).value(), content_id(dir.file("b")).value());
}

TEST(ContentId, TellsLargeFilesApartBySizeHeadMiddleAndTail) {
  const test::TempDir dir;
  const std::string base(4'000'000, 'x');
  dir.write("base", base);
  const std::string id = content_id(dir.file("base")).value();
  for (const std::size_t changed : {std::size_t{0}, (base.size() - 32'768) / 7 * 3 + 100, base.size() - 1}) {
    std::string other = base;
    other[changed] = 'y';
    dir.write("other", other);
    EXPECT_NE(content_id(dir.file("other")).value(), id) << "byte " << changed;
  }
  dir.write("longer", base + "x");
  EXPECT_NE(content_id(dir.file("longer")).value(), id);
}

TEST(ContentId, ReadsLittleOfAHugeFile) {
  const test::TempDir dir;
  dir.write("huge", "x");
  ASSERT_EQ(::truncate(dir.file("huge").c_str(), off_t{1} << 40), 0);
  EXPECT_TRUE(content_id(dir.file("huge")));  // a terabyte would take hours
}

TEST(ContentId, RefusesAPipeWithoutWaitingForIt) {
  const test::TempDir dir;
  ASSERT_EQ(::mkfifo(dir.file("pipe").c_str(), 0600), 0);
  const auto id = content_id(dir.file("pipe"));
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().code, Errc::kUnsupported);
}

TEST(ContentId, SaysThatTheFileIsMissing) {
  const test::TempDir dir;
  EXPECT_EQ(content_id(dir.file("none")).error().code, Errc::kNotFound);
}

TEST(CopyId, DependsOnContentAndPlace) {
  EXPECT_EQ(copy_id("abc", "/x"), copy_id("abc", "/x"));
  EXPECT_NE(copy_id("abc", "/x"), copy_id("abc", "/y"));
  EXPECT_NE(copy_id("abd", "/x"), copy_id("abc", "/x"));
}

}  // namespace
}  // namespace zoe::server
