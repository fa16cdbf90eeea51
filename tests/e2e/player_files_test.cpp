// zoetrope on files of its own machine, with subtitles, by what is on its screen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "tests/e2e/player_process.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/picture_subtitles.hpp"

namespace zoe::test {
namespace {

using testing::HasSubstr;

class PlayerFiles : public testing::Test {
 protected:
  RunResult play(const std::vector<std::string>& files, const std::string& script,
                 const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {program("zoetrope"), "--headless", "--size", "640x480"};
    if (!script.empty()) words.insert(words.end(), {"--input-script", dir.write("keys.txt", script)});
    words.insert(words.end(), more.begin(), more.end());
    words.insert(words.end(), files.begin(), files.end());
    return run(words, {.environment = {{"XDG_CONFIG_HOME", dir.file("config")}}, .folder = dir.path()});
  }

  // Pixels as white as letters in a band of rows, in parts of the height.
  static int white_in(const std::string& path, double from, double to) {
    const Pixels pixels = read_pixels(path);
    int count = 0;
    for (int y = static_cast<int>(from * pixels.height); y < static_cast<int>(to * pixels.height); ++y)
      for (int x = 0; x < pixels.width; ++x) {
        const std::size_t at =
            (static_cast<std::size_t>(y) * static_cast<std::size_t>(pixels.width) + static_cast<std::size_t>(x)) * 3;
        const auto is_high = [&](std::size_t i) { return static_cast<unsigned char>(pixels.rgb[at + i]) > 245; };
        count += is_high(0) && is_high(1) && is_high(2) ? 1 : 0;
      }
    return count;
  }

