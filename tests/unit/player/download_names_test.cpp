#include "player/client/download_names.hpp"

#include <gtest/gtest.h>

namespace zoe::player {
namespace {

TEST(DownloadNames, StayInTheirFolder) {
  EXPECT_EQ(safe_file_name("film.mkv"), "film.mkv");
  EXPECT_EQ(safe_file_name("../../etc/passwd"), "_._.._etc_passwd");
  EXPECT_EQ(safe_file_name(".."), "download");
  EXPECT_EQ(safe_file_name("."), "download");
  EXPECT_EQ(safe_file_name(""), "download");
  EXPECT_EQ(safe_file_name("a\\b.mkv"), "a_b.mkv");
  EXPECT_EQ(safe_file_name(std::string("a\0b.mkv", 7)), "a_b.mkv");
}

TEST(DownloadNames, SurpriseNobody) {
  EXPECT_EQ(safe_file_name("-rf.mkv"), "_rf.mkv");
  EXPECT_EQ(safe_file_name(".hidden.mkv"), "_hidden.mkv");
  EXPECT_EQ(safe_file_name(" film.mkv. "), "_film.mkv");
  EXPECT_EQ(safe_file_name("a\x1b[2Jb\n.mkv"), "a_[2Jb_.mkv");
  EXPECT_EQ(safe_file_name("film\u202Evkm.exe"), "film_vkm.exe") << "the writing direction is not turned";
  EXPECT_EQ(safe_file_name("a\xff.mkv"), "a\uFFFD.mkv");
}

TEST(DownloadNames, KeepTheirLetters) {
  EXPECT_EQ(safe_file_name("Über – 決勝 🏆 (final).mkv"), "Über – 決勝 🏆 (final).mkv");
  EXPECT_EQ(safe_file_name("\u0645\u0628\u0627\u0631\u0627\u0629.mkv"), "\u0645\u0628\u0627\u0631\u0627\u0629.mkv");
}

TEST(DownloadNames, AreBoundedAndKeepTheirEnding) {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "\u6C7A";
  const std::string safe = safe_file_name(name + ".mkv");
  EXPECT_LE(safe.size(), kMostFileNameBytes);
  EXPECT_TRUE(safe.ends_with("\u6C7A.mkv")) << safe;
  EXPECT_EQ(safe_file_name(safe), safe) << "it stays what it is";
  const std::string dots = safe_file_name(std::string(10'000, 'x') + '.' + std::string(10'000, 'y'));
  EXPECT_LE(dots.size(), kMostFileNameBytes);
}

TEST(DownloadNames, AreNumberedBeforeTheirEnding) {
  EXPECT_EQ(numbered_name("film.mkv", 1), "film.mkv");
  EXPECT_EQ(numbered_name("film.mkv", 2), "film (2).mkv");
  EXPECT_EQ(numbered_name("film", 12), "film (12)");
}

TEST(DownloadNames, LastPart) {
  EXPECT_EQ(last_part("a/b/c.mkv"), "c.mkv");
  EXPECT_EQ(last_part("c.mkv"), "c.mkv");
  EXPECT_EQ(last_part("a/"), "");
}

}  // namespace
}  // namespace zoe::player
