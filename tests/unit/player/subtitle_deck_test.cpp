#include "player/subtitles/subtitle_deck.hpp"

#include <gtest/gtest.h>

#include "engine/media/languages.hpp"

namespace zoe::player {
namespace {

SubtitleInfo info(int number, std::string language, std::string title = {}) {
  return {.subtitle = number, .language = std::move(language), .title = std::move(title), .format = "srt"};
}

TEST(SubtitleDeck, NamesSayWhatIsKnown) {
  EXPECT_EQ(subtitle_name(info(0, "")), "Subtitles 1");
  EXPECT_EQ(subtitle_name(info(0, "ger")), "German");
  EXPECT_EQ(subtitle_name(info(0, "deu", "Commentary")), "Commentary (German)");
  SubtitleInfo deaf = info(0, "eng");
  deaf.is_for_deaf = true;
  EXPECT_EQ(subtitle_name(deaf), "English, for the deaf");
  EXPECT_EQ(media::language_name("x-klingon"), "x-klingon");
}

TEST(SubtitleDeck, TheWishPicks) {
  std::vector<SubtitleInfo> list{info(0, "eng"), info(1, "ger"), info(2, "fre")};
  EXPECT_EQ(wished_subtitles(list, "de"), 1);
  EXPECT_EQ(wished_subtitles(list, "fr"), 2);
  EXPECT_EQ(wished_subtitles(list, "ja"), -1);
  EXPECT_EQ(wished_subtitles(list, "off"), -1);
  EXPECT_EQ(wished_subtitles(list, ""), -1);
  list[2].is_default = true;
  EXPECT_EQ(wished_subtitles(list, ""), 2) << "the file's own wish";
  EXPECT_EQ(wished_subtitles(list, "off"), -1);
  list[0].is_forced = true;
  EXPECT_EQ(wished_subtitles(list, ""), 0);
  list.push_back(info(3, "eng"));
  EXPECT_EQ(wished_subtitles(list, "en"), 3) << "all of it rather than what is forced";
  EXPECT_EQ(wished_subtitles({}, "en"), -1);
}

}  // namespace
}  // namespace zoe::player