  TempDir dir;
};

TEST_F(PlayerFiles, FilesPlayWithoutAServerOneAfterAnother) {
  std::filesystem::copy_file(make_clip({.frames = 20, .gop = 10}), dir.file("a.mp4"));
  std::filesystem::copy_file(make_clip({.width = 240, .height = 180, .frames = 60, .gop = 30}), dir.file("b.mp4"));
  const RunResult result = play({dir.file("a.mp4"), dir.file("b.mp4")},
                                "wait-shown 25\npause\nwait-state paused\nkey tab\nseek 1.5\nwait-state paused\n"
                                "screenshot second.png\nquit\n");
  ASSERT_TRUE(result.ok()) << result.err;
  EXPECT_EQ(number_in(dir.file("second.png")), 45u) << "the second one, which the first has no frame for";
}

TEST_F(PlayerFiles, WhatIsDroppedOnTheWindowPlays) {
  std::filesystem::create_directories(dir.file("films"));
  std::filesystem::copy_file(make_clip({.frames = 60, .gop = 30}), dir.file("films/a.mp4"));
  const RunResult result =
      play({}, "wait-link idle\ndrop " + dir.file("films") +
                   "\nwait-shown 1\npause\nwait-state paused\nkey tab\nseek 1.05\nwait-state paused\n"
                   "screenshot dropped.png\nquit\n");
  ASSERT_TRUE(result.ok()) << result.err;
  EXPECT_EQ(number_in(dir.file("dropped.png")), 31u);
}

TEST_F(PlayerFiles, WhatIsNotThereIsSaid) {
  RunResult result = play({dir.file("gone.mp4")}, "");
  EXPECT_EQ(result.status.code, 1);
  EXPECT_THAT(result.err, HasSubstr("gone.mp4"));
  result = play({dir.write("notes.mp4", "no video")}, "");
  EXPECT_EQ(result.status.code, 4);
  EXPECT_THAT(result.err, HasSubstr("notes.mp4"));
  result = play({dir.file("a.mp4")}, "", {"--media", "x"});
  EXPECT_EQ(result.status.code, 2);
}

// White words at a place where no control lies.
constexpr const char* kWords =
    "[Script Info]\nScriptType: v4.00+\nPlayResX: 640\nPlayResY: 480\n\n[V4+ Styles]\n"
    "Format: Name, Fontname, Fontsize, PrimaryColour, BorderStyle, Outline, Shadow, Alignment\n"
    "Style: Loud,Inter,40,&H00FFFFFF,1,0,0,7\n\n[Events]\n"
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    "Dialogue: 0,0:00:00.50,0:00:01.00,Loud,,0,0,0,,{\\pos(20,295)}HELLO\n";

// Before, while and after something is said, then backwards into it.
std::string look_at_words() {
  std::string script = "wait-state paused\nmove 4 4\nwait-for subtitles\nkey v\n";
  int place = 5;
  const auto shot = [&](const char* go, const char* name, const char* words) {
    script += std::string(go) + "\nwait-state paused\nmove " + std::to_string(place++) + " 200\nwait-for words " +
              words + "\nscreenshot " + name + ".png\n";
  };
  shot("seek 0.1", "before", "none");
  shot("seek 0.7", "during", "shown");
  shot("seek 1.1", "after", "none");
  // The last frame that has them, a step back from the first that has not.
  shot("seek 1.01", "edge", "none");
  shot("key comma", "stepped", "shown");
  shot("key shift+z", "late", "shown");
  shot("seek 0.55", "delayed", "none");
  return script + "quit\n";
}

void expect_words(const std::function<int(const char* name)>& white) {
  EXPECT_EQ(white("before"), 0);
  EXPECT_GT(white("during"), 300);
  EXPECT_EQ(white("after"), 0);
  EXPECT_EQ(white("edge"), 0);
  EXPECT_EQ(white("stepped"), white("during")) << "the same words over another frame";
  EXPECT_EQ(white("delayed"), 0) << "a tenth of a second later";
}

TEST_F(PlayerFiles, SubtitlesBelongToTheFrameThatIsShown) {
  std::filesystem::copy_file(make_clip({.frames = 60, .gop = 30, .picture = "color=gray"}), dir.file("film.mp4"));
  dir.write("film.en.ass", kWords);
  const RunResult result = play({dir.file("film.mp4")}, look_at_words(), {"--paused"});
  ASSERT_TRUE(result.ok()) << result.err;
  expect_words([&](const char* name) { return white_in(dir.file(std::string(name) + ".png"), 0.6, 0.72); });
}

// A film with a white box as a picture where kWords are, as `codec`.
void make_film_with_pictures(const TempDir& dir, const std::string& path, const std::string& codec) {
  const std::string sup =
      make_sup(640, 480, {{.start_ms = 500, .end_ms = 1000, .x = 20, .y = 300, .width = 160, .height = 40}});
  const RunResult made = run({"ffmpeg",
                              "-v",
                              "error",
                              "-copyts",
                              "-i",
                              make_clip({.frames = 60, .gop = 30, .picture = "color=gray"}),
                              "-fix_sub_duration",
                              "-i",
                              dir.write("box.sup", sup),
                              "-map",
                              "0:v",
                              "-map",
                              "1:s",
                              "-c:v",
                              "copy",
                              "-c:s",
                              codec,
                              "-metadata:s:s:0",
                              "language=ger",
                              "-disposition:s:0",
                              "hearing_impaired",
                              path});
  ASSERT_TRUE(made.ok()) << made.err;
}

TEST_F(PlayerFiles, PictureSubtitlesBelongToTheFrameThatIsShown) {
  make_film_with_pictures(dir, dir.file("film.mkv"), "dvdsub");
  const RunResult result = play({dir.file("film.mkv")}, look_at_words(), {"--paused"});
  ASSERT_TRUE(result.ok()) << result.err;
  expect_words([&](const char* name) { return white_in(dir.file(std::string(name) + ".png"), 0.6, 0.72); });
}

TEST_F(PlayerFiles, PictureSubtitlesOfAServerAreDrawnAlike) {
  std::filesystem::create_directories(dir.file("films"));
  make_film_with_pictures(dir, dir.file("films/film.mkv"), "copy");
  const ServerProcess server({.folders = {dir.file("films")}});
  PlayerRun player(server.port());
  const PlayerOutcome outcome =
      player.run({"--media", "film", "--paused", "--size", "640x480"},
                 "wait-state paused\nmove 4 4\nwait-for subtitles\nkey v\nwait-for subtitles German\n"
                 "key shift+v\nkey shift+v\nkey v\n" +
                     look_at_words());
  ASSERT_TRUE(outcome.result.ok()) << outcome.result.err;
  expect_words([&](const char* name) { return white_in(player.file(std::string(name) + ".png"), 0.6, 0.72); });
}

TEST_F(PlayerFiles, SubtitlesOfAServerAreDrawnAlike) {
  std::filesystem::create_directories(dir.file("films"));
  dir.write("words.ass", kWords);
  // Inside the container, whose subtitles the server reads out.
  const RunResult made =
      run({"ffmpeg", "-v", "error", "-i", make_clip({.frames = 60, .gop = 30, .picture = "color=gray"}), "-i",
           dir.file("words.ass"), "-map", "0:v", "-map", "1:s", "-c", "copy", dir.file("films/film.mkv")});
  ASSERT_TRUE(made.ok()) << made.err;
  const ServerProcess server({.folders = {dir.file("films")}});
  PlayerRun player(server.port());
  const PlayerOutcome outcome = player.run({"--media", "film", "--paused", "--size", "640x480"}, look_at_words());
  ASSERT_TRUE(outcome.result.ok()) << outcome.result.err;
  expect_words([&](const char* name) { return white_in(player.file(std::string(name) + ".png"), 0.6, 0.72); });
}

// How many pixels of a column are not black: one at the left, where the player says nothing.
int lit_at_left(const Pixels& pixels) {
  int lit = 0;
  for (int y = 0; y < pixels.height; ++y) {
    const std::size_t at = (static_cast<std::size_t>(y) * static_cast<std::size_t>(pixels.width) +
                            static_cast<std::size_t>(pixels.width / 8)) *
                           3;
    lit += static_cast<unsigned char>(pixels.rgb[at]) > 40 ? 1 : 0;
  }
  return lit;
}

TEST_F(PlayerFiles, ThePictureIsLookedAtNearerAndInOtherProportions) {
  // Four times as wide as high, in a window of 4:3.
  std::filesystem::copy_file(make_clip({.width = 320, .height = 80, .frames = 30, .picture = "color=white"}),
                             dir.file("wide.mp4"));
  std::string script = "wait-state paused\nkey tab\nwait 1000\n";  // what fades is gone
  const auto shot = [&](const std::string& keys, const std::string& name) {
    script += keys + "screenshot " + name + ".png\n";
  };
  const std::string nearer = "key alt+equals\nkey alt+equals\nkey alt+equals\nkey alt+equals\n";
  shot("", "whole");
  shot(nearer, "nearer");
  shot("key alt+down\n", "moved");
  shot("key alt+backspace\n", "reset");
  shot("key w\n", "filled");
  shot("key w\nkey shift+w\n", "stretched");
  const RunResult result = play({dir.file("wide.mp4")}, script + "quit\n", {"--paused"});
  ASSERT_TRUE(result.ok()) << result.err;
  const auto lit = [&](const char* name) { return lit_at_left(read_pixels(dir.file(std::string(name) + ".png"))); };
  EXPECT_NEAR(lit("whole"), 160 - 20, 20) << "the strip with the number has black in it";
  EXPECT_NEAR(static_cast<double>(lit("nearer")) / lit("whole"), 1.1 * 1.1 * 1.1 * 1.1, 0.1);
  EXPECT_EQ(lit("reset"), lit("whole"));
  EXPECT_GT(lit("filled"), 400);
  EXPECT_GT(lit("stretched"), 400) << "4:3 is the window's own";
  EXPECT_NE(read_pixels(dir.file("moved.png")).rgb, read_pixels(dir.file("nearer.png")).rgb);
}

// How much lines stick out of both their neighbours, in the upper three quarters of the picture.
double combs_in(const Pixels& pixels) {
  double sum = 0;
  const auto at = [&](int x, int y) {
    return int{static_cast<unsigned char>(
        pixels
            .rgb[(static_cast<std::size_t>(y) * static_cast<std::size_t>(pixels.width) + static_cast<std::size_t>(x)) *
                 3])};
  };
  for (int y = 1; y < pixels.height * 3 / 4; ++y)
    for (int x = 0; x < pixels.width; ++x) {
      const int above = at(x, y - 1);
      const int below = at(x, y + 1);
      sum += std::max({std::min(above, below) - at(x, y), at(x, y) - std::max(above, below), 0});
    }
  return sum / pixels.width / pixels.height;
}

// Bars that move by twelve pixels from field to field, in the window pixel for pixel.
std::string interlaced_clip() {
  return make_media("interlaced", "mkv",
                    {"-f",
                     "lavfi",
                     "-i",
                     "nullsrc=s=640x480:r=50,format=gray,geq=lum='if(lt(mod(X+N*12,96),48),40,200)',format=yuv420p",
                     "-vf",
                     "tinterlace=interleave_top",
                     "-frames:v",
                     "50",
                     "-c:v",
                     "mpeg2video",
                     "-flags",
                     "+ildct+ilme+cgop",
                     "-top",
                     "1",
                     "-sc_threshold",
                     "1000000000",
                     "-g",
                     "12",
                     "-bf",
                     "2",
                     "-q:v",
                     "2",
                     "{out}"});
}

TEST_F(PlayerFiles, InterlacedPicturesAreMadeWholeInBothDirections) {
  std::filesystem::copy_file(interlaced_clip(), dir.file("tv.mkv"));
  const RunResult result =
      play({dir.file("tv.mkv")},
           "wait-state paused\nkey tab\nseek 1\nwait-state paused\nscreenshot sought.png\n"
           "key period\nwait-state paused\nkey comma\nwait-state paused\nscreenshot stepped.png\n"
           "rate -1\nplay\nwait-frame 20\npause\nwait-state paused\nseek 1\nwait-state paused\n"
           "screenshot turned.png\n"
           "key i\nwait-state paused\nkey tab\nkey tab\nwait-state paused\nscreenshot off.png\nquit\n",
           {"--paused"});
  ASSERT_TRUE(result.ok()) << result.err;
  const auto picture = [&](const char* name) { return read_pixels(dir.file(std::string(name) + ".png")); };
  EXPECT_LT(combs_in(picture("sought")), 1);
  EXPECT_LT(combs_in(picture("stepped")), 1);
  EXPECT_EQ(picture("turned").rgb, picture("stepped").rgb);
  EXPECT_GT(combs_in(picture("off")), 10) << "as it lies in the file";
}

TEST_F(PlayerFiles, HowAndWhereOneWatchedIsRemembered) {
  const std::string film = dir.file("film.mp4");
  std::filesystem::copy_file(make_clip({.fps_num = 5, .frames = 100, .gop = 10, .audio = AudioCodec::kAac}), film);
  const auto volume_of = [&](const std::string& script) {
    return play({film}, "wait-state paused\nkey tab\n" + script + "quit\n", {"--paused"});
  };
  const RunResult first = volume_of("key 9\nkey 9\nkey 9\nkey m\nseek 12\nwait-state paused\n");
  ASSERT_TRUE(first.ok()) << first.err;
  // Tab shows the controls again, which say how loud it is.
  const RunResult second = volume_of(
      "screenshot again.png\nkey tab\nmove 4 4\nwait-for mute muted\nkey m\nwait-for mute \"85 %\"\n"
      "key home\nwait-state paused\n");
  ASSERT_TRUE(second.ok()) << second.err;
  EXPECT_EQ(number_in(dir.file("again.png")), 60u) << "where it was left";
  const RunResult third = volume_of("screenshot anew.png\n");
  ASSERT_TRUE(third.ok()) << third.err;
  EXPECT_EQ(number_in(dir.file("anew.png")), 0u) << "gone back to the beginning";
}

TEST_F(PlayerFiles, TheLanguagesChosenLastAreTakenTheNextTime) {
  const std::string film = dir.file("film.mkv");
  const std::string words = "1\n00:00:00,000 --> 00:00:09,000\nWORDS\n";
  const RunResult made = run({"ffmpeg",
                              "-v",
                              "error",
                              "-i",
                              make_clip({.frames = 60, .gop = 30}),
                              "-i",
                              dir.write("a.srt", words),
                              "-i",
                              dir.write("b.srt", words),
                              "-map",
                              "0:v",
                              "-map",
                              "1:s",
                              "-map",
                              "2:s",
                              "-c",
                              "copy",
                              "-metadata:s:s:0",
                              "language=eng",
                              "-metadata:s:s:1",
                              "language=ger",
                              "-disposition:s",
                              "0",
                              film});
  ASSERT_TRUE(made.ok()) << made.err;
  RunResult result = play({film},
                          "wait-state paused\nmove 4 4\nwait-for subtitles \"Subtitles off\"\nkey v\nkey v\n"
                          "wait-for subtitles German\nquit\n",
                          {"--paused"});
  ASSERT_TRUE(result.ok()) << result.err;
  result = play({film},
                "wait-state paused\nmove 4 4\nwait-for subtitles German\nkey v\n"
                "wait-for subtitles \"Subtitles off\"\nquit\n",
                {"--paused"});
  ASSERT_TRUE(result.ok()) << result.err;
  result = play({film}, "wait-state paused\nmove 4 4\nwait-for subtitles \"Subtitles off\"\nquit\n", {"--paused"});
  ASSERT_TRUE(result.ok()) << result.err;
}

}  // namespace
}  // namespace zoe::test
