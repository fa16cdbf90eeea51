#include "tests/support/media_maker.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include "tests/support/frame_number.hpp"
#include "tests/support/process.hpp"

namespace zoe::test {
namespace {

struct Shape {
  int width = 320;
  int height = 240;
  std::string format = "gray";
  int depth = 8;
};

// The numbers of the frames that ffmpeg shows of the clip, -1 where a frame has no readable one.
std::vector<int> shown_numbers(const std::string& clip, const Shape& shape = {}) {
  const std::string size = std::to_string(shape.width) + "x" + std::to_string(shape.height);
  const RunResult result = run({"ffmpeg", "-nostdin", "-loglevel", "error", "-noautorotate", "-i", clip, "-fps_mode",
                                "passthrough", "-s", size, "-f", "rawvideo", "-pix_fmt", shape.format, "-"});
  EXPECT_TRUE(result.ok()) << result.err;
  const int stride = shape.width * (shape.depth > 8 ? 2 : 1);
  const std::size_t frame_bytes = static_cast<std::size_t>(stride) * static_cast<std::size_t>(shape.height);
  std::vector<int> numbers;
  for (std::size_t at = 0; at + frame_bytes <= result.out.size(); at += frame_bytes) {
    const auto* luma = reinterpret_cast<const std::uint8_t*>(result.out.data()) + at;
    const auto number = read_frame_number(luma, stride, shape.width, shape.height, shape.depth);
    numbers.push_back(number ? static_cast<int>(*number) : -1);
  }
  return numbers;
}

std::vector<int> from_to(int first, int end) {
  std::vector<int> numbers(static_cast<std::size_t>(end - first));
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

std::string probe(const std::string& clip, const std::string& entries) {
  const RunResult result = run(
      {"ffprobe", "-loglevel", "error", "-select_streams", "v:0", "-show_entries", entries, "-of", "csv=p=0", clip});
  EXPECT_TRUE(result.ok()) << result.err;
  return result.out;
}

TEST(MediaMaker, EveryCodecKeepsTheNumbers) {
  struct Case {
    VideoCodec codec;
    const char* container;
    int bframes;
  };
  for (const Case& one :
       {Case{VideoCodec::kH264, "mp4", 0}, Case{VideoCodec::kH264, "mkv", 3}, Case{VideoCodec::kHevc, "mp4", 2},
        Case{VideoCodec::kMpeg2, "ts", 2}, Case{VideoCodec::kMpeg4, "avi", 0}, Case{VideoCodec::kVp8, "webm", 0},
        Case{VideoCodec::kVp9, "webm", 0}, Case{VideoCodec::kAv1, "mkv", 0}, Case{VideoCodec::kMjpeg, "avi", 0},
        Case{VideoCodec::kFfv1, "mkv", 0}}) {
    ClipSpec spec{.codec = one.codec, .frames = 40, .bframes = one.bframes, .container = one.container};
    const std::string clip = make_clip(spec);
    EXPECT_EQ(shown_numbers(clip), from_to(0, 40)) << clip;
  }
}

TEST(MediaMaker, OpenGopsRefuseNoFrame) {
  for (const VideoCodec codec : {VideoCodec::kH264, VideoCodec::kHevc, VideoCodec::kMpeg2}) {
    const ClipSpec spec{.codec = codec, .frames = 60, .gop = 12, .bframes = 2, .is_open_gop = true, .container = "ts"};
    const std::string clip = make_clip(spec);
    EXPECT_EQ(shown_numbers(clip), from_to(0, 60)) << clip;

    // A key packet that leading frames follow: a later packet is shown before it.
    const std::string packets = probe(clip, "packet=pts,flags");
    long long key_pts = -1;
    int leading = 0;
    std::size_t at = 0;
    while (at < packets.size()) {
      const std::size_t end = packets.find('\n', at);
      const std::string line = packets.substr(at, end - at);
      at = end + 1;
      if (line.empty()) continue;  // csv has a line of its own for side data
      const long long pts = std::stoll(line);
      if (line.find(",K") != std::string::npos) {
        key_pts = pts;
      } else if (pts < key_pts) {
        ++leading;
      }
    }
    EXPECT_GE(leading, 4) << clip;
  }
}

TEST(MediaMaker, KeyFramesComeAtTheGop) {
  const std::string clip = make_clip({.frames = 520, .gop = 250, .picture = "color=gray"});
  const std::string flags = probe(clip, "packet=flags");
  int keys = 0;
  for (std::size_t at = flags.find('K'); at != std::string::npos; at = flags.find('K', at + 1)) ++keys;
  EXPECT_EQ(keys, 3);
}

TEST(MediaMaker, AnEditListHidesTheFirstFrames) {
  const std::string clip = make_clip({.frames = 60, .gop = 30, .bframes = 2, .hidden_frames = 20});
  EXPECT_EQ(shown_numbers(clip), from_to(20, 60));
  EXPECT_EQ(probe(clip, "stream=nb_frames").substr(0, 2), "60");
}

TEST(MediaMaker, RotationAndAspectRatioAreWritten) {
  const std::string turned = make_clip({.frames = 10, .rotation_degrees = 90});
  EXPECT_EQ(probe(turned, "stream_side_data=rotation").substr(0, 2), "90");
  EXPECT_EQ(shown_numbers(turned), from_to(0, 10));
  const std::string wide = make_clip({.frames = 10, .sar_num = 4, .sar_den = 3});
  EXPECT_EQ(probe(wide, "stream=sample_aspect_ratio").substr(0, 3), "4:3");
}

TEST(MediaMaker, DeepAndFullRangePicturesKeepTheNumbers) {
  const std::string deep =
      make_clip({.codec = VideoCodec::kHevc, .frames = 20, .pix_fmt = "yuv420p10le", .color_space = "bt2020nc"});
  EXPECT_EQ(probe(deep, "stream=pix_fmt,color_space").substr(0, 20), "yuv420p10le,bt2020nc");
  EXPECT_EQ(shown_numbers(deep, {.format = "gray10le", .depth = 10}), from_to(0, 20));
  const std::string full = make_clip({.frames = 20, .color_range = "pc", .color_space = "bt709"});
  EXPECT_EQ(probe(full, "stream=color_range,color_space").substr(0, 8), "pc,bt709");
  EXPECT_EQ(shown_numbers(full), from_to(0, 20));
}

TEST(MediaMaker, NumbersSurviveScalingAndCountPast255) {
  const std::string clip = make_clip({.frames = 300, .gop = 100, .picture = "color=gray"});
  EXPECT_EQ(shown_numbers(clip, {.width = 200, .height = 131}), from_to(0, 300));
}

TEST(MediaMaker, TracksAndChaptersAreThere) {
  const std::string clip = make_clip({.frames = 60,
                                      .container = "mkv",
                                      .audio = AudioCodec::kAac,
                                      .subtitles = "1\n00:00:00,200 --> 00:00:01,500\nHello\n",
                                      .chapters = 2,
                                      .title = "A title"});
  const RunResult result = run({"ffprobe", "-loglevel", "error", "-show_entries",
                                "stream=codec_type:chapter_tags=title:format_tags=title", "-of", "csv=p=0", clip});
  EXPECT_EQ(result.out, "video\naudio\nsubtitle\nChapter 1\nChapter 2\nA title\n");
}

TEST(MediaMaker, TheSameSpecIsMadeOnce) {
  const ClipSpec spec{.frames = 12};
  const std::string first = make_clip(spec);
  const auto written = std::filesystem::last_write_time(first);
  EXPECT_EQ(make_clip(spec), first);
  EXPECT_EQ(std::filesystem::last_write_time(first), written);
  EXPECT_NE(make_clip({.frames = 13}), first);
}

TEST(MediaMaker, AFailureSaysWhatFfmpegSaid) {
  EXPECT_THROW(make_media("broken", "mp4", {"-i", "/nonexistent/input", "{out}"}), std::runtime_error);
}

TEST(FrameNumber, ADamagedStripIsNoNumber) {
  std::vector<std::uint8_t> flat(320 * 240, 128);
  EXPECT_EQ(read_frame_number(flat.data(), 320, 320, 240), std::nullopt);
  std::vector<std::uint8_t> black(320 * 240, 16);
  EXPECT_EQ(read_frame_number(black.data(), 320, 320, 240), std::nullopt);
  EXPECT_EQ(read_frame_number(black.data(), 20, 20, 12), std::nullopt);
}

}  // namespace
}  // namespace zoe::test
