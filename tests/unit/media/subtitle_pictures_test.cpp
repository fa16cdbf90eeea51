// Subtitles that are pictures: out of every container that carries them, and as the file that a server sends.
#include "engine/media/subtitle_pictures.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "engine/core/file.hpp"
#include "engine/media/probe.hpp"
#include "engine/media/subtitles.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/picture_subtitles.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::media {
namespace {

// White at the foot, then yellow (or so) higher up, with a gap between them.
const std::vector<test::SubtitleBox>& boxes() {
  static const std::vector<test::SubtitleBox> kBoxes{
      {.start_ms = 500, .end_ms = 1000, .x = 200, .y = 480, .width = 320, .height = 40},
      {.start_ms = 1200,
       .end_ms = 1600,
       .x = 40,
       .y = 100,
       .width = 100,
       .height = 60,
       .luma = 210,
       .cr = 146,
       .cb = 16}};
  return kBoxes;
}

class SubtitlePictures : public testing::Test {
 protected:
  // A clip with the boxes as `codec` in `extension`.
  std::string make(const std::string& codec, const std::string& extension, const std::vector<std::string>& more = {}) {
    const std::string sup = dir_.write("boxes.sup", test::make_sup(720, 576, boxes()));
    const std::string out = dir_.file("clip." + extension);
    std::vector<std::string> words{"ffmpeg",
                                   "-y",
                                   "-v",
                                   "error",
                                   "-copyts",
                                   "-i",
                                   test::make_clip({.width = 64, .height = 48}),
                                   "-fix_sub_duration",
                                   "-i",
                                   sup,
                                   "-map",
                                   "0:v",
                                   "-map",
                                   "1:s",
                                   "-c:v",
                                   "copy",
                                   "-c:s",
                                   codec};
    words.insert(words.end(), more.begin(), more.end());
    words.push_back(out);
    const test::RunResult made = test::run(words);
    EXPECT_TRUE(made.ok()) << made.err;
    return out;
  }

  struct Opened {
    TrackInfo track;
    std::int64_t origin_us = 0;
  };
  static Opened examine(const std::string& path) {
    const auto info = probe(path);
    EXPECT_TRUE(info) << info.error().message;
    Opened opened;
    const TrackInfo* video = info->best_video();
    opened.origin_us = ticks_to_us(video->start, video->time_base);
    for (const TrackInfo& track : info->tracks)
      if (track.kind == TrackKind::kSubtitle) opened.track = track;
    EXPECT_TRUE(can_show_subtitle(opened.track.codec)) << opened.track.codec;
    return opened;
  }

