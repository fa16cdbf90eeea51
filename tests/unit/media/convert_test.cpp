#include "engine/media/convert.hpp"

#include <cstring>

#include <gtest/gtest.h>

#include "engine/media/ffmpeg.hpp"

namespace zoe::media {
namespace {

AvPtr<AVFrame> av_frame(AVPixelFormat format, int width, int height) {
  AvPtr<AVFrame> frame = new_av_frame();
  frame->format = format;
  frame->width = width;
  frame->height = height;
  EXPECT_GE(av_frame_get_buffer(frame.get(), 0), 0);
  return frame;
}

std::uint8_t* row(AVFrame& frame, int plane, int y) {
  return frame.data[plane] + static_cast<std::ptrdiff_t>(frame.linesize[plane]) * y;
}

TEST(Normalise, PackedRgbKeepsEveryValue) {
  AvPtr<AVFrame> rgb = av_frame(AV_PIX_FMT_RGB24, 31, 9);
  for (int y = 0; y < 9; ++y)
    for (int x = 0; x < 31; ++x)
      for (int c = 0; c < 3; ++c) row(*rgb, 0, y)[3 * x + c] = static_cast<std::uint8_t>(x * 7 + y * 11 + c * 80);
  PictureConverter converter;
  const auto frame = converter.normalise(*rgb);
  ASSERT_TRUE(frame) << frame.error().message;
  EXPECT_EQ((*frame)->color().matrix, 0);
  EXPECT_TRUE((*frame)->color().is_full_range);
  ASSERT_EQ((*frame)->format(), (PixelFormat{.chroma_shift_x = 0, .chroma_shift_y = 0}));
  const int plane_of[3] = {2, 0, 1};  // R, G, B in planes G, B, R
  for (int y = 0; y < 9; ++y)
    for (int x = 0; x < 31; ++x)
      for (int c = 0; c < 3; ++c) {
        const PlaneView plane = (*frame)->plane(plane_of[c]);
        ASSERT_EQ(plane.data[plane.stride * y + x], row(*rgb, 0, y)[3 * x + c]);
      }
}

TEST(Normalise, PackedYuvAndOtherOrdersKeepEveryValue) {
  AvPtr<AVFrame> yuyv = av_frame(AV_PIX_FMT_YUYV422, 32, 4);
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 64; ++x) row(*yuyv, 0, y)[x] = static_cast<std::uint8_t>(x * 3 + y);
  PictureConverter converter;
  const auto planar = converter.normalise(*yuyv);
  ASSERT_TRUE(planar);
  ASSERT_EQ((*planar)->format(), (PixelFormat{.chroma_shift_y = 0}));
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 32; ++x) {
      ASSERT_EQ((*planar)->plane(0).data[(*planar)->plane(0).stride * y + x], row(*yuyv, 0, y)[2 * x]);
      ASSERT_EQ((*planar)->plane(1).data[(*planar)->plane(1).stride * y + x / 2], row(*yuyv, 0, y)[4 * (x / 2) + 1]);
      ASSERT_EQ((*planar)->plane(2).data[(*planar)->plane(2).stride * y + x / 2], row(*yuyv, 0, y)[4 * (x / 2) + 3]);
    }

  AvPtr<AVFrame> big_endian = av_frame(AV_PIX_FMT_YUV420P10BE, 16, 4);
  for (int p = 0; p < 3; ++p)
    std::memset(big_endian->data[p], 0, static_cast<std::size_t>(big_endian->linesize[p]) * 2);
  for (int x = 0; x < 16; ++x) {
    row(*big_endian, 0, 0)[2 * x] = static_cast<std::uint8_t>(x / 8);
    row(*big_endian, 0, 0)[2 * x + 1] = static_cast<std::uint8_t>(x * 30);
  }
  const auto little = converter.normalise(*big_endian);
  ASSERT_TRUE(little);
  EXPECT_EQ((*little)->format(), (PixelFormat{.bit_depth = 10}));
  for (int x = 0; x < 16; ++x)
    EXPECT_EQ(load_le<std::uint16_t>((*little)->plane(0).data + 2 * x),
              (x / 8) * 256 + static_cast<std::uint8_t>(x * 30));
}

