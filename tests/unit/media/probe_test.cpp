#include "engine/media/probe.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/media_maker.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::media {
namespace {

using test::ClipSpec;
using test::make_clip;
using test::make_media;
using testing::HasSubstr;

MediaInfo probed(const std::string& path) {
  auto info = probe(path);
  EXPECT_TRUE(info) << (info ? "" : info.error().message);
  return info ? *info : MediaInfo{};
}

Error refused(const std::string& path) {
  const auto info = probe(path);
  EXPECT_FALSE(info) << path;
  return info ? Error{} : info.error();
}

TEST(Probe, ReadsWhatAFileSaysOfItself) {
  ClipSpec spec;
  spec.container = "mkv";
  spec.frames = 60;
  spec.audio = test::AudioCodec::kAac;
  spec.sar_num = 4;
  spec.sar_den = 3;
  spec.color_space = "bt709";
  spec.color_range = "tv";
  spec.chapters = 2;
  spec.title = "Näidis – 見本";
  spec.subtitles = "1\n00:00:00,000 --> 00:00:01,000\nHello\n";
  const MediaInfo info = probed(make_clip(spec));
  EXPECT_EQ(info.container, "matroska,webm");
  EXPECT_EQ(info.title, spec.title);
  EXPECT_NEAR(static_cast<double>(info.duration_us), 2e6, 1e5);
  ASSERT_EQ(info.chapters.size(), 2U);
  EXPECT_EQ(info.chapters[0].title, "Chapter 1");
  EXPECT_EQ(info.chapters[0].start_us, 0);
  EXPECT_EQ(info.chapters[1].start_us, info.chapters[0].end_us);
  ASSERT_EQ(info.tracks.size(), 3U);
  const TrackInfo* video = info.best_video();
  ASSERT_NE(video, nullptr);
  EXPECT_EQ(video->codec, "h264");
  EXPECT_EQ(video->width, 320);
  EXPECT_EQ(video->height, 240);
  EXPECT_EQ(video->frame_rate, (Rational{30, 1}));
  EXPECT_EQ(video->sample_aspect_ratio, (Rational{4, 3}));
  EXPECT_EQ(video->display_width(), 427);
  EXPECT_EQ(video->color, (ColorInfo{1, 1, 1, false}));
  EXPECT_EQ(video->bit_depth, 8);
  EXPECT_EQ(video->pixel_format, "yuv420p");
  EXPECT_FALSE(video->extradata.empty());
  EXPECT_EQ(info.tracks[1].kind, TrackKind::kAudio);
  EXPECT_EQ(info.tracks[1].codec, "aac");
  EXPECT_GT(info.tracks[1].sample_rate, 0);
  EXPECT_GT(info.tracks[1].channels, 0);
  EXPECT_EQ(info.tracks[2].kind, TrackKind::kSubtitle);
}

TEST(Probe, RotationIsClockwise) {
  for (const int counter_clockwise : {90, 180, 270}) {
    ClipSpec spec;
    spec.frames = 15;
    spec.rotation_degrees = counter_clockwise;
    const MediaInfo info = probed(make_clip(spec));
    EXPECT_EQ(info.best_video()->rotation_degrees, 360 - counter_clockwise);
  }
}

TEST(Probe, KnowsDepthAndRange) {
  ClipSpec spec;
  spec.codec = test::VideoCodec::kHevc;
  spec.frames = 15;
  spec.pix_fmt = "yuv420p10le";
  spec.color_space = "bt2020nc";
  spec.color_range = "pc";
  const MediaInfo info = probed(make_clip(spec));
  const TrackInfo* video = info.best_video();
  ASSERT_NE(video, nullptr);
  EXPECT_EQ(video->bit_depth, 10);
  EXPECT_EQ(video->color.matrix, 9);
  EXPECT_TRUE(video->color.is_full_range);

  const MediaInfo rgb = probed(
      make_media("probe_rgb", "mkv", {"-f", "lavfi", "-i", "testsrc=s=64x48:d=1", "-c:v", "libx264rgb", "{out}"}));
  EXPECT_EQ(rgb.best_video()->color.matrix, 0);
  EXPECT_TRUE(rgb.best_video()->color.is_full_range);
}

TEST(Probe, ACoverIsNoVideo) {
  const std::string cover =
      make_media("cover", "png", {"-f", "lavfi", "-i", "testsrc=s=600x600", "-frames:v", "1", "{out}"});
  const std::string path =
      make_media("with_cover", "mp4",
                 {"-f", "lavfi", "-i", "testsrc=s=64x48:d=1", "-i", cover, "-map", "0", "-map", "1", "-c:v:0",
                  "libx264", "-c:v:1", "png", "-disposition:v:1", "attached_pic", "{out}"});
  const MediaInfo info = probed(path);
  ASSERT_EQ(info.tracks.size(), 2U);
  EXPECT_TRUE(info.tracks[1].is_attached_picture);
  EXPECT_EQ(info.best_video()->width, 64);
}

TEST(Probe, SaysWhyAFileCannotBePlayed) {
  const test::TempDir folder;
  const auto expect = [&](const std::string& path, Errc code, const char* words) {
    const Error error = refused(path);
    EXPECT_EQ(error.code, code) << path << ": " << error.message;
    EXPECT_THAT(error.message, HasSubstr(words));
    EXPECT_THAT(error.message, HasSubstr(path)) << "the message names the file";
  };
  expect(folder.file("missing.mp4"), Errc::kNotFound, "No such file");
  expect(folder.write("empty.mp4", ""), Errc::kMalformed, "empty");
  expect(folder.write("note.mp4", "this is a shopping list: bread, butter"), Errc::kMalformed, "no media file");
  expect(folder.write("zeros.mkv", std::string(1'000'000, '\0')), Errc::kMalformed, "no media file");
  expect(folder.path(), Errc::kUnsupported, "not a regular file");
  const std::string pipe = folder.file("pipe.mp4");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  expect(pipe, Errc::kUnsupported, "not a regular file");
  const std::string picture = make_media("still", "png", {"-f", "lavfi", "-i", "testsrc", "-frames:v", "1", "{out}"});
  expect(picture, Errc::kUnsupported, "no video");
}

TEST(Probe, NeverOpensAnotherFile) {
  const test::TempDir folder;
  const std::string clip = make_clip({.frames = 15});
  std::filesystem::copy_file(clip, folder.file("clip.mp4"));
  const auto expect_closed = [&](const std::string& name, const std::string& text) {
    const auto info = probe(folder.write(name, text));
    EXPECT_FALSE(info) << name << " gave the video of another file";
  };
  expect_closed("list.ffconcat", "ffconcat version 1.0\nfile clip.mp4\n");
  expect_closed("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:1,\nclip.mp4\n#EXT-X-ENDLIST\n");
  expect_closed("session.sdp",
                "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5000 RTP/AVP 96\n"
                "a=rtpmap:96 H264/90000\n");
  expect_closed("manifest.mpd",
                "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" "
                "mediaPresentationDuration=\"PT1S\"><Period><AdaptationSet><Representation id=\"1\"><BaseURL>clip.mp4"
                "</BaseURL></Representation></AdaptationSet></Period></MPD>");
}

TEST(Probe, AFileCutShortIsStillKnownByItsHeader) {
  const test::TempDir folder;
  const std::string whole_path = make_media(
      "fast_start", "mp4",
      {"-f", "lavfi", "-i", "testsrc2=s=160x120:d=2", "-c:v", "libx264", "-movflags", "+faststart", "{out}"});
  std::ifstream in(whole_path, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), {});
  const MediaInfo info = probed(folder.write("half.mp4", whole.substr(0, whole.size() / 2)));
  ASSERT_NE(info.best_video(), nullptr);
  EXPECT_EQ(info.best_video()->width, 160);
  // Without its header there is nothing to know.
  EXPECT_EQ(refused(folder.write("tail.mp4", whole.substr(0, 40))).code, Errc::kMalformed);
}

TEST(Probe, BoundsWhatAFileMayAskFor) {
  const std::string path = make_clip({.frames = 15});
  EXPECT_FALSE(probe(path, {.most_width = 319})) << "the only track is out of bounds";
  EXPECT_FALSE(probe(path, {.most_pixels = 1000}));
  EXPECT_FALSE(probe(path, {.most_extradata_bytes = 3}));
  EXPECT_TRUE(probe(path, {.most_width = 320}));
}

TEST(Probe, StopsOnRequestAndWhenItTakesTooLong) {
  const std::string path = make_clip({.frames = 15});
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = probe(path, {}, stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Errc::kCancelled);
  const auto late = probe(path, {.timeout = std::chrono::milliseconds(-1)});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::kTimeout) << late.error().message;
}

}  // namespace
}  // namespace zoe::media
