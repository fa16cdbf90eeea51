#include "engine/media/deinterlace.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "engine/media/ffmpeg.hpp"

namespace zoe::media {
namespace {

constexpr int kWidth = 96;
constexpr int kHeight = 64;

// Luma of the scene at a time, in fields of which there are two to a frame.
using Scene = std::function<int(double x, double y, int field)>;

struct Woven {
  bool is_top_first = true;
  bool is_flagged = true;
  PixelFormat format{};
};

std::shared_ptr<Frame> weave(const Scene& scene, const Woven& how) {
  AvPtr<AVFrame> av = new_av_frame();
  av->format = Frame::av_format_of(how.format, false);
  av->width = kWidth;
  av->height = kHeight;
  EXPECT_GE(av_frame_get_buffer(av.get(), 0), 0);
  av->interlaced_frame = how.is_flagged ? 1 : 0;
  av->top_field_first = how.is_top_first ? 1 : 0;
  const auto frame = Frame::adopt(av.release());
  EXPECT_TRUE(frame);
  for (int i = 0; i < how.format.planes; ++i) {
    const PlaneView plane = (*frame)->plane(i);
    for (int y = 0; y < plane.height; ++y)
      for (int x = 0; x < plane.width * plane.components; ++x) {
        const int field = (y % 2 == 0) == how.is_top_first ? 0 : 1;
        const int value = (i == 0 ? scene(x, y, field) : 128) << (how.format.bit_depth - 8);
        std::uint8_t* at = (*frame)->writable_plane(i) + y * plane.stride + x * plane.bytes_per_sample;
        at[0] = static_cast<std::uint8_t>(value);
        if (plane.bytes_per_sample == 2) at[1] = static_cast<std::uint8_t>(value >> 8);
      }
  }
  return *frame;
}

int luma(const Frame& frame, int x, int y) {
  const PlaneView plane = frame.plane(0);
  const std::uint8_t* at = plane.data + y * plane.stride + x * plane.bytes_per_sample;
  const int value = plane.bytes_per_sample == 2 ? at[0] | at[1] << 8 : at[0];
  return value >> (frame.format().bit_depth - 8);
}

// Of a picture against the scene at its first field; the very edges of moving things aside.
double mean_error(const Frame& frame, const Scene& scene) {
  double sum = 0;
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x) sum += std::abs(luma(frame, x, y) - scene(x, y, 0));
  return sum / (kWidth * kHeight);
}

// A bright bar that moves eight pixels from field to field, over a background that rises to the right.
int moving_bar(double x, double, int field) {
  const double left = 20 + 8 * field;
  return x >= left && x < left + 24 ? 220 : 40 + static_cast<int>(x) / 4;
}

TEST(Deinterlace, CombsGoInEitherOrderOfFieldsAndEveryDepth) {
  for (const bool is_top_first : {true, false})
    for (const PixelFormat& format : {PixelFormat{}, PixelFormat{.bit_depth = 10}}) {
      const auto woven = weave(moving_bar, {.is_top_first = is_top_first, .format = format});
      EXPECT_TRUE(is_interlaced(*woven));
      EXPECT_GT(mean_error(*woven, moving_bar), 10) << "half the lines are of another time";
      const auto whole = deinterlace(*woven);
      ASSERT_TRUE(whole);
      EXPECT_FALSE(is_interlaced(**whole));
      EXPECT_EQ((*whole)->format(), woven->format());
      EXPECT_LT(mean_error(**whole, moving_bar), 0.5) << is_top_first;
    }
}

TEST(Deinterlace, SlantedEdgesStaySmooth) {
  const Scene edge = [](double x, double y, int field) { return x + y - 12 * field > 60 ? 210 : 50; };
  const auto whole = deinterlace(*weave(edge, {}));
  ASSERT_TRUE(whole);
  EXPECT_LT(mean_error(**whole, edge), 2);
  // No line sticks out of both its neighbours.
  for (int y = 2; y + 2 < kHeight; ++y)
    for (int x = 2; x + 2 < kWidth; ++x) {
      const int above = luma(**whole, x, y - 1);
      const int below = luma(**whole, x, y + 1);
      EXPECT_GE(luma(**whole, x, y), std::min(above, below) - 6) << x << ", " << y;
      EXPECT_LE(luma(**whole, x, y), std::max(above, below) + 6) << x << ", " << y;
    }
}

TEST(Deinterlace, WhatStandsStillKeepsEveryLine) {
  const Scene still = [](double x, double y, int) {
    if (static_cast<int>(y) == 31) return 200;  // a line as thin as they get, in the second field
    return 100 + static_cast<int>(40 * std::sin(x / 9) + 30 * std::sin(y / 5));
  };
  const auto whole = deinterlace(*weave(still, {}));
  ASSERT_TRUE(whole);
  EXPECT_LT(mean_error(**whole, still), 0.2);
  EXPECT_EQ(luma(**whole, 40, 31), 200);
}

TEST(Deinterlace, TimeColourAndOddSizesAreKept) {
  const auto woven = weave(moving_bar, {});
  woven->set_color({1, 1, 1, true});
  woven->set_time(77, 3);
  const auto whole = deinterlace(*woven);
  ASSERT_TRUE(whole);
  EXPECT_EQ((*whole)->pts(), 77);
  EXPECT_EQ((*whole)->duration(), 3);
  EXPECT_EQ((*whole)->color(), woven->color());
  for (const int height : {1, 2, 3, 5}) {
    const auto small = Frame::create({}, 7, height);
    ASSERT_TRUE(small);
    EXPECT_TRUE(deinterlace(**small)) << height;
  }
}

}  // namespace
}  // namespace zoe::media
