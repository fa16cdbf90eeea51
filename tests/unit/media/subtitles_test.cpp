#include "engine/media/subtitles.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/media/probe.hpp"
#include "engine/media/text_encoding.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::media {
namespace {

using testing::HasSubstr;
using testing::Not;

Bytes bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

std::string utf8_of(std::string_view text) { return to_utf8(bytes_of(text)); }

std::string utf16(std::u16string_view text, bool is_big) {
  std::string out;
  for (const char16_t unit : text) {
    const char low = static_cast<char>(unit & 0xFF);
    const char high = static_cast<char>(unit >> 8);
    out += is_big ? std::string{high, low} : std::string{low, high};
  }
  return out;
}

SubtitleScript parsed(std::string_view text, std::string_view format) {
  auto script = parse_subtitles(bytes_of(text), format);
  EXPECT_TRUE(script) << (script ? "" : script.error().message);
  return script ? std::move(*script) : SubtitleScript{};
}

TEST(TextEncoding, TellsCharacterSetsApart) {
  EXPECT_EQ(utf8_of("gr\xC3\xBC\xC3\x9F"), "gr\xC3\xBC\xC3\x9F");
  EXPECT_EQ(utf8_of("\xEF\xBB\xBFgr\xC3\xBC\xC3\x9F"), "gr\xC3\xBC\xC3\x9F");
  EXPECT_EQ(utf8_of("gr\xFC\xDF \x80 \x93"), "gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xE2\x80\x9C");
  const std::u16string words = u"1\n00:00:01,000 --> 00:00:02,000\ngr\u00FC\u00DF \u4F60 \U0001F600\n";
  const std::string expected = "1\n00:00:01,000 --> 00:00:02,000\ngr\xC3\xBC\xC3\x9F \xE4\xBD\xA0 \xF0\x9F\x98\x80\n";
  for (const bool is_big : {false, true}) {
    EXPECT_EQ(utf8_of(utf16(u"\uFEFF" + words, is_big)), expected);
    EXPECT_EQ(utf8_of(utf16(words, is_big)), expected) << "without a mark";
  }
  EXPECT_EQ(utf8_of(utf16(u"\uFEFFa\xD800", false) + "x"), "a\xEF\xBF\xBD") << "half a pair, half a unit";
  EXPECT_EQ(utf8_of(""), "");
}

TEST(Subtitles, SubRipBecomesEvents) {
  const auto script = parsed(
      "1\r\n00:00:01,500 --> 00:00:03,000\r\n<i>Hello</i> there\r\nyou\r\n\r\n2\r\n00:00:04,000 --> 00:00:05,000\r\n"
      "{\\an8}Above\r\n",
      "srt");
  ASSERT_EQ(script.events.size(), 2u);
  EXPECT_EQ(script.events[0].start_us, 1'500'000);
  EXPECT_EQ(script.events[0].duration_us, 1'500'000);
  EXPECT_THAT(script.events[0].text, HasSubstr("{\\i1}Hello{\\i0} there\\Nyou"));
  EXPECT_FALSE(script.is_styled);
  EXPECT_THAT(script.header, HasSubstr("Style: Default"));
  EXPECT_EQ(to_webvtt(script),
            "WEBVTT\n\n00:00:01.500 --> 00:00:03.000\n<i>Hello</i> there\nyou\n\n"
            "00:00:04.000 --> 00:00:05.000 line:0\nAbove\n\n");
}

TEST(Subtitles, WhatMakesNoSenseIsPassedOver) {
  const auto script = parsed(
      "rubbish\n\n1\n00:00:01,000 --> nonsense\nlost\n\n2\n00:00:04,000 --> 00:00:05,000\nkept\n\n\xFF\xFE\n", "srt");
  ASSERT_EQ(script.events.size(), 1u);
  EXPECT_EQ(script.events[0].start_us, 4'000'000);
  for (const char* format : {"srt", "vtt", "ass", "ssa"}) {
    EXPECT_FALSE(parse_subtitles({}, format)) << format;
    EXPECT_FALSE(parse_subtitles(bytes_of(std::string(100'000, '\xFF')), format)) << format;
  }
  EXPECT_EQ(parse_subtitles(bytes_of("x"), "txt").error().code, Errc::kUnsupported);
}

TEST(Subtitles, WebVttInAnyOrderIsSorted) {
  const auto script =
      parsed("WEBVTT\n\n00:05.000 --> 00:06.000\nsecond\n\n00:01.000 --> 00:02.000\n<b>first</b> &amp; best\n", "vtt");
  ASSERT_EQ(script.events.size(), 2u);
  EXPECT_THAT(script.events[0].text, HasSubstr("{\\b1}first{\\b0} & best"));
  EXPECT_THAT(to_webvtt(script), HasSubstr("<b>first</b> &amp; best"));
}

constexpr const char* kStyled =
    "[Script Info]\nScriptType: v4.00+\nPlayResX: 640\nPlayResY: 480\n\n[V4+ Styles]\n"
    "Format: Name, Fontname, Fontsize, PrimaryColour, Alignment\nStyle: Loud,DejaVu Sans,40,&H000000FF,8\n\n[Events]\n"
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    "Dialogue: 3,0:00:01.00,0:00:02.50,Loud,,0,0,0,,{\\pos(10,20)\\b1}Now, all{\\b0}\\Nof you\n"
    "Dialogue: 0,0:00:03.00,0:00:04.00,Loud,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}\n";

TEST(Subtitles, AuthorsStylesAreKept) {
  const auto script = parsed(kStyled, "ass");
  ASSERT_EQ(script.events.size(), 2u);
  EXPECT_TRUE(script.is_styled);
  EXPECT_THAT(script.header, HasSubstr("Style: Loud,DejaVu Sans,40"));
  EXPECT_THAT(script.events[0].text, HasSubstr(",3,Loud,,0,0,0,,{\\pos(10,20)\\b1}Now, all{\\b0}\\Nof you"));
  EXPECT_EQ(to_webvtt(script), "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n<b>Now, all</b>\nof you\n\n")
      << "a drawing is no text";
}

TEST(Subtitles, AScriptWrittenAsAFileIsReadBack) {
  auto script = parsed(kStyled, "ass");
  // Every remainder of three bytes.
  for (const std::size_t size : {3000u, 3001u, 3002u}) {
    SubtitleFont font{.name = "Font " + std::to_string(size) + ".ttf", .data = {}};
    for (std::size_t i = 0; i < size; ++i) font.data.push_back(static_cast<std::uint8_t>(i * 7));
    script.fonts.push_back(std::move(font));
  }
  const auto again = parsed(to_ass(script), "ass");
  ASSERT_EQ(again.events.size(), 2u);
  EXPECT_EQ(again.events[0].start_us, 1'000'000);
  EXPECT_EQ(again.events[0].duration_us, 1'500'000);
  EXPECT_THAT(again.events[0].text, HasSubstr(",3,Loud,,0,0,0,,{\\pos(10,20)\\b1}Now, all{\\b0}\\Nof you"));
  EXPECT_THAT(again.header, HasSubstr("Style: Loud,DejaVu Sans,40"));
  EXPECT_THAT(again.header, HasSubstr("fontname: Font 3002.ttf"));
}

TEST(Subtitles, TracksOfContainersAreRead) {
  const std::string srt =
      "1\n00:00:00,200 --> 00:00:01,000\n<i>One</i>\n\n2\n00:00:01,200 --> 00:00:01,900\nTwo\nlines\n";
  for (const char* container : {"mkv", "mp4", "webm"}) {
    test::ClipSpec spec{.container = container, .subtitles = srt};
    if (spec.container == "webm") spec.codec = test::VideoCodec::kVp9;
    const std::string clip = test::make_clip(spec);
    const auto info = probe(clip);
    ASSERT_TRUE(info);
    const TrackInfo* found = nullptr;
    for (const TrackInfo& track : info->tracks)
      if (track.kind == TrackKind::kSubtitle) found = &track;
    ASSERT_NE(found, nullptr) << container;
    EXPECT_TRUE(is_text_subtitle(found->codec)) << found->codec;
    const auto script = read_subtitle_track(clip, *found, 100'000, Fonts::kRead);
    ASSERT_TRUE(script) << container << ": " << script.error().message;
    ASSERT_EQ(script->events.size(), 2u) << container;
    EXPECT_EQ(script->events[0].start_us, 100'000) << "counted from the origin";
    EXPECT_EQ(script->events[0].duration_us, 800'000) << container;
    EXPECT_THAT(script->events[0].text, HasSubstr("One")) << container;
    EXPECT_THAT(script->events[1].text, HasSubstr("Two\\Nlines")) << container;
    EXPECT_FALSE(read_subtitle_track(clip, *info->best_video(), 0, Fonts::kLeaveOut)) << "a picture is no text";
  }
}

TEST(Subtitles, FontsAttachedToAContainerComeAlong) {
  test::TempDir dir;
  dir.write("styled.ass", kStyled);
  dir.write("Some Font.ttf", std::string("\0\1\0\0font", 8));
  dir.write("note.txt", "no font");
  const std::string out = dir.file("fonts.mkv");
  const auto made = test::run({"ffmpeg",
                               "-v",
                               "error",
                               "-i",
                               test::make_clip({}),
                               "-i",
                               dir.file("styled.ass"),
                               "-map",
                               "0:v",
                               "-map",
                               "1:s",
                               "-c",
                               "copy",
                               "-attach",
                               dir.file("Some Font.ttf"),
                               "-metadata:s:t:0",
                               "mimetype=application/x-truetype-font",
                               "-attach",
                               dir.file("note.txt"),
                               "-metadata:s:t:1",
                               "mimetype=text/plain",
                               out});
  ASSERT_EQ(made.status.code, 0) << made.err;
  const auto info = probe(out);
  ASSERT_TRUE(info);
  const TrackInfo* track = nullptr;
  for (const TrackInfo& each : info->tracks)
    if (each.kind == TrackKind::kSubtitle) track = &each;
  ASSERT_NE(track, nullptr);
  const auto script = read_subtitle_track(out, *track, 0, Fonts::kRead);
  ASSERT_TRUE(script);
  EXPECT_TRUE(script->is_styled);
  ASSERT_EQ(script->fonts.size(), 1u);
  EXPECT_EQ(script->fonts[0].name, "Some Font.ttf");
  EXPECT_EQ(script->fonts[0].data.size(), 8u);
  EXPECT_TRUE(read_subtitle_track(out, *track, 0, Fonts::kLeaveOut)->fonts.empty());
}

TEST(Subtitles, ATruncatedContainerGivesWhatItHolds) {
  const std::string clip =
      test::make_clip({.frames = 300,
                       .container = "mkv",
                       .subtitles = "1\n00:00:00,200 --> 00:00:01,000\nearly\n\n2\n00:00:09,000 --> "
                                    "00:00:09,900\nlate\n"});
  std::ifstream whole(clip, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(whole)), {});
  test::TempDir dir;
  dir.write("cut.mkv", bytes.substr(0, bytes.size() / 2));
  const auto info = probe(dir.file("cut.mkv"));
  ASSERT_TRUE(info);
  const auto script = read_subtitle_track(dir.file("cut.mkv"), info->tracks.back(), 0, Fonts::kLeaveOut);
  ASSERT_TRUE(script) << script.error().message;
  ASSERT_EQ(script->events.size(), 1u);
  EXPECT_THAT(script->events[0].text, HasSubstr("early"));
}

}  // namespace
}  // namespace zoe::media
