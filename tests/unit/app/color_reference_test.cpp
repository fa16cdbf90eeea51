// The shader's colours and the converter's against FFmpeg's own conversion of the same frame, by swscale at its most
// accurate: every pixel of pictures that go through luma and chroma, colours that cannot be shown among them.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/media/convert.hpp"
#include "engine/media/ffmpeg.hpp"
#include "engine/render/video_pass.hpp"
#include "tests/unit/app/test_picture.hpp"

namespace zoe::render {
namespace {

using test::pixel;
using test::Rgb;

constexpr int kWidth = 192;
constexpr int kHeight = 128;

struct Coding {
  const char* name;
  media::PixelFormat format;
  int matrix;
  bool is_full_range;
  int bound;  // of 255, of any pixel: one step of the code value through the matrix, and swscale's rounding
};

constexpr media::PixelFormat k444{.chroma_shift_x = 0, .chroma_shift_y = 0};
constexpr media::PixelFormat k444Ten{.bit_depth = 10, .chroma_shift_x = 0, .chroma_shift_y = 0};
constexpr media::PixelFormat k420{};
constexpr media::PixelFormat k420Ten{.bit_depth = 10};
constexpr media::PixelFormat kNv12{.layout = media::PlaneLayout::kSemiPlanar, .planes = 2};
constexpr media::PixelFormat kP010{
    .layout = media::PlaneLayout::kSemiPlanar, .planes = 2, .bit_depth = 10, .bit_shift = 6};

const std::vector<Coding>& codings() {
  static const std::vector<Coding> kCodings = [] {
    std::vector<Coding> list;
    struct Matrix {
      const char* name;
      int number;
    };
    struct Layout {
      const char* name;
      media::PixelFormat format;
    };
    static std::vector<std::string> names;
    names.reserve(64);
    for (const Matrix& matrix : {Matrix{"Bt601", 6}, Matrix{"Bt709", 1}, Matrix{"Bt2020", 9}})
      for (const bool is_full : {false, true})
        for (const Layout& layout : {Layout{"Eight444", k444}, Layout{"Ten444", k444Ten}, Layout{"Eight420", k420},
                                     Layout{"Ten420", k420Ten}, Layout{"Nv12", kNv12}, Layout{"P010", kP010}}) {
          names.push_back(std::string(matrix.name) + (is_full ? "Full" : "Limited") + layout.name);
          list.push_back({names.back().c_str(), layout.format, matrix.number, is_full, 2});
        }
    return list;
  }();
  return kCodings;
}

media::ColorInfo color_of(const Coding& coding) {
  return {.primaries = 1,
          .transfer = 1,
          .matrix = static_cast<std::uint8_t>(coding.matrix),
          .is_full_range = coding.is_full_range};
}

// Luma rises to the right; chroma is the same in patches of 16 pixels, so that how it is interpolated plays no part in
// their middle.
std::shared_ptr<media::Frame> make_frame(const Coding& coding) {
  auto made = media::Frame::create(coding.format, kWidth, kHeight);
  EXPECT_TRUE(made);
  const std::shared_ptr<media::Frame> frame = *made;
  frame->set_color(color_of(coding));
  const int most = (1 << coding.format.bit_depth) - 1;
  const int step = 1 << (coding.format.bit_depth - 8);
  for (int index = 0; index < coding.format.planes; ++index) {
    const media::PlaneView plane = frame->plane(index);
    for (int y = 0; y < plane.height; ++y)
      for (int x = 0; x < plane.width * plane.components; ++x) {
        const int column = x / plane.components << (index == 0 ? 0 : coding.format.chroma_shift_x);
        const int row = y << (index == 0 ? 0 : coding.format.chroma_shift_y);
        const int component = index + x % plane.components;
        // All codes of full range; of limited range those that stand for something, since swscale wraps around beyond.
        const int low = coding.is_full_range ? 0 : 16 * step;
        const int high = coding.is_full_range ? most : (component == 0 ? 235 : 240) * step;
        int part = column * 16 * 64 / (kWidth - 1);
        if (component == 1) part = (column / 16 * 5 + row / 16 * 3) % 17 * 64;
        if (component == 2) part = (column / 16 * 7 + row / 16 * 2 + 4) % 17 * 64;
        int value = low + (high - low) * part / (16 * 64);
        std::uint8_t* at = frame->writable_plane(index) + y * plane.stride + x * plane.bytes_per_sample;
        value <<= coding.format.bit_shift;
        at[0] = static_cast<std::uint8_t>(value);
        if (plane.bytes_per_sample == 2) at[1] = static_cast<std::uint8_t>(value >> 8);
      }
  }
  return frame;
}

// FFmpeg's, by a context of the test's own.
Image reference_of(const media::Frame& frame, int matrix, bool is_full_range) {
  const media::AvPtr<SwsContext> context(sws_getContext(
      frame.width(), frame.height(), static_cast<AVPixelFormat>(media::Frame::av_format_of(frame.format(), false)),
      frame.width(), frame.height(), AV_PIX_FMT_RGB24,
      SWS_POINT | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP | SWS_BITEXACT, nullptr, nullptr,
      nullptr));
  EXPECT_TRUE(context);
  EXPECT_GE(sws_setColorspaceDetails(context.get(), sws_getCoefficients(matrix), is_full_range ? 1 : 0,
                                     sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16),
            0);
  Image image{.width = frame.width(), .height = frame.height(), .rgb = {}};
  image.rgb.resize(static_cast<std::size_t>(frame.width()) * static_cast<std::size_t>(frame.height()) * 3);
  const media::PictureView view = frame.view();
  std::array<std::uint8_t*, 1> out{image.rgb.data()};
  const std::array<int, 1> stride{frame.width() * 3};
  EXPECT_EQ(
      sws_scale(context.get(), view.data.data(), view.stride.data(), 0, frame.height(), out.data(), stride.data()),
      frame.height());
  return image;
}

// In the middle of each patch, where both see the same chroma.
template <typename Seen>
void expect_like(const Image& wanted, int bound, Seen&& seen_at) {
  int most = 0;
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x) {
      if (x % 16 < 3 || x % 16 > 12 || y % 16 < 3 || y % 16 > 12) continue;
      const Rgb seen = seen_at(x, y);
      const Rgb reference = pixel(wanted, x, y);
      for (std::size_t c = 0; c < 3; ++c) most = std::max(most, std::abs(seen[c] - reference[c]));
    }
  EXPECT_LE(most, bound);
}

class ColorReference : public test::GlTest, public testing::WithParamInterface<Coding> {
 protected:
  Image draw(const media::Frame& frame, const Presentation& presentation, int width, int height) {
    auto pass = VideoPass::create(test::asset_folder());
    auto uploader = FrameUploader::create({.interleaves_chroma = false});
    EXPECT_TRUE(pass && uploader);
    for (int i = 0; i < 2; ++i) {
      const auto state = (*uploader)->write(frame, presentation, {}, WritePolicy::kKeepUnread);
      EXPECT_TRUE(state);
      (*uploader)->update();
      if (state && *state == WriteState::kWritten) break;
    }
    const test::Canvas canvas(width, height);
    (*pass)->draw(*(*uploader)->front(), {0, 0, width, height}, height);
    return canvas.read();
  }
};

TEST_P(ColorReference, TheShaderShowsWhatFfmpegConvertsTo) {
  const Coding& coding = GetParam();
  const auto frame = make_frame(coding);
  const Image wanted = reference_of(*frame, coding.matrix, coding.is_full_range);
  const Image upright = draw(*frame, {}, kWidth, kHeight);
  expect_like(wanted, coding.bound, [&](int x, int y) { return pixel(upright, x, y); });
  // A quarter to the right, of the same pixels: column x of the source is row x of the screen.
  const Image turned = draw(*frame, {.rotation_degrees = 90}, kHeight, kWidth);
  expect_like(wanted, coding.bound, [&](int x, int y) { return pixel(turned, kHeight - 1 - y, x); });
  // Samples twice as wide are two pixels each.
  const Image wide = draw(*frame, {.sample_aspect_ratio = {2, 1}}, 2 * kWidth, kHeight);
  // Between two samples is between two steps of the luma ramp.
  expect_like(wanted, coding.bound + 1, [&](int x, int y) { return pixel(wide, 2 * x, y); });
}

TEST_P(ColorReference, TheConverterMakesWhatFfmpegConvertsTo) {
  const Coding& coding = GetParam();
  const auto frame = make_frame(coding);
  const Image wanted = reference_of(*frame, coding.matrix, coding.is_full_range);
  media::PictureConverter converter;
  const auto rgb = converter.convert(frame->view(), color_of(coding), {k444, kWidth, kHeight, {1, 1, 0, true}});
  ASSERT_TRUE(rgb) << rgb.error().message;
  expect_like(wanted, coding.bound, [&](int x, int y) {
    const auto value = [&](int plane) { return int{(*rgb)->plane(plane).data[y * (*rgb)->plane(plane).stride + x]}; };
    return Rgb{value(2), value(0), value(1)};
  });
}

// Into what the renditions are: another matrix, range and depth, in which the colours that both can show are the same.
TEST_P(ColorReference, TheConverterKeepsColoursThroughAnotherCoding) {
  const Coding& coding = GetParam();
  test::PictureSpec spec{.width = kWidth, .height = kHeight, .format = coding.format, .color = color_of(coding)};
  const auto frame = test::make_picture(spec, [](int x, int y) {
    return Rgb{x / 16 * 255 / 11, y / 16 * 255 / 7, (x / 16 * 3 + y / 16 * 5) % 12 * 255 / 11};
  });
  const Image wanted = reference_of(*frame, coding.matrix, coding.is_full_range);
  for (const Coding& target : {Coding{"", k420, 1, false, 0}, Coding{"", k420, 6, true, 0}}) {
    media::PictureConverter converter;
    const auto made =
        converter.convert(frame->view(), color_of(coding), {target.format, kWidth, kHeight, color_of(target)});
    ASSERT_TRUE(made) << made.error().message;
    const Image seen = reference_of(**made, target.matrix, target.is_full_range);
    // Quantised to 8 bits once more on the way.
    expect_like(wanted, 5, [&](int x, int y) { return pixel(seen, x, y); });
  }
}

INSTANTIATE_TEST_SUITE_P(Codings, ColorReference, testing::ValuesIn(codings()),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace zoe::render
