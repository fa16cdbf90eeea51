#include "engine/ui/theme.hpp"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/app/gl_test.hpp"

namespace zoe::ui {
namespace {

std::string theme_text() { return test::read_whole_file(test::asset_folder() + "/theme.json"); }

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

std::string complaint(const std::string& json) {
  const auto theme = Theme::parse(json, "theme.json", Scheme::kDark);
  EXPECT_FALSE(theme);
  if (theme) return "";
  EXPECT_EQ(theme.error().code, Errc::kMalformed);
  return theme.error().message;
}

TEST(Theme, TheShippedOneIsWhole) {
  for (const Scheme scheme : {Scheme::kDark, Scheme::kLight}) {
    const auto theme = Theme::load(test::asset_folder() + "/theme.json", scheme);
    ASSERT_TRUE(theme) << theme.error().message;
    EXPECT_EQ(theme->space.s, 8);
    EXPECT_EQ(theme->token(TextStyle::kBody).size, 14);
    EXPECT_GE(theme->duration_ms.fast, 120);
    EXPECT_LE(theme->duration_ms.slow, 200);
  }
}

// Text must be read on everything that it lies on, over any picture: a translucent panel over white and over black.
TEST(Theme, TextHasContrast) {
  constexpr double kLeast = 4.5;
  for (const Scheme scheme : {Scheme::kDark, Scheme::kLight}) {
    const auto theme = Theme::load(test::asset_folder() + "/theme.json", scheme);
    ASSERT_TRUE(theme);
    const Palette& p = theme->palette;
    std::vector<Color> grounds{p.ground, p.field, p.raised, p.raised_hover};
    for (const Color picture : {Color{0, 0, 0, 255}, Color{255, 255, 255, 255}})
      grounds.push_back(blend(p.surface, picture));
    for (const Color& ground : grounds) {
      EXPECT_GE(contrast(p.text, ground), kLeast);
      EXPECT_GE(contrast(p.text_muted, ground), kLeast);
      EXPECT_GE(contrast(p.error, ground), kLeast);
      EXPECT_GE(contrast(p.accent, ground), kLeast);
    }
    for (const Color& ground : {p.ground, p.field, blend(p.surface, p.ground)})
      EXPECT_GE(contrast(p.text_faint, ground), kLeast);
    for (const Color& ground : {p.accent, p.accent_hover, p.accent_pressed})
      EXPECT_GE(contrast(p.on_accent, ground), kLeast);
  }
}

TEST(Theme, NamesTheKeyThatIsWrong) {
  const std::string good = theme_text();
  EXPECT_NE(complaint("{").find("theme.json"), std::string::npos);
  EXPECT_NE(complaint("[]").find("version"), std::string::npos);
  EXPECT_NE(complaint(replaced(good, "\"version\": 1", "\"version\": 2")).find("version"), std::string::npos);
  const std::string bad_color = complaint(replaced(good, "#ffb347", "#ffb34"));
  EXPECT_NE(bad_color.find("color.dark.accent"), std::string::npos) << bad_color;
  EXPECT_NE(bad_color.find("#ffb34"), std::string::npos) << bad_color;
  const std::string missing = complaint(replaced(good, "\"text_muted\"", "\"text_mooted\""));
  EXPECT_NE(missing.find("color.dark.text_muted: is missing"), std::string::npos) << missing;
  const std::string text_for_number = complaint(replaced(good, "\"xs\": 4", "\"xs\": \"4\""));
  EXPECT_NE(text_for_number.find("space.xs"), std::string::npos) << text_for_number;
  const std::string out_of_range = complaint(replaced(good, "\"size\": 26", "\"size\": 2600"));
  EXPECT_NE(out_of_range.find("type.headline.size"), std::string::npos) << out_of_range;
}

TEST(Theme, AMissingFileIsNamed) {
  const auto theme = Theme::load("/nowhere/theme.json", Scheme::kDark);
  ASSERT_FALSE(theme);
  EXPECT_EQ(theme.error().code, Errc::kNotFound);
  EXPECT_NE(theme.error().message.find("/nowhere/theme.json"), std::string::npos);
}

TEST(Color, ReadsHexadecimal) {
  EXPECT_EQ(*Color::parse("#ff8000"), (Color{255, 128, 0, 255}));
  EXPECT_EQ(*Color::parse("#FF800080"), (Color{255, 128, 0, 128}));
  for (const char* bad : {"", "#", "ff8000", "#ff80", "#ff80000", "#gg8000", "#ff8000 "})
    EXPECT_FALSE(Color::parse(bad)) << bad;
}

TEST(Color, ContrastIsThatOfTheStandard) {
  EXPECT_NEAR(contrast({0, 0, 0, 255}, {255, 255, 255, 255}), 21, 0.01);
  EXPECT_NEAR(contrast({118, 118, 118, 255}, {255, 255, 255, 255}), 4.54, 0.01);  // the well-known grey
  EXPECT_EQ(blend({255, 255, 255, 128}, {0, 0, 0, 255}), (Color{128, 128, 128, 255}));
}

}  // namespace
}  // namespace zoe::ui
