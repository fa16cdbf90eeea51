#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plugins/jpeg_pictures.hpp"

namespace zoe {
namespace {

using media::Frame;
using media::PixelFormat;
using test::CodecDriver;
using test::Coded;
using test::mean;
using test::ramp;
using test::to_abi;
using testing::ElementsAre;
using testing::HasSubstr;

class CodecJpeg : public testing::Test {
 protected:
  test::TestHost host_;
};

TEST_F(CodecJpeg, ReadsNamesAndWritesThemInOneWay) {
  CodecDriver jpeg(host_, "codec_jpeg");
  const zoe_track track = test::video_track(1920, 1080);
  EXPECT_EQ(jpeg.codec().input, std::uint32_t{ZOE_CODEC_INPUT_FRAMES});
  EXPECT_STREQ(jpeg.codec().family, "jpeg");
  EXPECT_EQ(jpeg.resolved_name(track, "jpeg"), "jpeg@q80");
  EXPECT_EQ(jpeg.resolved_name(track, "jpeg@q1"), "jpeg@q1");
  EXPECT_EQ(jpeg.resolved_name(track, "jpeg@q100"), "jpeg@q100");
  EXPECT_EQ(jpeg.resolved_name(track, "jpeg@720p"), "jpeg@q80,720p");
  EXPECT_EQ(jpeg.resolved_name(track, "jpeg@q60,720p"), "jpeg@q60,720p");
  EXPECT_EQ(jpeg.resolved_name(track, "jpeg@720p,q60"), "jpeg@q60,720p");
  EXPECT_EQ(jpeg.resolved_name(track, "jpeg@1080p"), "jpeg@q80") << "the source's size needs no name";
  EXPECT_EQ(jpeg.resolved_name(track, "jpeg@2160p"), "jpeg@q80") << "never enlarged";
  for (const char* bad :
       {"jpe", "jpegs", "jpeg@", "jpeg@q0", "jpeg@q101", "jpeg@q", "jpeg@q80,", "jpeg@q80,q80", "jpeg@721p", "jpeg@p",
        "jpeg@720p,480p", "jpeg@x", "jpeg@q-1", "jpeg@q80 ", "jpeg@q99999999999"})
    EXPECT_THAT(jpeg.resolved_name(track, bad), HasSubstr("no JPEG rendition")) << bad;
}

TEST_F(CodecJpeg, PassesItsOwnTest) {
  CodecDriver codec(host_, "codec_jpeg");
  EXPECT_EQ(codec.self_test(), ZOE_OK) << codec.message();
}

TEST_F(CodecJpeg, TakesItsDefaultQualityFromTheConfiguration) {
  host_.set_settings("codec_jpeg", R"({"quality": 55})");
  CodecDriver jpeg(host_, "codec_jpeg");
  EXPECT_EQ(jpeg.resolved_name(test::video_track(640, 480), "jpeg"), "jpeg@q55");
  host_.set_settings("codec_jpeg", R"({"quality": 101})");
  EXPECT_THAT(host_.load_error(test::plugin_file("codec_jpeg")).message, HasSubstr("quality"));
  host_.set_settings("codec_jpeg", R"({"qualty": 50})");
  EXPECT_THAT(host_.load_error(test::plugin_file("codec_jpeg")).message, HasSubstr("qualty"));
}

TEST_F(CodecJpeg, DescribesWhatComesOut) {
  CodecDriver jpeg(host_, "codec_jpeg");
  zoe_track track = test::video_track(1920, 1080);
  track.sample_aspect_ratio = {4, 3};
  track.rotation_degrees = 90;
  const std::uint8_t header[1] = {1};
  track.extradata = header;
  track.extradata_size = 1;
  zoe_rendition rendition{};
  ASSERT_EQ(jpeg.resolve(track, "jpeg@q70,480p", rendition), ZOE_OK);
  EXPECT_EQ(rendition.flags, std::uint32_t{ZOE_CODEC_INTRA_ONLY});
  EXPECT_STREQ(rendition.output.codec, "mjpeg");
  EXPECT_EQ(rendition.output.width, 854);
  EXPECT_EQ(rendition.output.height, 480);
  EXPECT_EQ(rendition.output.sample_aspect_ratio.num, 4);
  EXPECT_EQ(rendition.output.rotation_degrees, 90);
  EXPECT_EQ(rendition.output.time_base.den, 90'000);
  EXPECT_EQ(rendition.output.extradata, nullptr);
  EXPECT_EQ(rendition.output.color.matrix, 1);
  EXPECT_EQ(rendition.output.color.is_full_range, 0) << "the source's range is carried along";

  track.color = {1, 13, 0, 1};
  ASSERT_EQ(jpeg.resolve(track, "jpeg", rendition), ZOE_OK);
  EXPECT_EQ(rendition.output.color.matrix, 1) << "RGB is sent as YUV";
  EXPECT_EQ(rendition.output.color.is_full_range, 1);

  track.kind = ZOE_TRACK_SUBTITLE;
  EXPECT_EQ(jpeg.resolve(track, "jpeg", rendition), ZOE_E_UNSUPPORTED);
  EXPECT_EQ(jpeg.resolve(test::video_track(20'000, 100), "jpeg", rendition), ZOE_E_UNSUPPORTED);
}

TEST_F(CodecJpeg, LadderGoesDownFromTheSourcesSize) {
  CodecDriver jpeg(host_, "codec_jpeg");
  const auto names = [&](int width, int height) {
    std::vector<std::string> out;
    for (const zoe_rendition& rung : jpeg.ladder(test::video_track(width, height))) out.emplace_back(rung.name);
    return out;
  };
  EXPECT_THAT(names(1920, 1080),
              ElementsAre("jpeg@q80", "jpeg@q60", "jpeg@q60,720p", "jpeg@q60,480p", "jpeg@q60,360p", "jpeg@q60,240p"));
  EXPECT_THAT(names(1080, 1920),
              ElementsAre("jpeg@q80", "jpeg@q60", "jpeg@q60,720p", "jpeg@q60,480p", "jpeg@q60,360p", "jpeg@q60,240p"))
      << "of an upright picture the width counts";
  EXPECT_THAT(names(320, 240), ElementsAre("jpeg@q80", "jpeg@q60"));
  std::int64_t rate = INT64_MAX;
  for (const zoe_rendition& rung : jpeg.ladder(test::video_track(1920, 1080))) {
    EXPECT_GT(rung.output.bit_rate, 0);
    EXPECT_LT(rung.output.bit_rate, rate) << rung.name;
    rate = rung.output.bit_rate;
  }
  EXPECT_EQ(jpeg.ladder(test::video_track(1920, 1080), 2).size(), 2U);
}

TEST_F(CodecJpeg, EachPictureBecomesOneKeyPacketWithItsTime) {
  CodecDriver jpeg(host_, "codec_jpeg");
  const zoe_track track = test::video_track(64, 48);
  const auto session = jpeg.open(track, "jpeg");
  const auto& codec = jpeg.codec();
  const auto picture = ramp({}, 64, 48, {1, 1, 1, false});
  zoe_packet out = test::empty_packet();
  EXPECT_EQ(codec.receive_packet(session.get(), &out, jpeg.error()), ZOE_AGAIN);
  for (int i = 0; i < 3; ++i) {
    zoe_frame frame = to_abi(*picture);
    frame.pts = 1000 + i;
    frame.duration = 5;
    ASSERT_EQ(codec.send_frame(session.get(), &frame, i == 0, jpeg.error()), ZOE_OK);
    EXPECT_EQ(codec.send_frame(session.get(), &frame, 0, jpeg.error()), ZOE_AGAIN);
    ASSERT_EQ(codec.receive_packet(session.get(), &out, jpeg.error()), ZOE_OK);
    EXPECT_EQ(out.pts, 1000 + i);
    EXPECT_EQ(out.dts, 1000 + i);
    EXPECT_EQ(out.duration, 5);
    EXPECT_EQ(out.flags, std::uint32_t{ZOE_PACKET_KEY});
    EXPECT_GT(out.size, 100U);
    plugin::Buffer::release(out.buffer);
  }
  ASSERT_EQ(codec.flush(session.get(), jpeg.error()), ZOE_OK);
  EXPECT_EQ(codec.receive_packet(session.get(), &out, jpeg.error()), ZOE_END);
  EXPECT_EQ(codec.extradata(session.get()).size, 0U);
  EXPECT_EQ(host_.metrics().counter("codec_jpeg_frames_total").value(), 3U) << "encoding work is counted";
}

TEST_F(CodecJpeg, HoldsEveryLayoutOfPictures) {
  CodecDriver jpeg(host_, "codec_jpeg");
  const auto p420 = PixelFormat{};
  const PixelFormat formats[] = {
      p420,
      {.chroma_shift_x = 1, .chroma_shift_y = 0},
      {.chroma_shift_x = 0, .chroma_shift_y = 0},
      {.planes = 1, .chroma_shift_x = 0, .chroma_shift_y = 0},
      {.layout = media::PlaneLayout::kSemiPlanar, .planes = 2},
      {.bit_depth = 10},
      {.bit_depth = 10, .chroma_shift_x = 1, .chroma_shift_y = 0},
      {.bit_depth = 12, .chroma_shift_x = 0, .chroma_shift_y = 0},
      {.layout = media::PlaneLayout::kSemiPlanar, .planes = 2, .bit_depth = 10, .bit_shift = 6},
  };
  for (const PixelFormat& format : formats) {
    for (const auto& [width, height] : {std::pair{64, 48}, {63, 47}, {17, 1}}) {
      SCOPED_TRACE(testing::Message() << static_cast<int>(format.planes) << " planes of "
                                      << static_cast<int>(format.bit_depth) << " bits, chroma "
                                      << static_cast<int>(format.chroma_shift_x)
                                      << static_cast<int>(format.chroma_shift_y) << ", " << width << "x" << height);
      const auto picture = ramp(format, width, height, {1, 1, 1, false});
      const Coded coded = encode(jpeg, test::video_track(width, height), "jpeg@q95", to_abi(*picture));
      ASSERT_TRUE(coded.picture);
      EXPECT_EQ(coded.picture->width(), width);
      EXPECT_EQ(coded.picture->height(), height);
      EXPECT_EQ(coded.picture->format().planes, format.planes == 1 ? 1 : 3);
      EXPECT_EQ(coded.picture->format().chroma_shift_x, format.chroma_shift_x);
      EXPECT_EQ(coded.picture->format().chroma_shift_y, format.chroma_shift_y);
      const media::PlaneView luma = coded.picture->plane(0);
      EXPECT_NEAR(mean(luma, 0, 1), 0.2 * 256, 6);
      EXPECT_NEAR(mean(luma, luma.width - 1, luma.width), 0.8 * 256, 12);
      if (format.planes > 1 && height > 1) {
        const media::PlaneView u = coded.picture->plane(1);
        const media::PlaneView v = coded.picture->plane(2);
        EXPECT_NEAR(mean(u, 0, u.width), 0.5 * 256, 8) << "U";
        EXPECT_NEAR(mean(v, 0, 1), 0.7 * 256, 8) << "V";
      }
    }
  }
}

TEST_F(CodecJpeg, BringsPicturesDownInTheirProportions) {
  CodecDriver jpeg(host_, "codec_jpeg");
  const auto picture = ramp({}, 1280, 720, {1, 1, 1, false});
  const Coded coded = encode(jpeg, test::video_track(1280, 720), "jpeg@360p", to_abi(*picture));
  ASSERT_TRUE(coded.picture);
  EXPECT_EQ(coded.picture->width(), 640);
  EXPECT_EQ(coded.picture->height(), 360);
  const media::PlaneView luma = coded.picture->plane(0);
  EXPECT_NEAR(mean(luma, 0, 8), 0.2 * 256, 3);
  EXPECT_NEAR(mean(luma, 312, 328), 0.5 * 256, 3);
}

TEST_F(CodecJpeg, KeepsTheRangeItAnnounced) {
  CodecDriver jpeg(host_, "codec_jpeg");
  zoe_track limited = test::video_track(64, 48);
  zoe_track full = limited;
  full.color.is_full_range = 1;
  const auto picture = [&](bool is_full) {
    auto frame = Frame::create({}, 64, 48);
    for (int p = 0; p < 3; ++p) {
      const media::PlaneView plane = (*frame)->plane(p);
      for (int y = 0; y < plane.height; ++y)
        std::fill_n((*frame)->writable_plane(p) + static_cast<std::ptrdiff_t>(plane.stride) * y, plane.width,
                    p == 0 ? std::uint8_t{235} : std::uint8_t{128});
    }
    (*frame)->set_color({1, 1, 1, is_full});
    return *frame;
  };
  const auto luma_of = [](const Coded& coded) { return mean(coded.picture->plane(0), 0, 64); };
  EXPECT_NEAR(luma_of(encode(jpeg, limited, "jpeg", to_abi(*picture(false)))), 235, 1);
  EXPECT_NEAR(luma_of(encode(jpeg, full, "jpeg", to_abi(*picture(true)))), 235, 1);
  EXPECT_NEAR(luma_of(encode(jpeg, full, "jpeg", to_abi(*picture(false)))), 255, 2)
      << "a picture that differs is converted";
}

TEST_F(CodecJpeg, JfifIsWhatEveryViewerTakesAJpegFor) {
  CodecDriver jpeg(host_, "codec_jpeg");
  zoe_track track = test::video_track(1280, 720);
  zoe_rendition rendition{};
  ASSERT_EQ(jpeg.resolve(track, "jpeg@jfif,480p,q95", rendition), ZOE_OK);
  EXPECT_STREQ(rendition.name, "jpeg@q95,480p,jfif");
  EXPECT_EQ(rendition.output.color.matrix, 5);
  EXPECT_EQ(rendition.output.color.is_full_range, 1);
  EXPECT_THAT(jpeg.resolved_name(track, "jpeg@jfif,jfif"), HasSubstr("no JPEG rendition"));
  // Pure red by BT.709 in limited range: Y 63, U 102, V 240.
  auto frame = Frame::create({}, 1280, 720);
  ASSERT_TRUE(frame);
  const int yuv[3] = {63, 102, 240};
  for (int p = 0; p < 3; ++p) {
    const media::PlaneView plane = (*frame)->plane(p);
    for (int y = 0; y < plane.height; ++y)
      std::fill_n((*frame)->writable_plane(p) + static_cast<std::ptrdiff_t>(plane.stride) * y, plane.width,
                  static_cast<std::uint8_t>(yuv[p]));
  }
  for (const std::uint8_t matrix : {std::uint8_t{1}, std::uint8_t{2}}) {
    (*frame)->set_color({1, 1, matrix, false});
    const Coded coded = encode(jpeg, track, "jpeg@q95,jfif", to_abi(**frame));
    ASSERT_TRUE(coded.picture);
    EXPECT_NEAR(mean(coded.picture->plane(0), 0, 64), 76, 2) << "JFIF 1.02: red is 76, 85, 255";
    EXPECT_NEAR(mean(coded.picture->plane(1), 0, 64), 85, 2);
    EXPECT_NEAR(mean(coded.picture->plane(2), 0, 64), 255, 2);
  }
}

TEST_F(CodecJpeg, SendsRgbAsYuv) {
  CodecDriver jpeg(host_, "codec_jpeg");
  zoe_track track = test::video_track(64, 48);
  track.color = {1, 13, 0, 1};
  auto frame = Frame::create({.chroma_shift_x = 0, .chroma_shift_y = 0}, 64, 48);
  ASSERT_TRUE(frame);
  const int gbr[3] = {0, 0, 255};  // pure red
  for (int p = 0; p < 3; ++p)
    for (int y = 0; y < 48; ++y)
      std::fill_n((*frame)->writable_plane(p) + static_cast<std::ptrdiff_t>((*frame)->plane(p).stride) * y, 64,
                  static_cast<std::uint8_t>(gbr[p]));
  (*frame)->set_color({1, 13, 0, true});
  const Coded coded = encode(jpeg, track, "jpeg@q95", to_abi(**frame));
  ASSERT_TRUE(coded.picture);
  // Small pictures are sent with the matrix of BT.601.
  EXPECT_NEAR(mean(coded.picture->plane(0), 0, 64), 0.299 * 255, 3);
  EXPECT_NEAR(mean(coded.picture->plane(2), 0, 64), 255, 3);
}

TEST_F(CodecJpeg, BetterQualityTakesMoreBytes) {
  CodecDriver jpeg(host_, "codec_jpeg");
  const auto picture = ramp({}, 320, 240, {1, 1, 1, false});
  const zoe_track track = test::video_track(320, 240);
  const std::size_t low = encode(jpeg, track, "jpeg@q20", to_abi(*picture)).bytes;
  const std::size_t high = encode(jpeg, track, "jpeg@q98", to_abi(*picture)).bytes;
  EXPECT_GT(high, low);
}

TEST_F(CodecJpeg, RefusesPicturesThatDoNotFitTogether) {
  CodecDriver jpeg(host_, "codec_jpeg");
  const auto session = jpeg.open(test::video_track(64, 48), "jpeg");
  const auto picture = ramp({}, 64, 48, {1, 1, 1, false});
  const zoe_frame good = to_abi(*picture);
  const auto refuses = [&](auto&& spoil) {
    zoe_frame bad = good;
    spoil(bad);
    return jpeg.codec().send_frame(session.get(), &bad, 0, jpeg.error()) == ZOE_E_INVALID_ARGUMENT;
  };
  EXPECT_TRUE(refuses([](zoe_frame& f) { f.width = 0; }));
  EXPECT_TRUE(refuses([](zoe_frame& f) { f.width = 1 << 20; }));
  EXPECT_TRUE(refuses([](zoe_frame& f) { f.height = -1; }));
  EXPECT_TRUE(refuses([](zoe_frame& f) { f.planes = 4; }));
  EXPECT_TRUE(refuses([](zoe_frame& f) { f.planes = 2; }));
  EXPECT_TRUE(refuses([](zoe_frame& f) { f.layout = 0; }));
  EXPECT_TRUE(refuses([](zoe_frame& f) { f.bit_depth = 17; }));
  EXPECT_TRUE(refuses([](zoe_frame& f) { f.chroma_shift_x = 200; }));
  EXPECT_TRUE(refuses([](zoe_frame& f) { f.data[1] = nullptr; }));
  EXPECT_TRUE(refuses([](zoe_frame& f) { f.stride[0] = 63; }));
  EXPECT_TRUE(refuses([](zoe_frame& f) { f.stride[2] = -64; }));
  EXPECT_EQ(jpeg.codec().send_frame(session.get(), &good, 0, jpeg.error()), ZOE_OK) << "and goes on after that";
}

}  // namespace
}  // namespace zoe
