// Scripts as pixels: where the words lie, in what colour, and when.
#include "player/subtitles/subtitle_drawer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>

#include "player/subtitles/subtitle_painter.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/wait.hpp"

namespace zoe::player {
namespace {

constexpr SubtitleGeometry kScreen{.width = 640, .height = 360, .video_width = 640, .video_height = 360};

std::string font_folder() { return test::build_folder() + "/assets/fonts"; }

SubtitleScriptPtr script_of(std::string_view text, std::string_view format) {
  auto script = media::parse_subtitles({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, format);
  EXPECT_TRUE(script) << (script ? "" : script.error().message);
  return script ? std::make_shared<const media::SubtitleScript>(std::move(*script)) : nullptr;
}

std::unique_ptr<SubtitleDrawer> drawer_of(SubtitleScriptPtr main, SubtitleScriptPtr second = nullptr) {
  auto drawer = SubtitleDrawer::create({std::move(main), std::move(second)}, font_folder());
  EXPECT_TRUE(drawer);
  return std::move(*drawer);
}

// What is opaque: its extent and how many pixels of it are of a colour.
struct Ink {
  int left = 1 << 20;
  int top = 1 << 20;
  int right = 0;
  int bottom = 0;
  int pixels = 0;
  bool is_empty() const { return pixels == 0; }
};

Ink ink_of(const SubtitlePicture& picture, const std::function<bool(int r, int g, int b)>& counts) {
  Ink ink;
  for (const SubtitleRegion& region : picture.regions) {
    for (int y = 0; y < region.height; ++y) {
      for (int x = 0; x < region.width; ++x) {
        const std::uint8_t* pixel = &region.rgba[(static_cast<std::size_t>(y) * static_cast<std::size_t>(region.width) +
                                                  static_cast<std::size_t>(x)) *
                                                 4];
        if (pixel[3] < 250 || !counts(pixel[0], pixel[1], pixel[2])) continue;
        ++ink.pixels;
        ink.left = std::min(ink.left, region.x + x);
        ink.right = std::max(ink.right, region.x + x + 1);
        ink.top = std::min(ink.top, region.y + y);
        ink.bottom = std::max(ink.bottom, region.y + y + 1);
      }
    }
  }
  return ink;
}

Ink white(const SubtitlePicture& picture) {
  return ink_of(picture, [](int r, int g, int b) { return r > 240 && g > 240 && b > 240; });
}

std::string two_lines() {
  return "1\n00:00:01,000 --> 00:00:02,000\nWIDE WORDS HERE\n\n2\n00:00:03,000 --> 00:00:04,000\nII\n";
}

TEST(SubtitleDrawer, PlainWordsLieAtTheFootWhileTheyAreSaid) {
  const auto drawer = drawer_of(script_of(two_lines(), "srt"));
  for (const std::int64_t ms : {0, 999, 2000, 2999, 4000, 99'999})
    EXPECT_TRUE(drawer->draw(ms, kScreen, 1).regions.empty()) << ms;
  const Ink first = white(drawer->draw(1000, kScreen, 1));
  ASSERT_FALSE(first.is_empty());
  EXPECT_GT(first.top, kScreen.height * 3 / 4);
  EXPECT_LT(first.bottom, kScreen.height);
  EXPECT_NEAR((first.left + first.right) / 2, kScreen.width / 2, 4) << "in the middle";
  EXPECT_EQ(white(drawer->draw(1999, kScreen, 1)).pixels, first.pixels);
  const Ink second = white(drawer->draw(3500, kScreen, 1));
  EXPECT_LT(second.right - second.left, (first.right - first.left) / 4) << "other words";
}

TEST(SubtitleDrawer, SizeIsAFactor) {
  const auto drawer = drawer_of(script_of(two_lines(), "srt"));
  const Ink small = white(drawer->draw(1500, kScreen, 0.5));
  const Ink large = white(drawer->draw(1500, kScreen, 1.5));
  EXPECT_NEAR(static_cast<double>(large.right - large.left) / (small.right - small.left), 3, 0.3);
  SubtitleGeometry twice = kScreen;
  twice.width *= 2;
  twice.height *= 2;
  const Ink scaled = white(drawer->draw(1500, twice, 0.5));
  EXPECT_NEAR(static_cast<double>(scaled.right - scaled.left) / (small.right - small.left), 2, 0.2);
}

TEST(SubtitleDrawer, TheSecondOnesLieAtTheTop) {
  const auto drawer = drawer_of(script_of(two_lines(), "srt"), script_of(two_lines(), "srt"));
  const SubtitlePicture picture = drawer->draw(1500, kScreen, 1);
  EXPECT_EQ(picture.regions.size(), 2u) << "apart, so that the middle costs nothing";
  const Ink both = white(picture);
  EXPECT_LT(both.top, kScreen.height / 4);
  EXPECT_GT(both.bottom, kScreen.height * 3 / 4);
}

constexpr const char* kHead =
    "[Script Info]\nScriptType: v4.00+\nPlayResX: 640\nPlayResY: 360\n\n[V4+ Styles]\n"
    "Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BorderStyle, Outline, Shadow, Alignment\n"
    "Style: Red,Inter,40,&H000000FF,&H000000FF,1,0,0,7\n\n[Events]\n"
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n";

TEST(SubtitleDrawer, StylesColoursAndPlacesAreTheAuthors) {
  const auto drawer = drawer_of(
      script_of(std::string(kHead) + "Dialogue: 0,0:00:01.00,0:00:02.00,Red,,0,0,0,,{\\pos(100,200)}HERE\n", "ass"));
  const SubtitlePicture picture = drawer->draw(1500, kScreen, 1);
  const Ink red = ink_of(picture, [](int r, int g, int b) { return r > 250 && g < 5 && b < 5; });
  EXPECT_GT(red.pixels, 100);
  EXPECT_NEAR(red.left, 100, 6);
  EXPECT_NEAR(red.top, 210, 12);
  EXPECT_TRUE(white(picture).is_empty());
}

TEST(SubtitleDrawer, WhatIsDrawnFirstLiesBelow) {
  // Two opaque boxes; the one of the higher layer covers the other.
  const auto box = [](int layer, const char* colour) {
    return "Dialogue: " + std::to_string(layer) + ",0:00:01.00,0:00:02.00,Red,,0,0,0,,{\\pos(50,50)\\c" + colour +
           "\\p1}m 0 0 l 100 0 100 100 0 100{\\p0}\n";
  };
  const auto drawer = drawer_of(script_of(kHead + box(1, "&H00FF00&") + box(0, "&HFF0000&"), "ass"));
  const SubtitlePicture picture = drawer->draw(1500, kScreen, 1);
  const Ink green = ink_of(picture, [](int r, int g, int b) { return r < 5 && g > 250 && b < 5; });
  EXPECT_NEAR(green.pixels, 10'000, 600);
}

TEST(SubtitleDrawer, HalfTransparentIsPremultiplied) {
  const auto drawer = drawer_of(
      script_of(std::string(kHead) + "Dialogue: 0,0:00:01.00,0:00:02.00,Red,,0,0,0,,{\\pos(50,50)\\1a&H80&\\p1}m 0 0 l "
                                     "100 0 100 100 0 100{\\p0}\n",
                "ass"));
  const SubtitlePicture picture = drawer->draw(1500, kScreen, 1);
  ASSERT_EQ(picture.regions.size(), 1u);
  const SubtitleRegion& region = picture.regions[0];
  const std::size_t middle = (static_cast<std::size_t>(100 - region.y) * static_cast<std::size_t>(region.width) +
                              static_cast<std::size_t>(100 - region.x)) *
                             4;
  EXPECT_NEAR(region.rgba[middle], 127, 2);
  EXPECT_EQ(region.rgba[middle + 1], 0);
  EXPECT_NEAR(region.rgba[middle + 3], 127, 2);
}

// A white box on a canvas, from one second on, with a grey one behind it.
SubtitleScriptPtr boxes_of(int canvas_width, int canvas_height, bool is_square, int x, int y, int width, int height) {
  auto script = std::make_shared<media::SubtitleScript>();
  for (const std::uint8_t value : {255, 90}) {
    const std::vector<std::uint8_t> indices(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 1);
    script->pictures.push_back({.start_us = value == 255 ? 1'000'000 : 2'000'000,
                                .duration_us = 1'000'000,
                                .canvas_width = canvas_width,
                                .canvas_height = canvas_height,
                                .is_square = is_square,
                                .pieces = {{.x = x,
                                            .y = y,
                                            .width = width,
                                            .height = height,
                                            .palette = {{0, 0, 0, 0}, {value, value, value, 255}},
                                            .runs = media::encode_runs(indices.data(), width, width, height)}}});
  }
  return script;
}

void expect_box(const Ink& ink, int left, int top, int right, int bottom) {
  EXPECT_NEAR(ink.left, left, 1);
  EXPECT_NEAR(ink.top, top, 1);
  EXPECT_NEAR(ink.right, right, 1);
  EXPECT_NEAR(ink.bottom, bottom, 1);
}

TEST(SubtitleDrawer, PicturesLieWhereTheyWereMadeForAtTheSizeOfThePicture) {
  const auto drawer = drawer_of(boxes_of(1920, 1080, true, 480, 900, 960, 120));
  EXPECT_TRUE(drawer->draw(999, kScreen, 1).regions.empty());
  expect_box(white(drawer->draw(1000, kScreen, 1)), 160, 300, 480, 340);
  EXPECT_EQ(drawer->draw(1000, kScreen, 1).span.to_ms, 2000);
  EXPECT_TRUE(white(drawer->draw(2000, kScreen, 1)).is_empty()) << "the next one";
  EXPECT_FALSE(drawer->draw(2999, kScreen, 1).regions.empty());
  EXPECT_TRUE(drawer->draw(3000, kScreen, 1).regions.empty());
  // Larger than it was made.
  const SubtitleGeometry large{.width = 3840, .height = 2160, .video_width = 1920, .video_height = 1080};
  expect_box(white(drawer->draw(1000, large, 1)), 960, 1800, 2880, 2040);
}

TEST(SubtitleDrawer, PicturesOfACutDiscKeepTheirProportions) {
  // The bars above and below were cut off the film, not off its subtitles.
  const SubtitleGeometry wide{.width = 1920, .height = 800, .video_width = 1920, .video_height = 800};
  expect_box(white(drawer_of(boxes_of(1920, 1080, true, 480, 945, 960, 108))->draw(1500, wide, 1)), 604, 700, 1316,
             780);
  // A DVD's are pixels of its picture, and are stretched with it.
  const SubtitleGeometry dvd{.width = 1024, .height = 576, .video_width = 720, .video_height = 576};
  expect_box(white(drawer_of(boxes_of(720, 576, false, 90, 432, 540, 72))->draw(1500, dvd, 1)), 128, 432, 896, 504);
}

TEST(SubtitleDrawer, PicturesAtTheTopAndBesideWords) {
  const auto second = drawer_of(script_of(two_lines(), "srt"), boxes_of(640, 360, false, 200, 320, 240, 30));
  const SubtitlePicture picture = second->draw(1500, kScreen, 1);
  EXPECT_EQ(picture.regions.size(), 2u);
  const Ink ink = white(picture);
  EXPECT_NEAR(ink.top, 10, 1) << "as far from the upper edge as it was from the lower one";
  EXPECT_GT(ink.bottom, kScreen.height * 3 / 4);
}

TEST(SubtitleDrawer, HostilePicturesEndNothing) {
  auto script = std::make_shared<media::SubtitleScript>();
  for (const int place : {-30'000, 30'000, 0})
    script->pictures.push_back(
        {.start_us = 0,
         .duration_us = 1'000'000,
         .canvas_width = 1,
         .canvas_height = 30'000,
         .is_square = place == 0,
         .pieces = {{.x = place, .y = place, .width = 4000, .height = 4000, .palette = {}, .runs = {0, 255, 255, 0}}}});
  script->pictures.push_back({.start_us = 1'000'000, .duration_us = -5, .pieces = {{}}});
  const auto drawer = drawer_of(script);
  for (const std::int64_t ms : {-1, 0, 500, 1000}) {
    for (const SubtitleRegion& region : drawer->draw(ms, kScreen, 1).regions) {
      EXPECT_GE(region.x, 0);
      EXPECT_LE(region.x + region.width, kScreen.width);
      EXPECT_LE(region.y + region.height, kScreen.height);
    }
  }
}

TEST(SubtitleTimes, SpansEndWhereSomethingBeginsOrEnds) {
  const SubtitleTimes times({{1'000'000, 2'000'000, "0,0,Default,,0,0,0,,still"},
                             {2'000'000, 3'000'000, "1,0,Default,,0,0,0,,{\\move(0,0,9,9)}moving"}});
  EXPECT_TRUE(times.is_empty_at(0));
  EXPECT_EQ(times.span_at(0).to_ms, 1000);
  EXPECT_TRUE(times.span_at(-5'000'000).holds(999));
  EXPECT_EQ(times.span_at(1500).from_ms, 1000);
  EXPECT_EQ(times.span_at(1500).to_ms, 2000);
  EXPECT_FALSE(times.is_empty_at(1999));
  const SubtitleSpan moving = times.span_at(3500);
  EXPECT_GT(moving.from_ms, 3490);
  EXPECT_LT(moving.to_ms, 3510);
  EXPECT_EQ(times.span_at(3000).from_ms, 3000) << "never beyond an edge";
  EXPECT_EQ(times.span_at(5000).from_ms, 5000);
  EXPECT_TRUE(times.is_empty_at(5000));
  EXPECT_TRUE(SubtitleTimes({}).span_at(7).holds(1'000'000'000));
}

// Asks as the render thread does until the picture is there.
SubtitlePicturePtr wait_for(SubtitlePainter& painter, std::int64_t us, std::int64_t step_us) {
  SubtitlePicturePtr picture;
  test::wait_until([&] {
    picture = painter.picture(us, step_us, kScreen);
    return picture != nullptr;
  });
  return picture;
}

TEST(SubtitlePainter, TheNextPictureIsReadyInBothDirections) {
  SubtitlePainter painter(font_folder(), [] {});
  EXPECT_EQ(painter.picture(1'500'000, 33'333, kScreen), nullptr) << "no script";
  painter.set_look({.scripts = {script_of(two_lines(), "srt"), nullptr}});
  EXPECT_FALSE(painter.is_idle());
  const auto first = wait_for(painter, 1'500'000, 33'333);
  ASSERT_TRUE(first);
  EXPECT_EQ(painter.picture(1'999'000, 33'333, kScreen), first) << "the same words";
  for (const bool is_backwards : {false, true}) {
    const std::int64_t step_us = is_backwards ? -33'333 : 33'333;
    const auto now = wait_for(painter, 2'500'000, step_us);
    ASSERT_TRUE(now);
    EXPECT_TRUE(now->regions.empty()) << "nobody speaks";
    // What follows comes without being asked for.
    const std::int64_t then_us = is_backwards ? 1'990'000 : 3'000'000;
    EXPECT_TRUE(test::wait_until([&] {
      painter.picture(2'500'000, step_us, kScreen);
      return painter.picture(then_us, 0, kScreen) != nullptr;
    }));
  }
}

TEST(SubtitlePainter, DelayMovesTimesAndALookReplacesWhatWasDrawn) {
  std::atomic<int> woken{0};
  SubtitlePainter painter(font_folder(), [&woken] { ++woken; });
  const auto script = script_of(two_lines(), "srt");
  painter.set_look({.scripts = {script, nullptr}});
  EXPECT_FALSE(wait_for(painter, 1'500'000, 0)->regions.empty());
  EXPECT_GE(woken.load(), 1);
  painter.set_look({.scripts = {script, nullptr}, .delay_us = 1'000'000});
  EXPECT_TRUE(wait_for(painter, 1'500'000, 0)->regions.empty());
  EXPECT_FALSE(wait_for(painter, 2'500'000, 0)->regions.empty());
  painter.set_look({});
  EXPECT_TRUE(painter.is_idle());
  EXPECT_EQ(painter.picture(2'500'000, 0, kScreen), nullptr);
}

TEST(SubtitlePainter, HostileScriptsEndNothing) {
  SubtitlePainter painter(font_folder(), [] {});
  for (const std::string& text :
       {kHead + std::string("Dialogue: 0,0:00:01.00,0:00:02.00,None,,x,y,z,,{\\p99}m b l s {\\t(\\t(\\t(\\pos(\n"),
        kHead + std::string("Dialogue: -9,9:99:99.99,0:00:02.00,Red,,0,0,0,,gone\nDialogue: "
                            "0,0:00:01.00,0:00:02.00,Red,,0,0,0,,{\\fs-5\\fscx0\\bord1e9\\org(1e30,1)}A\n")}) {
    painter.set_look({.scripts = {script_of(text, "ass"), nullptr}});
    EXPECT_TRUE(wait_for(painter, 1'500'000, 33'333));
  }
}

}  // namespace
}  // namespace zoe::player
