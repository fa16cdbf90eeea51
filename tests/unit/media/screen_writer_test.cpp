#include "engine/media/screen_writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "engine/media/convert.hpp"

namespace zoe::media {
namespace {

constexpr ColorInfo kRgb{.primaries = 1, .transfer = 1, .matrix = 0, .is_full_range = true};

// Smooth slopes and a few edges, as pictures have.
std::shared_ptr<Frame> picture(const PixelFormat& format, const ColorInfo& color, int width, int height) {
  auto rgb = Frame::create({.chroma_shift_x = 0, .chroma_shift_y = 0}, width, height);
  for (int plane = 0; plane < 3; ++plane) {
    std::uint8_t* to = (*rgb)->writable_plane(plane);
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        to[y * (*rgb)->plane(plane).stride + x] =
            static_cast<std::uint8_t>(128 + 100 * std::sin(0.05 * x + plane) * std::cos(0.04 * y - plane));
  }
  (*rgb)->set_color(kRgb);
  PictureConverter converter;
  auto made = converter.convert((*rgb)->view(), kRgb, {format, width, height, color});
  EXPECT_TRUE(made) << made.error().message;
  return made ? *made : nullptr;
}

struct ScreenCase {
  const char* name;
  PixelFormat format;
  ColorInfo color;
};

class ScreenWriterTest : public testing::TestWithParam<ScreenCase> {};

// Of each value against swscale's exact conversion: what it may be off at most, and on average.
TEST_P(ScreenWriterTest, IsNearTheExactConversion) {
  const auto& [name, format, color] = GetParam();
  constexpr int kWidth = 322;
  constexpr int kHeight = 182;
  const auto frame = picture(format, color, kWidth, kHeight);
  ASSERT_TRUE(frame);
  ASSERT_TRUE(ScreenWriter::can_write(format, color));
  for (const auto& [width, height] : {std::pair{kWidth, kHeight}, std::pair{215, 121}, std::pair{64, 36}}) {
    ScreenWriter writer;
    const std::size_t pitch = (static_cast<std::size_t>(width) * 4 + 63) / 64 * 64;
    const std::size_t allowed = pitch * static_cast<std::size_t>(height) + ScreenWriter::kSlackBytes;
    std::vector<std::uint8_t> out(allowed + 256, 0xa5);
    const Status written = writer.write(frame->view(), color, {out.data(), pitch, width, height});
    ASSERT_TRUE(written) << written.error().message;
    PictureConverter converter;
    const auto exact =
        converter.convert(frame->view(), color, {{.chroma_shift_x = 0, .chroma_shift_y = 0}, width, height, kRgb});
    ASSERT_TRUE(exact) << exact.error().message;
    const int planes[3] = {2, 0, 1};  // of G, B, R
    int most = 0;
    double sum = 0;
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        for (int i = 0; i < 3; ++i) {
          const PlaneView plane = (*exact)->plane(planes[i]);
          const int off = std::abs(out[static_cast<std::size_t>(y) * pitch + static_cast<std::size_t>(x * 4 + i)] -
                                   plane.data[y * plane.stride + x]);
          most = std::max(most, off);
          sum += off;
        }
    EXPECT_LE(most, width == 64 ? 16 : 12) << width;  // where two pixels of a slope share their chroma
    EXPECT_LE(sum / (3.0 * width * height), width == 64 ? 5 : 2.5) << width;
    EXPECT_EQ(std::count(out.begin() + static_cast<std::ptrdiff_t>(allowed), out.end(), 0xa5), 256) << width;
  }
}

constexpr ColorInfo kBt709{.primaries = 1, .transfer = 1, .matrix = 1, .is_full_range = false};

INSTANTIATE_TEST_SUITE_P(
    Formats, ScreenWriterTest,
    testing::Values(ScreenCase{"Planar420", {}, kBt709},
                    ScreenCase{"Full420", {}, {.primaries = 1, .transfer = 1, .matrix = 5, .is_full_range = true}},
                    ScreenCase{"Bt601", {}, {.primaries = 6, .transfer = 6, .matrix = 6, .is_full_range = false}},
                    ScreenCase{"Planar422", {.chroma_shift_y = 0}, kBt709},
                    ScreenCase{"Planar444", {.chroma_shift_x = 0, .chroma_shift_y = 0}, kBt709},
                    ScreenCase{"TenBits", {.bit_depth = 10}, kBt709},
                    ScreenCase{"Nv12", {.layout = PlaneLayout::kSemiPlanar, .planes = 2}, kBt709},
                    ScreenCase{"Gbr", {.chroma_shift_x = 0, .chroma_shift_y = 0}, kRgb}),
    [](const auto& each) { return each.param.name; });

TEST(ScreenWriter, HdrIsNotForIt) {
  EXPECT_FALSE(ScreenWriter::can_write({.bit_depth = 10}, {.primaries = 9, .transfer = 16, .matrix = 9}));
  EXPECT_FALSE(ScreenWriter::can_write({.bit_depth = 10}, {.primaries = 9, .transfer = 18, .matrix = 9}));
}

}  // namespace
}  // namespace zoe::media
