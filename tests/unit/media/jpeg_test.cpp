#include "engine/media/jpeg.hpp"

#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>

namespace zoe::media {
namespace {

std::shared_ptr<Frame> picture(const PixelFormat& format, int width, int height) {
  const auto frame = Frame::create(format, width, height);
  EXPECT_TRUE(frame);
  for (int p = 0; p < format.planes; ++p) {
    const PlaneView plane = (*frame)->plane(p);
    for (int y = 0; y < plane.height; ++y)
      for (int x = 0; x < plane.width; ++x)
        (*frame)->writable_plane(p)[static_cast<std::ptrdiff_t>(plane.stride) * y + x] =
            static_cast<std::uint8_t>(40 + 60 * p + 80 * x / plane.width + 40 * y / plane.height);
  }
  return *frame;
}

std::vector<std::uint8_t> encoded(const Frame& frame, int quality) {
  const auto encoder = JpegEncoder::create();
  EXPECT_TRUE(encoder);
  const auto most = JpegEncoder::most_bytes(frame.format(), frame.width(), frame.height());
  EXPECT_TRUE(most);
  std::vector<std::uint8_t> out(*most);
  const auto size = (*encoder)->encode(frame.view(), quality, out);
  EXPECT_TRUE(size) << (size ? "" : size.error().message);
  out.resize(size ? *size : 0);
  return out;
}

int largest_difference(const Frame& a, const Frame& b) {
  int largest = 0;
  for (int p = 0; p < a.format().planes; ++p) {
    const PlaneView plane = a.plane(p);
    const PlaneView other = b.plane(p);
    for (int y = 0; y < plane.height; ++y)
      for (int x = 0; x < plane.width; ++x)
        largest = std::max(largest, std::abs(plane.data[static_cast<std::ptrdiff_t>(plane.stride) * y + x] -
                                             other.data[static_cast<std::ptrdiff_t>(other.stride) * y + x]));
  }
  return largest;
}

const PixelFormat kFormats[] = {
    {},
    {.chroma_shift_y = 0},
    {.chroma_shift_x = 0},
    {.chroma_shift_x = 0, .chroma_shift_y = 0},
    {.chroma_shift_x = 2, .chroma_shift_y = 0},
    {.planes = 1, .chroma_shift_x = 0, .chroma_shift_y = 0},
};

TEST(Jpeg, GivesThePictureBackInEveryFormatAndSize) {
  const auto decoder = JpegDecoder::create();
  ASSERT_TRUE(decoder);
  for (const PixelFormat& format : kFormats) {
    EXPECT_TRUE(is_jpeg_format(format));
    for (const auto& [width, height] : {std::pair{64, 64}, {640, 360}, {101, 67}, {1, 1}, {2, 33}, {17, 16}}) {
      SCOPED_TRACE(testing::Message() << width << "x" << height << " planes " << int{format.planes} << " shift "
                                      << int{format.chroma_shift_x} << int{format.chroma_shift_y});
      const auto original = picture(format, width, height);
      const auto jpeg = encoded(*original, 98);
      bool is_damaged = true;
      const auto back = (*decoder)->decode(jpeg, is_damaged);
      ASSERT_TRUE(back) << back.error().message;
      EXPECT_FALSE(is_damaged);
      EXPECT_EQ((*back)->width(), width);
      EXPECT_EQ((*back)->height(), height);
      EXPECT_EQ((*back)->format(), format);
      EXPECT_LE(largest_difference(*original, **back), 4);
    }
  }
}

TEST(Jpeg, RangeOfSamplesIsLeftAlone) {
  for (const int level : {0, 16, 235, 255}) {
    const auto frame = Frame::create({.planes = 1, .chroma_shift_x = 0, .chroma_shift_y = 0}, 32, 32);
    ASSERT_TRUE(frame);
    for (int y = 0; y < 32; ++y)
      std::fill_n((*frame)->writable_plane(0) + static_cast<std::ptrdiff_t>((*frame)->plane(0).stride) * y, 32,
                  static_cast<std::uint8_t>(level));
    const auto decoder = JpegDecoder::create();
    bool is_damaged = false;
    const auto back = (*decoder)->decode(encoded(**frame, 95), is_damaged);
    ASSERT_TRUE(back);
    EXPECT_EQ((*back)->plane(0).data[100 % 32], level);
  }
}

TEST(Jpeg, RefusesWhatItCannotHold) {
  const auto encoder = JpegEncoder::create();
  std::vector<std::uint8_t> out(1 << 20);
  const auto good = picture({}, 64, 64);
  for (const int quality : {0, 101, -5})
    EXPECT_EQ((*encoder)->encode(good->view(), quality, out).error().code, Errc::kInvalidArgument);
  EXPECT_EQ((*encoder)->encode(good->view(), 50, std::span(out).first(100)).error().code, Errc::kInvalidArgument)
      << "too little room";
  const PixelFormat ten_bits{.bit_depth = 10};
  EXPECT_FALSE(is_jpeg_format(ten_bits));
  EXPECT_FALSE(is_jpeg_format({.layout = PlaneLayout::kSemiPlanar, .planes = 2}));
  EXPECT_FALSE(JpegEncoder::most_bytes(ten_bits, 64, 64));
  EXPECT_FALSE(JpegEncoder::most_bytes({}, kMostJpegSide + 1, 64));
  EXPECT_FALSE(JpegEncoder::most_bytes({}, 0, 64));
}

TEST(Jpeg, ReadsTheHeaderAlone) {
  const auto decoder = JpegDecoder::create();
  const auto header = (*decoder)->read_header(encoded(*picture({.chroma_shift_y = 0}, 101, 67), 60));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->width, 101);
  EXPECT_EQ(header->height, 67);
  EXPECT_EQ(header->format, (PixelFormat{.chroma_shift_y = 0}));
}

TEST(Jpeg, ATruncatedPictureIsShownAsFarAsItGoes) {
  const auto original = picture({}, 256, 256);
  std::vector<std::uint8_t> jpeg = encoded(*original, 90);
  jpeg.resize(jpeg.size() / 2);
  const auto decoder = JpegDecoder::create();
  bool is_damaged = false;
  const auto back = (*decoder)->decode(jpeg, is_damaged);
  ASSERT_TRUE(back);
  EXPECT_TRUE(is_damaged);
  EXPECT_NEAR((*back)->plane(0).data[0], original->plane(0).data[0], 4);
}

TEST(Jpeg, BytesThatAreNoJpegAreRefused) {
  const auto decoder = JpegDecoder::create();
  bool is_damaged = false;
  const std::vector<std::uint8_t> junk(1000, 0x5A);
  EXPECT_EQ((*decoder)->decode(junk, is_damaged).error().code, Errc::kMalformed);
  EXPECT_EQ((*decoder)->decode({}, is_damaged).error().code, Errc::kMalformed);
  const std::vector<std::uint8_t> only_start{0xFF, 0xD8};
  EXPECT_EQ((*decoder)->decode(only_start, is_damaged).error().code, Errc::kMalformed);
  // A header that promises more pixels than anyone should allocate.
  std::vector<std::uint8_t> huge = encoded(*picture({}, 64, 64), 50);
  for (std::size_t i = 0; i + 8 < huge.size(); ++i)
    if (huge[i] == 0xFF && huge[i + 1] == 0xC0) huge[i + 5] = huge[i + 7] = 0xEA;  // 59968 and 59968 or so
  EXPECT_EQ((*decoder)->decode(huge, is_damaged).error().code, Errc::kTooLarge);
  for (std::size_t i = 0; i + 8 < huge.size(); ++i)
    if (huge[i] == 0xFF && huge[i + 1] == 0xC0) huge[i + 5] = huge[i + 6] = 0xFF;  // more than libjpeg-turbo knows
  EXPECT_FALSE((*decoder)->decode(huge, is_damaged));
  const auto good = (*decoder)->decode(encoded(*picture({}, 64, 64), 50), is_damaged);
  EXPECT_TRUE(good) << good.error().message;
  EXPECT_FALSE(is_damaged);
}

TEST(Jpeg, FramesOutliveTheirDecoderAndKeepTheirPixels) {
  const auto jpeg = encoded(*picture({}, 64, 64), 90);
  std::vector<std::shared_ptr<Frame>> kept;
  {
    const auto decoder = JpegDecoder::create();
    bool is_damaged = false;
    for (int i = 0; i < 5; ++i) kept.push_back(*(*decoder)->decode(jpeg, is_damaged));
  }
  for (const auto& frame : kept) EXPECT_EQ(frame->hash(), kept[0]->hash());
  EXPECT_NE(kept[0]->plane(0).data, kept[1]->plane(0).data);
}

}  // namespace
}  // namespace zoe::media
