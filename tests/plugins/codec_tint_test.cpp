#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plugins/jpeg_pictures.hpp"

namespace zoe {
namespace {

using media::PixelFormat;
using test::CodecDriver;
using test::Coded;
using test::mean;
using test::ramp;
using test::to_abi;
using testing::HasSubstr;
using testing::Not;

constexpr int kWidth = 128;
constexpr int kHeight = 96;
constexpr int kTextRows = 7;  // of a picture this low

class CodecTint : public testing::Test {
 protected:
  test::TestHost host_;
};

Coded at_time(CodecDriver& tint, const zoe_track& track, std::string_view name, std::int64_t pts) {
  const auto picture = ramp({}, kWidth, kHeight, {1, 1, 1, false});
  zoe_frame frame = to_abi(*picture);
  frame.pts = pts;
  return encode(tint, track, name, frame);
}

// The samples of the brightness from row `from` up to row `to`.
std::vector<std::uint8_t> rows(const Coded& coded, int from, int to) {
  const media::PlaneView luma = coded.picture->plane(0);
  std::vector<std::uint8_t> out;
  for (int y = from; y < to; ++y) {
    const std::uint8_t* row = luma.data + static_cast<std::ptrdiff_t>(luma.stride) * y;
    out.insert(out.end(), row, row + luma.width);
  }
  return out;
}

std::vector<std::uint8_t> text_of(const Coded& coded) { return rows(coded, kHeight - kTextRows, kHeight); }

TEST_F(CodecTint, ReadsNamesAndWritesThemInOneWay) {
  CodecDriver tint(host_, "codec_tint");
  const zoe_track track = test::video_track(640, 480);
  EXPECT_STREQ(tint.codec().family, "tint");
  EXPECT_EQ(tint.resolved_name(track, "tint"), "tint@q80,warm");
  EXPECT_EQ(tint.resolved_name(track, "tint@blue"), "tint@q80,blue");
  EXPECT_EQ(tint.resolved_name(track, "tint@q60"), "tint@q60,warm");
  EXPECT_EQ(tint.resolved_name(track, "tint@green,q60"), "tint@q60,green");
  EXPECT_EQ(tint.resolved_name(track, "tint@q60,green"), "tint@q60,green");
  for (const char* bad : {"", "tin", "tints", "tint@", "tint@,", "tint@blue,", "tint@q0", "tint@q101", "tint@q",
                          "tint@q8x", "tint@q99999999999", "tint@q-1", "tint@pink", "tint@Blue", "jpeg"})
    EXPECT_THAT(tint.resolved_name(track, bad), HasSubstr("is no tint")) << bad;
}

TEST_F(CodecTint, TakesItsDefaultsFromTheConfiguration) {
  host_.set_settings("codec_tint", R"({"tint": "green", "quality": 55})");
  CodecDriver tint(host_, "codec_tint");
  EXPECT_EQ(tint.resolved_name(test::video_track(640, 480), "tint"), "tint@q55,green");
  const auto refusal = [&](const char* settings) {
    host_.set_settings("codec_tint", settings);
    return host_.load_error(test::plugin_file("codec_tint")).message;
  };
  EXPECT_THAT(refusal(R"({"tint": "pink"})"), HasSubstr("tint@pink"));
  EXPECT_THAT(refusal(R"({"quality": 0})"), HasSubstr("quality"));
  EXPECT_THAT(refusal(R"({"colour": "blue"})"), HasSubstr("colour"));
}

TEST_F(CodecTint, DescribesWhatComesOutAndRecommendsNothing) {
  CodecDriver tint(host_, "codec_tint");
  zoe_rendition rendition{};
  ASSERT_EQ(tint.resolve(test::video_track(1920, 1080), "tint", rendition), ZOE_OK);
  EXPECT_EQ(rendition.flags, std::uint32_t{ZOE_CODEC_INTRA_ONLY});
  EXPECT_STREQ(rendition.output.codec, "mjpeg");
  EXPECT_EQ(rendition.output.width, 1920);
  EXPECT_EQ(rendition.output.height, 1080);
  EXPECT_TRUE(tint.ladder(test::video_track(1920, 1080)).empty());
  zoe_track sound = test::video_track(0, 0);
  sound.kind = ZOE_TRACK_AUDIO;
  EXPECT_EQ(tint.resolve(sound, "tint", rendition), ZOE_E_UNSUPPORTED);
  EXPECT_EQ(tint.resolve(test::video_track(20'000, 100), "tint", rendition), ZOE_E_UNSUPPORTED);
}

TEST_F(CodecTint, EveryLayoutOfPicturesIsTinted) {
  CodecDriver tint(host_, "codec_tint");
  const PixelFormat formats[] = {{},
                                 {.chroma_shift_x = 0, .chroma_shift_y = 0},
                                 {.planes = 1, .chroma_shift_x = 0, .chroma_shift_y = 0},
                                 {.layout = media::PlaneLayout::kSemiPlanar, .planes = 2},
                                 {.planes = 1, .bit_depth = 10, .chroma_shift_x = 0, .chroma_shift_y = 0},
                                 {.bit_depth = 10}};
  for (const PixelFormat& format : formats) {
    SCOPED_TRACE(testing::Message() << static_cast<int>(format.planes) << " planes, "
                                    << static_cast<int>(format.bit_depth) << " bits");
    const auto picture = ramp(format, kWidth, kHeight, {1, 1, 1, false});
    const zoe_track track = test::video_track(kWidth, kHeight);
    const Coded plain = encode(tint, track, "tint@warm,q95", to_abi(*picture));
    const Coded blue = encode(tint, track, "tint@blue,q95", to_abi(*picture));
    ASSERT_TRUE(plain.picture && blue.picture);
    EXPECT_NEAR(mean(blue.picture->plane(1), 0, kWidth / 2) - mean(plain.picture->plane(1), 0, kWidth / 2),
                (188 - 96) / 2, 2);
    EXPECT_NEAR(mean(blue.picture->plane(2), 0, kWidth / 2) - mean(plain.picture->plane(2), 0, kWidth / 2),
                (108 - 156) / 2, 2);
    const std::vector<std::uint8_t> brightness = rows(blue, 0, kHeight - 16);
    EXPECT_NEAR(brightness.front(), 0.2 * 256, 6) << "the brightness stays";
    EXPECT_NEAR(brightness.back(), 0.8 * 256, 6);
    EXPECT_EQ(blue.packet.flags, std::uint32_t{ZOE_PACKET_KEY});
    EXPECT_EQ(blue.packet.pts, picture->pts());
    EXPECT_EQ(blue.packet.duration, picture->duration());
  }
}

TEST_F(CodecTint, TheCornerShowsTheTimeSinceTheTracksStart) {
  CodecDriver tint(host_, "codec_tint");
  const zoe_track track = test::video_track(kWidth, kHeight);
  zoe_track late = track;
  late.start = 7'000;
  late.time_base = {1, 1'000};
  const Coded second = at_time(tint, track, "tint", 90'000);
  EXPECT_EQ(text_of(second), text_of(at_time(tint, late, "tint", 8'000)));
  EXPECT_THAT(text_of(second), Not(testing::Eq(text_of(at_time(tint, track, "tint", 90'000 + 900)))));
  EXPECT_EQ(rows(second, 0, kHeight - 16), rows(at_time(tint, track, "tint", 90'000 + 900), 0, kHeight - 16))
      << "nothing else changes";
  for (const std::int64_t absurd : {ZOE_NO_TIMESTAMP, std::int64_t{-1}, INT64_MAX})
    EXPECT_TRUE(at_time(tint, track, "tint", absurd).picture) << absurd;
}

TEST_F(CodecTint, APictureWithoutRoomForTheTimeIsLeftWithout) {
  CodecDriver tint(host_, "codec_tint");
  for (const auto& [width, height] : {std::pair{1, 1}, {17, 9}, {200, 3}}) {
    const auto picture = ramp({}, width, height, {1, 1, 1, false});
    const Coded coded = encode(tint, test::video_track(width, height), "tint", to_abi(*picture));
    ASSERT_TRUE(coded.picture);
    EXPECT_EQ(coded.picture->width(), width);
    EXPECT_EQ(coded.picture->height(), height);
  }
}

TEST_F(CodecTint, RefusesPicturesThatDoNotFitTogether) {
  CodecDriver tint(host_, "codec_tint");
  const auto session = tint.open(test::video_track(kWidth, kHeight), "tint");
  const auto picture = ramp({}, kWidth, kHeight, {1, 1, 1, false});
  zoe_frame bad = to_abi(*picture);
  bad.stride[1] = 3;
  EXPECT_EQ(tint.codec().send_frame(session.get(), &bad, 1, tint.error()), ZOE_E_INVALID_ARGUMENT);
  const zoe_frame good = to_abi(*picture);
  EXPECT_EQ(tint.codec().send_frame(session.get(), &good, 1, tint.error()), ZOE_OK) << "the next one may be good";
}

}  // namespace
}  // namespace zoe
