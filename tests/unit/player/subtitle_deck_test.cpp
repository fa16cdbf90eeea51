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
  EXPECT_EQ(wished_subtitles(list, "de", ""), 1);
  EXPECT_EQ(wished_subtitles(list, "fr", "eng"), 2);
  EXPECT_EQ(wished_subtitles(list, "ja", ""), -1);
  EXPECT_EQ(wished_subtitles(list, "off", ""), -1);
  EXPECT_EQ(wished_subtitles(list, "", "eng"), -1);
  list[2].is_default = true;
  EXPECT_EQ(wished_subtitles(list, "", "eng"), 2) << "the file's own wish";
  EXPECT_EQ(wished_subtitles(list, "off", ""), -1);
  EXPECT_EQ(wished_subtitles({}, "en", ""), -1);
}

TEST(SubtitleDeck, ForcedOnesDoForWhoUnderstandsWhatIsHeard) {
  std::vector<SubtitleInfo> list{info(0, "ger"), info(1, "ger"), info(2, "eng"), info(3, "eng")};
  list[1].is_forced = list[3].is_forced = true;
  EXPECT_EQ(wished_subtitles(list, "", "eng"), 3) << "nobody chose: what is heard is understood";
  EXPECT_EQ(wished_subtitles(list, "", "deu"), 1);
  EXPECT_EQ(wished_subtitles(list, "", ""), 1) << "what is heard is not known";
  EXPECT_EQ(wished_subtitles(list, "", "fre"), -1) << "not those of a language that is not heard";
  EXPECT_EQ(wished_subtitles(list, "de", "ger"), 1) << "heard in the wished language";
  EXPECT_EQ(wished_subtitles(list, "de", "eng"), 0) << "all of it for who does not understand";
  EXPECT_EQ(wished_subtitles(list, "off", "ger"), -1);
  list[3].language.clear();
  EXPECT_EQ(wished_subtitles(list, "", "fre"), 3) << "of no language";
  list[3].is_forced = false;
  list[1].is_default = true;
  EXPECT_EQ(wished_subtitles(list, "", "eng"), -1) << "a default that is of another language and forced";
  EXPECT_EQ(wished_subtitles({info(0, "ger")}, "de", "ger"), 0) << "wished, and there are no forced ones";
}

}  // namespace
}  // namespace zoe::player
