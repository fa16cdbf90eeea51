#include <gtest/gtest.h>
#include <imgui.h>

#include "engine/ui/fonts.hpp"
#include "engine/ui/icons.hpp"
#include "engine/ui/text_shape.hpp"
#include "engine/ui/utf8.hpp"
#include "player/panels/format.hpp"
#include "tests/unit/app/gl_test.hpp"

namespace zoe::ui {
namespace {

TEST(Utf8, ReadsWhatIsWellFormedAndReplacesTheRest) {
  EXPECT_EQ(to_code_points("a\u00E9\u5C71\U0001F600"), U"a\u00E9\u5C71\U0001F600");
  EXPECT_EQ(to_code_points("\xC3"), U"\uFFFD");            // cut off
  EXPECT_EQ(to_code_points("\xC0\xAF"), U"\uFFFD\uFFFD");  // overlong
  EXPECT_EQ(to_code_points("\xE0\x80\xAF"), U"\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(to_code_points("\xED\xA0\x80"), U"\uFFFD\uFFFD\uFFFD");            // half of a surrogate pair
  EXPECT_EQ(to_code_points("\xF4\x90\x80\x80"), U"\uFFFD\uFFFD\uFFFD\uFFFD");  // beyond Unicode
  EXPECT_EQ(to_code_points("\xFF"
                           "a"),
            U"\uFFFD"
            U"a");
  EXPECT_EQ(to_utf8(U"a\u00E9\u5C71\U0001F600"), "a\u00E9\u5C71\U0001F600");
}

TEST(TextShape, LeavesOrdinaryTextAlone) {
  for (const char* text : {"", "Autumn training", "\u5C71\u306E\u671D", "\u0423\u0442\u0440\u043E"}) {
    EXPECT_FALSE(needs_shaping(text));
    EXPECT_EQ(shape_line(text), text);
  }
}

TEST(TextShape, TurnsRightToLeftTextRound) {
  // Alef bet gimel, and a number that keeps its order: shown from the left as number, gimel, bet, alef.
  EXPECT_EQ(shape_line("\u05D0\u05D1\u05D2 12"), "12 \u05D2\u05D1\u05D0");
  // Inside a left-to-right line only the Hebrew word turns round.
  EXPECT_EQ(shape_line("ab \u05D0\u05D1 cd"), "ab \u05D1\u05D0 cd");
  // The number behind a quoted name stays behind it.
  EXPECT_EQ(shape_line("ab \u201C\u05D0\u05D1\u201D 12 cd"), "ab \u201C\u05D1\u05D0\u201D 12 cd");
}

TEST(TextShape, JoinsArabicLetters) {
  // Beh three times: final, medial and initial form, from the left.
  EXPECT_EQ(shape_line("\u0628\u0628\u0628"), "\uFE90\uFE92\uFE91");
}

TEST(TextShape, DropsWhatSteersAndControls) {
  EXPECT_EQ(shape_line("a\u202Eb\u202C"), "ab");  // an override cannot disguise a name
  EXPECT_EQ(shape_line("one\ntwo\tthree\x7F"), "one two three ");
  EXPECT_EQ(shape_line("\uFEFFname"), "name");
}

TEST(TextShape, BoundsHostileText) {
  const std::string shaped = shape_line(std::string(100'000, 'x') + "\u05D0");
  EXPECT_LE(shaped.size(), 1024U);
}

class FontsTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto theme = Theme::load(test::asset_folder() + "/theme.json", Scheme::kDark);
    ASSERT_TRUE(theme) << theme.error().message;
    theme_ = *theme;
    auto fonts = Fonts::create(theme_, test::asset_folder());
    ASSERT_TRUE(fonts) << fonts.error().message;
    fonts_ = std::move(*fonts);
    rebuild();
  }

  void rebuild() {
    const Status built = fonts_->rebuild(atlas_);
    ASSERT_TRUE(built) << built.error().message;
  }

  bool has(TextStyle style, ImWchar letter) const { return fonts_->get(style).FindGlyphNoFallback(letter) != nullptr; }

  Theme theme_;
  ImFontAtlas atlas_;
  std::unique_ptr<Fonts> fonts_;
};

TEST_F(FontsTest, BeginWithTheAlphabetAndEveryIcon) {
  EXPECT_TRUE(has(TextStyle::kBody, 'a'));
  EXPECT_TRUE(has(TextStyle::kHeadline, 0x2026));
  EXPECT_FALSE(fonts_->is_stale());
  for (std::string_view icon : icon::kAll) {
    const auto code_point = static_cast<ImWchar>(to_code_points(icon)[0]);
    const ImFontGlyph* glyph = fonts_->get(TextStyle::kIcon).FindGlyphNoFallback(code_point);
    ASSERT_NE(glyph, nullptr) << std::hex << code_point;
    EXPECT_TRUE(glyph->Visible) << std::hex << code_point;
  }
}

TEST_F(FontsTest, TakeInLettersWhenTheyAreNeeded) {
  EXPECT_FALSE(has(TextStyle::kBody, 0x0423));
  fonts_->need("\u0423\u0442\u0440\u043E");
  EXPECT_TRUE(fonts_->is_stale());
  rebuild();
  EXPECT_FALSE(fonts_->is_stale());
  EXPECT_TRUE(has(TextStyle::kBody, 0x0423));
  fonts_->need("\u0423");
  EXPECT_FALSE(fonts_->is_stale());
}

// Hebrew is in no font of ours: an installed one lends it, where there is one.
TEST_F(FontsTest, BorrowLettersOfOtherScripts) {
  FontFinder finder;
  const auto lender = finder.find(0x05D0);
  if (!lender) GTEST_SKIP() << "no font with Hebrew is installed";
  fonts_->need("\u05D0");
  rebuild();
  EXPECT_TRUE(has(TextStyle::kBody, 0x05D0));
  EXPECT_TRUE(has(TextStyle::kStrong, 0x05D0));
}

TEST_F(FontsTest, SurviveLettersThatNoFontHas) {
  fonts_->need("\u0378\uFFFE\U0010FFFF");
  rebuild();
  EXPECT_FALSE(fonts_->is_stale());
  EXPECT_FALSE(has(TextStyle::kBody, 0x0378));
}

TEST_F(FontsTest, GrowWithTheScale) {
  const float before = fonts_->get(TextStyle::kBody).FontSize;
  fonts_->set_scale(2);
  EXPECT_TRUE(fonts_->is_stale());
  rebuild();
  EXPECT_NEAR(fonts_->get(TextStyle::kBody).FontSize, 2 * before, 1);
}

TEST_F(FontsTest, SayWhichFontIsMissing) {
  const auto fonts = Fonts::create(theme_, "/nowhere");
  ASSERT_FALSE(fonts);
  EXPECT_EQ(fonts.error().code, Errc::kNotFound);
  EXPECT_NE(fonts.error().message.find("Inter"), std::string::npos) << fonts.error().message;
}

TEST(Format, Times) {
  using player::time_text;
  using player::TimeStyle;
  EXPECT_EQ(time_text(0), "0:00");
  EXPECT_EQ(time_text(59'999'999), "0:59");
  EXPECT_EQ(time_text(3'600'000'000), "1:00:00");
  EXPECT_EQ(time_text(7'040'000, TimeStyle::kMilliseconds), "0:07.040");
  EXPECT_EQ(time_text(-5'000'000), "\u22120:05");
  EXPECT_EQ(player::duration_text(29'999'999), "0:30");
  EXPECT_EQ(player::duration_text(417'000), "0.4 s");
  EXPECT_EQ(player::duration_text(9'960'000), "0:10");
}

TEST(Format, NamesAndSizes) {
  EXPECT_EQ(player::bytes_text(999), "999 B");
  EXPECT_EQ(player::bytes_text(4'200), "4.2 kB");
  EXPECT_EQ(player::bytes_text(18'400'000), "18 MB");
  EXPECT_EQ(player::bytes_text(1.3e9), "1.3 GB");
  EXPECT_EQ(player::speed_text({-2, 1}), "\u22122\u00D7");
  EXPECT_EQ(player::speed_text({1, 4}), "\u00BC\u00D7");
  EXPECT_EQ(player::speed_text({3, 2}), "1.5\u00D7");
  EXPECT_EQ(player::resolution_text(1920, 1080), "1080p");
  EXPECT_EQ(player::resolution_text(1080, 1920), "1080p");
  EXPECT_EQ(player::resolution_text(1920, 800), "1080p");
  EXPECT_EQ(player::resolution_text(3840, 2160), "4K");
  EXPECT_EQ(player::resolution_text(320, 240), "320\u00D7240");
  EXPECT_EQ(player::resolution_text(0, 0), "");
  EXPECT_EQ(player::rendition_text("copy"), "Original");
  EXPECT_EQ(player::rendition_text("jpeg@q80"), "JPEG 80");
  EXPECT_EQ(player::fingerprint_text("3f2a91bc77d0", 2), "3f2a 91bc");
}

}  // namespace
}  // namespace zoe::ui