  test::TempDir dir_;
};

struct Area {
  int left = 1 << 20;
  int top = 1 << 20;
  int right = 0;
  int bottom = 0;
  std::array<std::uint8_t, 4> color{};
};

// What is opaque of an event.
Area ink_of(const SubtitlePictureEvent& event) {
  Area area;
  for (const SubtitlePiece& piece : event.pieces) {
    const auto indices = decode_runs(piece.runs, piece.width, piece.height);
    for (int y = 0; y < piece.height; ++y)
      for (int x = 0; x < piece.width; ++x) {
        const auto index = indices[static_cast<std::size_t>(y * piece.width + x)];
        if (index >= piece.palette.size() || piece.palette[index][3] < 200) continue;
        area.left = std::min(area.left, piece.x + x);
        area.right = std::max(area.right, piece.x + x + 1);
        area.top = std::min(area.top, piece.y + y);
        area.bottom = std::max(area.bottom, piece.y + y + 1);
        area.color = piece.palette[index];
      }
  }
  return area;
}

void expect_boxes(const SubtitleScript& script, const std::string& what) {
  SCOPED_TRACE(what);
  EXPECT_TRUE(script.events.empty());
  ASSERT_EQ(script.pictures.size(), boxes().size());
  for (std::size_t i = 0; i < boxes().size(); ++i) {
    const test::SubtitleBox& box = boxes()[i];
    const SubtitlePictureEvent& event = script.pictures[i];
    EXPECT_NEAR(static_cast<double>(event.start_us), box.start_ms * 1000.0, 12'000);
    EXPECT_NEAR(static_cast<double>(event.duration_us), (box.end_ms - box.start_ms) * 1000.0, 12'000);
    EXPECT_EQ(event.canvas_width, 720);
    EXPECT_EQ(event.canvas_height, 576);
    const Area ink = ink_of(event);
    EXPECT_NEAR(ink.left, box.x, 1);
    EXPECT_NEAR(ink.top, box.y, 1);
    EXPECT_NEAR(ink.right, box.x + box.width, 1);
    EXPECT_NEAR(ink.bottom, box.y + box.height, 1);
    EXPECT_GT(ink.color[0], 200);
    EXPECT_EQ(ink.color[2] > 128, i == 0) << "white, then yellow";
  }
}

TEST_F(SubtitlePictures, OfEveryKindAndContainerAreReadAndSentAlike) {
  struct Kind {
    const char* codec;
    const char* name;
    const char* extension;
    std::vector<std::string> more;
  };
  for (const Kind& kind : {Kind{"copy", "hdmv_pgs_subtitle", "mkv", {}},
                           Kind{"copy", "hdmv_pgs_subtitle", "m2ts", {"-mpegts_m2ts_mode", "1"}},
                           Kind{"dvdsub", "dvd_subtitle", "mkv", {}}, Kind{"dvdsub", "dvd_subtitle", "mp4", {}},
                           Kind{"dvbsub", "dvb_subtitle", "ts", {}}}) {
    const std::string path = make(kind.codec, kind.extension, kind.more);
    const Opened opened = examine(path);
    EXPECT_EQ(opened.track.codec, kind.name);
    const auto script = read_subtitle_track(path, opened.track, opened.origin_us, Fonts::kLeaveOut);
    ASSERT_TRUE(script) << script.error().message;
    const std::string what = std::string(kind.name) + " in " + kind.extension;
    expect_boxes(*script, what);
    EXPECT_EQ(script->pictures.at(0).is_square, std::string(kind.name) == "hdmv_pgs_subtitle");
    const auto file = extract_subtitle_pictures(path, opened.track, opened.origin_us);
    ASSERT_TRUE(file) << what << ": " << file.error().message;
    const auto sent = parse_subtitles(*file, kPictureFormat);
    ASSERT_TRUE(sent) << what << ": " << sent.error().message;
    expect_boxes(*sent, what + ", sent");
  }
}

TEST_F(SubtitlePictures, DamagedFilesEndNothing) {
  const std::string path = make("copy", "mkv");
  const Opened opened = examine(path);
  const auto file = extract_subtitle_pictures(path, opened.track, opened.origin_us);
  ASSERT_TRUE(file) << file.error().message;
  // Prefixes, and single bytes changed: what is left is read, or said to be no subtitles.
  for (std::size_t length = 0; length < file->size(); length += 7)
    static_cast<void>(parse_subtitles(Bytes(file->data(), length), kPictureFormat));
  for (std::size_t at = 0; at < file->size(); at += 3) {
    std::vector<std::uint8_t> changed = *file;
    changed[at] ^= 0xFF;
    const auto script = parse_subtitles(changed, kPictureFormat);
    if (!script) continue;
    for (const SubtitlePictureEvent& event : script->pictures)
      for (const SubtitlePiece& piece : event.pieces) {
        EXPECT_LE(static_cast<std::int64_t>(piece.width) * piece.height, kMostSubtitlePixels);
        EXPECT_LE(piece.palette.size(), 256u);
      }
  }
  EXPECT_EQ(parse_subtitles(as_bytes("no Matroska"), kPictureFormat).error().code, Errc::kMalformed);
  // A film is no subtitles, nor are texts pictures.
  const auto film = read_file(path, 1 << 20);
  ASSERT_TRUE(film);
  EXPECT_EQ(parse_subtitles(*film, kPictureFormat).error().code, Errc::kMalformed);
  EXPECT_EQ(extract_subtitle_pictures(path, {.kind = TrackKind::kSubtitle, .codec = "subrip"}, 0).error().code,
            Errc::kUnsupported);
}

TEST(SubtitleRuns, GiveBackWhatWasPutIn) {
  constexpr int kWidth = 700;
  constexpr int kHeight = 3;
  std::vector<std::uint8_t> indices(std::size_t{kWidth} * kHeight, 0);
  for (int i = 0; i < 40; ++i) indices[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i);
  std::fill_n(indices.begin() + 900, 600, std::uint8_t{7});
  const auto runs = encode_runs(indices.data(), kWidth, kWidth, kHeight);
  EXPECT_EQ(decode_runs(runs, kWidth, kHeight), indices);
  EXPECT_LT(runs.size(), 100u);
}

TEST(SubtitleRuns, NeverWriteBeyondThePicture) {
  const std::vector<std::uint8_t> endless(300, 9);
  EXPECT_EQ(decode_runs(endless, 4, 2), std::vector<std::uint8_t>(8, 9));
  const std::vector<std::uint8_t> long_run{0, 255, 3};
  EXPECT_EQ(decode_runs(long_run, 4, 2), std::vector<std::uint8_t>(8, 3));
  const std::vector<std::uint8_t> cut{5, 0, 200};
  EXPECT_EQ(decode_runs(cut, 2, 1), (std::vector<std::uint8_t>{5, 0}));
}

}  // namespace
}  // namespace zoe::media
