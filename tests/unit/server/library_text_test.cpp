#include "server/library/utf8_text.hpp"

#include <string>

#include <gtest/gtest.h>

namespace zoe::server {
namespace {

constexpr const char* kReplacement = "\xEF\xBF\xBD";

TEST(PrintableUtf8, KeepsValidText) {
  const std::string text = "Caf\xC3\xA9 \xE6\x98\xA0\xE7\x94\xBB \xF0\x9F\x8E\xAC";
  EXPECT_EQ(printable_utf8(text), text);
}

TEST(PrintableUtf8, ReplacesBytesThatAreNoCharacter) {
  EXPECT_EQ(printable_utf8("a\xFF"), std::string("a") + kReplacement);
  EXPECT_EQ(printable_utf8("caf\xE9.mp4"), std::string("caf") + kReplacement + ".mp4");                // Latin-1
  EXPECT_EQ(printable_utf8("\xC0\xAF"), std::string(kReplacement) + kReplacement);                     // overlong
  EXPECT_EQ(printable_utf8("\xED\xA0\x80"), std::string(kReplacement) + kReplacement + kReplacement);  // surrogate
  EXPECT_EQ(printable_utf8("\xF5\x80\x80\x80").size(), 4 * std::string(kReplacement).size());          // too high
  EXPECT_EQ(printable_utf8("\xE6\x98"), std::string(kReplacement) + kReplacement);                     // cut off
}

TEST(PrintableUtf8, TurnsControlCharactersIntoSpaces) {
  EXPECT_EQ(printable_utf8("a\nb\x1B[31m\x7F"), "a b [31m ");
  EXPECT_EQ(printable_utf8("\xC2\x9B"), " ");  // the control sequence introducer of C1
}

TEST(CutUtf8, CutsBetweenCharacters) {
  EXPECT_EQ(cut_utf8("abc", 3), "abc");
  EXPECT_EQ(cut_utf8("a\xC3\xA9z", 2), "a");
  EXPECT_EQ(cut_utf8("a\xC3\xA9z", 3), "a\xC3\xA9");
  EXPECT_EQ(cut_utf8("\xF0\x9F\x8E\xAC", 3), "");
}

TEST(FoldCase, KnowsMoreThanAscii) {
  EXPECT_EQ(fold_case("CAF\xC3\x89"), "caf\xC3\xA9");
  EXPECT_EQ(fold_case("\xD0\x9C\xD0\x98\xD0\xA0"), "\xD0\xBC\xD0\xB8\xD1\x80");  // Cyrillic
}

TEST(SortKey, OrdersNumbersByTheirValue) {
  EXPECT_LT(sort_key("Part 2"), sort_key("part 10"));
  EXPECT_LT(sort_key("part 10"), sort_key("Part 11"));
  EXPECT_EQ(sort_key("Part 007"), sort_key("part 7"));
  EXPECT_LT(sort_key("a 9"), sort_key("b 1"));
  EXPECT_LT(sort_key("x"), sort_key("x 1"));
}

}  // namespace
}  // namespace zoe::server
