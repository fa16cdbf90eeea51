#include "engine/media/frame.hpp"

#include <cstring>

#include <gtest/gtest.h>

#include "engine/media/ffmpeg.hpp"

namespace zoe::media {
namespace {

constexpr PixelFormat kGrey{.planes = 1, .chroma_shift_x = 0, .chroma_shift_y = 0};
constexpr PixelFormat kP010{.layout = PlaneLayout::kSemiPlanar, .planes = 2, .bit_depth = 10, .bit_shift = 6};

AvPtr<AVFrame> av_frame(AVPixelFormat format, int width, int height, int align = 0) {
  AvPtr<AVFrame> frame = new_av_frame();
  frame->format = format;
  frame->width = width;
  frame->height = height;
  EXPECT_GE(av_frame_get_buffer(frame.get(), align), 0);
  return frame;
}

void fill(Frame& frame, int seed) {
  for (int p = 0; p < frame.format().planes; ++p) {
    const PlaneView plane = frame.plane(p);
    for (int y = 0; y < plane.height; ++y)
      for (std::size_t x = 0; x < plane.row_bytes(); ++x)
        frame.writable_plane(p)[static_cast<std::size_t>(plane.stride) * static_cast<std::size_t>(y) + x] =
            static_cast<std::uint8_t>(seed + p * 50 + y * 3 + static_cast<int>(x));
  }
}

TEST(Frame, KnowsWhatTheShaderTakes) {
  struct Case {
    AVPixelFormat av;
    PixelFormat wanted;
  };
  const Case cases[] = {
      {AV_PIX_FMT_YUV420P, {}},
      {AV_PIX_FMT_YUVJ420P, {}},
      {AV_PIX_FMT_YUVA420P, {}},
      {AV_PIX_FMT_YUV422P, {.chroma_shift_y = 0}},
      {AV_PIX_FMT_YUV440P, {.chroma_shift_x = 0}},
      {AV_PIX_FMT_YUV411P, {.chroma_shift_x = 2, .chroma_shift_y = 0}},
      {AV_PIX_FMT_YUV444P, {.chroma_shift_x = 0, .chroma_shift_y = 0}},
      {AV_PIX_FMT_GBRP, {.chroma_shift_x = 0, .chroma_shift_y = 0}},
      {AV_PIX_FMT_YUV420P10LE, {.bit_depth = 10}},
      {AV_PIX_FMT_YUV444P12LE, {.bit_depth = 12, .chroma_shift_x = 0, .chroma_shift_y = 0}},
      {AV_PIX_FMT_YUV420P16LE, {.bit_depth = 16}},
      {AV_PIX_FMT_GRAY8, kGrey},
      {AV_PIX_FMT_NV12, {.layout = PlaneLayout::kSemiPlanar, .planes = 2}},
      {AV_PIX_FMT_NV16, {.layout = PlaneLayout::kSemiPlanar, .planes = 2, .chroma_shift_y = 0}},
      {AV_PIX_FMT_P010LE, kP010},
  };
  for (const Case& each : cases) {
    PixelFormat format;
    EXPECT_TRUE(Frame::supported(each.av, &format)) << each.av;
    EXPECT_EQ(format, each.wanted) << each.av;
  }
  for (const AVPixelFormat other :
       {AV_PIX_FMT_NONE, AV_PIX_FMT_NV21, AV_PIX_FMT_YUYV422, AV_PIX_FMT_UYVY422, AV_PIX_FMT_RGB24, AV_PIX_FMT_BGRA,
        AV_PIX_FMT_PAL8, AV_PIX_FMT_YA8, AV_PIX_FMT_MONOBLACK, AV_PIX_FMT_YUV420P10BE, AV_PIX_FMT_GRAYF32LE,
        AV_PIX_FMT_GBRPF32LE, AV_PIX_FMT_BAYER_RGGB8, AV_PIX_FMT_VAAPI, AV_PIX_FMT_XYZ12LE})
    EXPECT_FALSE(Frame::supported(other, nullptr)) << other;
}

TEST(Frame, PlanesOfOddSizesAreRoundedUp) {
  const auto frame = Frame::create({}, 33, 17);
  ASSERT_TRUE(frame);
  EXPECT_EQ((*frame)->plane(0).width, 33);
  EXPECT_EQ((*frame)->plane(0).height, 17);
  EXPECT_EQ((*frame)->plane(1).width, 17);
  EXPECT_EQ((*frame)->plane(2).height, 9);
  EXPECT_GE((*frame)->plane(0).stride, 33);

  const auto wide = Frame::create(kP010, 33, 17);
  ASSERT_TRUE(wide);
  EXPECT_EQ((*wide)->plane(1).components, 2);
  EXPECT_EQ((*wide)->plane(1).bytes_per_sample, 2);
  EXPECT_EQ((*wide)->plane(1).row_bytes(), 17U * 4U);
}

TEST(Frame, SizesAreBounded) {
  for (const auto& [width, height] : {std::pair{0, 10}, {10, 0}, {-1, 10}, {1 << 20, 10}})
    EXPECT_EQ(Frame::create({}, width, height).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(Frame::create({.planes = 2}, 10, 10).error().code, Errc::kInvalidArgument) << "no such format";
}

TEST(Frame, HashSeesEveryVisibleSampleAndNothingElse) {
  const auto tight = Frame::adopt(av_frame(AV_PIX_FMT_YUV420P, 50, 22, 1).release());
  const auto loose = Frame::adopt(av_frame(AV_PIX_FMT_YUV420P, 50, 22, 128).release());
  ASSERT_TRUE(tight && loose);
  ASSERT_NE((*tight)->plane(0).stride, (*loose)->plane(0).stride);
  for (const auto& frame : {*tight, *loose})
    for (int p = 0; p < 3; ++p)
      std::memset(frame->writable_plane(p), frame == *tight ? 1 : 2,
                  static_cast<std::size_t>(frame->plane(p).stride) * static_cast<std::size_t>(frame->plane(p).height));
  fill(**tight, 5);
  fill(**loose, 5);
  const std::uint64_t hash = (*tight)->hash();
  EXPECT_EQ(hash, (*loose)->hash());
  for (int p = 0; p < 3; ++p) {
    const PlaneView plane = (*tight)->plane(p);
    std::uint8_t& last =
        (*tight)->writable_plane(p)[static_cast<std::ptrdiff_t>(plane.stride) * (plane.height - 1) + plane.width - 1];
    last ^= 1;
    EXPECT_NE((*tight)->hash(), hash) << "plane " << p;
    last ^= 1;
  }
  EXPECT_EQ((*tight)->hash(), hash);
}

TEST(Frame, HashTellsFormatsAndSizesApart) {
  const auto hash_of = [](const PixelFormat& format, int width, int height) {
    const auto frame = Frame::create(format, width, height);
    for (int p = 0; p < format.planes; ++p)
      std::memset(
          (*frame)->writable_plane(p), 0,
          static_cast<std::size_t>((*frame)->plane(p).stride) * static_cast<std::size_t>((*frame)->plane(p).height));
    return (*frame)->hash();
  };
  EXPECT_NE(hash_of({}, 16, 16), hash_of({}, 32, 8));
  EXPECT_NE(hash_of({}, 16, 16), hash_of({.layout = PlaneLayout::kSemiPlanar, .planes = 2}, 16, 16));
  EXPECT_NE(hash_of(kGrey, 16, 16),
            hash_of({.planes = 1, .bit_depth = 16, .chroma_shift_x = 0, .chroma_shift_y = 0}, 8, 16));
}

TEST(Frame, TakesOverTheDecodersTimeAndColour) {
  AvPtr<AVFrame> av = av_frame(AV_PIX_FMT_YUV420P, 16, 16);
  av->pts = 77;
  av->pkt_duration = 3;
  av->key_frame = 1;
  av->color_primaries = AVCOL_PRI_BT2020;
  av->color_trc = AVCOL_TRC_SMPTE2084;
  av->colorspace = AVCOL_SPC_BT2020_NCL;
  av->color_range = AVCOL_RANGE_JPEG;
  const auto frame = Frame::adopt(av.release());
  ASSERT_TRUE(frame);
  EXPECT_EQ((*frame)->pts(), 77);
  EXPECT_EQ((*frame)->duration(), 3);
  EXPECT_TRUE((*frame)->is_key());
  EXPECT_EQ((*frame)->color(), (ColorInfo{9, 16, 9, true}));
  EXPECT_GE((*frame)->size_bytes(), 16U * 16U * 3U / 2U);

  const auto yuvj = Frame::adopt(av_frame(AV_PIX_FMT_YUVJ420P, 16, 16).release());
  EXPECT_TRUE((*yuvj)->color().is_full_range);
  const auto gbr = Frame::adopt(av_frame(AV_PIX_FMT_GBRP, 16, 16).release());
  EXPECT_EQ((*gbr)->color().matrix, 0);
  EXPECT_TRUE((*gbr)->color().is_full_range);
}

TEST(Frame, RefusesWhatItCannotDescribe) {
  EXPECT_EQ(Frame::adopt(av_frame(AV_PIX_FMT_RGB24, 16, 16).release()).error().code, Errc::kUnsupported);
  AvPtr<AVFrame> upside_down = av_frame(AV_PIX_FMT_YUV420P, 16, 16);
  upside_down->data[0] += 15 * static_cast<std::ptrdiff_t>(upside_down->linesize[0]);
  upside_down->linesize[0] = -upside_down->linesize[0];
  EXPECT_EQ(Frame::adopt(upside_down.release()).error().code, Errc::kUnsupported);
}

TEST(GuessUnspecified, GoesBySizeAndByWhatIsKnown) {
  EXPECT_EQ(guess_unspecified({}, 1920, 1080), (ColorInfo{1, 1, 1, false}));
  EXPECT_EQ(guess_unspecified({}, 1280, 544), (ColorInfo{1, 1, 1, false}));
  EXPECT_EQ(guess_unspecified({}, 960, 720), (ColorInfo{1, 1, 1, false}));
  EXPECT_EQ(guess_unspecified({}, 720, 576), (ColorInfo{6, 6, 6, false}));
  EXPECT_EQ(guess_unspecified({2, 2, 5, true}, 720, 576), (ColorInfo{5, 6, 5, true}));
  EXPECT_EQ(guess_unspecified({9, 16, 2, false}, 720, 576), (ColorInfo{9, 16, 9, false}));
  EXPECT_EQ(guess_unspecified({9, 18, 9, false}, 3840, 2160), (ColorInfo{9, 18, 9, false}));
  EXPECT_EQ(guess_unspecified({2, 2, 0, true}, 720, 576), (ColorInfo{1, 13, 0, true}));
}

}  // namespace
}  // namespace zoe::media