TEST(Normalise, TurnsPicturesThatLieUpsideDown) {
  AvPtr<AVFrame> frame = av_frame(AV_PIX_FMT_GRAY8, 16, 8);
  for (int y = 0; y < 8; ++y) std::memset(row(*frame, 0, y), y * 10, 16);
  frame->data[0] = row(*frame, 0, 7);
  frame->linesize[0] = -frame->linesize[0];
  PictureConverter converter;
  const auto turned = converter.normalise(*frame);
  ASSERT_TRUE(turned);
  EXPECT_EQ((*turned)->plane(0).data[0], 70);
  EXPECT_EQ((*turned)->plane(0).data[7 * (*turned)->plane(0).stride], 0);
}

TEST(Normalise, EveryFormatThatSwscaleReadsFindsAPlace) {
  PictureConverter converter;
  for (const AVPixelFormat format :
       {AV_PIX_FMT_PAL8,      AV_PIX_FMT_BGRA,         AV_PIX_FMT_RGB565LE,  AV_PIX_FMT_RGB48BE,
        AV_PIX_FMT_MONOWHITE, AV_PIX_FMT_YA8,          AV_PIX_FMT_YA16LE,    AV_PIX_FMT_GRAY16BE,
        AV_PIX_FMT_UYVY422,   AV_PIX_FMT_NV21,         AV_PIX_FMT_P010BE,    AV_PIX_FMT_Y210LE,
        AV_PIX_FMT_X2RGB10LE, AV_PIX_FMT_GBRPF32LE,    AV_PIX_FMT_GRAYF32LE, AV_PIX_FMT_BAYER_RGGB8,
        AV_PIX_FMT_XYZ12LE,   AV_PIX_FMT_YUVA444P16BE, AV_PIX_FMT_GBRAP12BE, AV_PIX_FMT_UYYVYY411}) {
    AvPtr<AVFrame> from = av_frame(format, 16, 16);
    for (int p = 0; p < 4 && from->data[p]; ++p)
      std::memset(from->data[p], 0,
                  format == AV_PIX_FMT_PAL8 && p == 1
                      ? 1024U
                      : static_cast<std::size_t>(from->linesize[p]) * (p == 0 || p == 3 ? 16U : 8U));
    const auto frame = converter.normalise(*from);
    if (sws_isSupportedInput(format) == 0) {
      EXPECT_FALSE(frame) << format;
    } else {
      EXPECT_TRUE(frame) << format << " " << (frame ? "" : frame.error().message);
    }
  }
  AvPtr<AVFrame> nothing = new_av_frame();
  nothing->format = AV_PIX_FMT_NONE;
  EXPECT_EQ(converter.normalise(*nothing).error().code, Errc::kUnsupported);
}

TEST(Convert, TenBitsBecomeEightWithinTheirRange) {
  const auto ten = Frame::create({.bit_depth = 10}, 64, 16);
  ASSERT_TRUE(ten);
  for (int p = 0; p < 3; ++p)
    for (int y = 0; y < (*ten)->plane(p).height; ++y)
      for (int x = 0; x < (*ten)->plane(p).width; ++x)
        store_le((*ten)->writable_plane(p) + static_cast<std::ptrdiff_t>((*ten)->plane(p).stride) * y + 2 * x,
                 static_cast<std::uint16_t>(p == 0 ? 940 : 512));
  PictureConverter converter;
  const ColorInfo color{1, 1, 1, false};
  const auto eight = converter.convert((*ten)->view(), color, {{}, 64, 16, color});
  ASSERT_TRUE(eight);
  EXPECT_EQ((*eight)->plane(0).data[20], 235);
  EXPECT_EQ((*eight)->plane(1).data[5], 128);
  EXPECT_EQ((*eight)->color(), color);
}

TEST(Convert, SetsUpAnewWhenThePicturesChange) {
  PictureConverter converter;
  const ColorInfo color{1, 1, 1, false};
  for (const int width : {64, 128, 64, 32}) {
    const auto from = Frame::create({}, width, width);
    ASSERT_TRUE(from);
    for (int p = 0; p < 3; ++p)
      std::memset(
          (*from)->writable_plane(p), width,
          static_cast<std::size_t>((*from)->plane(p).stride) * static_cast<std::size_t>((*from)->plane(p).height));
    const auto to = converter.convert((*from)->view(), color, {{}, 40, 20, color});
    ASSERT_TRUE(to);
    EXPECT_EQ((*to)->width(), 40);
    EXPECT_EQ((*to)->height(), 20);
    EXPECT_NEAR((*to)->plane(0).data[5], width, 1);
  }
}

}  // namespace
}  // namespace zoe::media
