#include "engine/render/video_pass.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <utility>

#include "engine/media/convert.hpp"
#include "engine/render/shader.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/app/test_picture.hpp"

namespace zoe::render {
namespace {

using test::Canvas;
using test::is_near;
using test::kBlue;
using test::kGreen;
using test::kGrey;
using test::kRed;
using test::make_picture;
using test::make_quarters;
using test::PictureSpec;
using test::pixel;
using test::Rgb;

class VideoPassTest : public test::GlTest {
 protected:
  void SetUp() override {
    auto pass = VideoPass::create(test::asset_folder());
    ASSERT_TRUE(pass) << pass.error().message;
    pass_ = std::move(*pass);
    make_uploader(false);
  }
  void make_uploader(bool interleaves_chroma, bool converts = false) {
    uploader_.reset();
    auto uploader = FrameUploader::create({.interleaves_chroma = interleaves_chroma, .converts = converts});
    ASSERT_TRUE(uploader) << uploader.error().message;
    uploader_ = std::move(*uploader);
  }
  void TearDown() override {
    uploader_.reset();
    pass_.reset();
    GlTest::TearDown();
  }

  // The frame on its way: a first write asks for buffers, `update` makes them, the second write is taken.
  void put(const media::Frame& frame, const Presentation& presentation = {}) {
    auto state = uploader_->write(frame, presentation, {}, WritePolicy::kKeepUnread);
    ASSERT_TRUE(state) << state.error().message;
    if (*state == WriteState::kWait) {
      uploader_->update();
      state = uploader_->write(frame, presentation, {}, WritePolicy::kKeepUnread);
      ASSERT_TRUE(state) << state.error().message;
    }
    ASSERT_EQ(*state, WriteState::kWritten);
    ASSERT_TRUE(uploader_->update());
    ASSERT_NE(uploader_->front(), nullptr);
  }

  Image draw(int width, int height, const Framing& framing = {}) {
    const Canvas canvas(width, height);
    picture_ = pass_->draw(*uploader_->front(), {0, 0, width, height}, height, framing);
    return canvas.read();
  }

  std::unique_ptr<VideoPass> pass_;
  std::unique_ptr<FrameUploader> uploader_;
  Rect picture_;
};

void expect_quarters(const Image& image, const Rect& picture, const std::array<Rgb, 4>& clockwise, int bound) {
  const int left = picture.x + picture.width / 4;
  const int right = picture.x + picture.width * 3 / 4;
  const int top = picture.y + picture.height / 4;
  const int bottom = picture.y + picture.height * 3 / 4;
  EXPECT_TRUE(is_near(pixel(image, left, top), clockwise[0], bound)) << "top left";
  EXPECT_TRUE(is_near(pixel(image, right, top), clockwise[1], bound)) << "top right";
  EXPECT_TRUE(is_near(pixel(image, right, bottom), clockwise[2], bound)) << "bottom right";
  EXPECT_TRUE(is_near(pixel(image, left, bottom), clockwise[3], bound)) << "bottom left";
}

constexpr std::array<Rgb, 4> kUpright{kRed, kGreen, kGrey, kBlue};

media::PixelFormat planar(int depth, int shift_x, int shift_y) {
  return {.layout = media::PlaneLayout::kPlanar,
          .planes = 3,
          .bit_depth = static_cast<std::uint8_t>(depth),
          .chroma_shift_x = static_cast<std::uint8_t>(shift_x),
          .chroma_shift_y = static_cast<std::uint8_t>(shift_y)};
}

media::PixelFormat semi_planar(int depth, int bit_shift) {
  return {.layout = media::PlaneLayout::kSemiPlanar,
          .planes = 2,
          .bit_depth = static_cast<std::uint8_t>(depth),
          .bit_shift = static_cast<std::uint8_t>(bit_shift),
          .chroma_shift_x = 1,
          .chroma_shift_y = 1};
}

media::ColorInfo color(int matrix, bool is_full_range) {
  return {.primaries = 1, .transfer = 1, .matrix = static_cast<std::uint8_t>(matrix), .is_full_range = is_full_range};
}

struct Case {
  const char* name;
  PictureSpec spec;
  int bound;  // of 255: half a step of the coarsest code value, times the largest coefficient, and rounding
};

class VideoPassColors : public VideoPassTest, public testing::WithParamInterface<Case> {};

TEST_P(VideoPassColors, ShowsWhatWasCoded) {
  const Case& each = GetParam();
  put(*make_quarters(each.spec));
  const Image image = draw(each.spec.width, each.spec.height);
  expect_quarters(image, picture_, kUpright, each.bound);
}

// Where U and V are put together on the way, the picture is the same to the last bit or so.
TEST_P(VideoPassColors, InterleavedChromaShowsTheSame) {
  const Case& each = GetParam();
  const auto frame = make_picture(each.spec, [&](int x, int y) {
    return Rgb{x * 255 / each.spec.width, y * 255 / each.spec.height, (x * 7 + y * 3) % 256};
  });
  put(*frame);
  const Image apart = draw(each.spec.width, each.spec.height);
  make_uploader(true);
  put(*frame);
  const Image together = draw(each.spec.width, each.spec.height);
  int most = 0;
  for (std::size_t i = 0; i < apart.rgb.size(); ++i) most = std::max(most, std::abs(apart.rgb[i] - together.rgb[i]));
  EXPECT_LE(most, 1);
}

// Where the writer converts, whatever size it is drawn at.
TEST_P(VideoPassColors, ConvertedOnTheWayItShowsTheSame) {
  const Case& each = GetParam();
  const auto frame = make_quarters(each.spec);
  for (const auto& [width, height] :
       {std::pair{each.spec.width, each.spec.height}, std::pair{each.spec.width * 5 / 8, each.spec.height * 5 / 8},
        std::pair{each.spec.width * 2, each.spec.height * 2}}) {
    make_uploader(false, true);
    uploader_->set_place({0, 0, width, height}, {});
    put(*frame);
    ASSERT_TRUE(uploader_->front()->is_rgb);
    EXPECT_FALSE(uploader_->is_front_misfit());
    const Image image = draw(width, height);
    EXPECT_EQ(uploader_->front()->plane_widths[0], std::min(each.spec.width, picture_.width));
    EXPECT_EQ(uploader_->front()->plane_heights[0], std::min(each.spec.height, picture_.height));
    expect_quarters(image, picture_, kUpright, each.bound + 2);
  }
}

TEST_F(VideoPassTest, AConvertedPictureIsMadeForItsPlace) {
  make_uploader(false, true);
  uploader_->set_place({0, 0, 32, 32}, {});
  put(*make_quarters({}), {.rotation_degrees = 90});  // 64 x 48, drawn 24 wide and 32 high
  EXPECT_EQ(uploader_->front()->plane_widths[0], 32);
  EXPECT_EQ(uploader_->front()->plane_heights[0], 24);
  expect_quarters(draw(32, 32), picture_, {kBlue, kRed, kGreen, kGrey}, 5);
  EXPECT_FALSE(uploader_->is_front_misfit());
  // Another size, and nearer: until it is written anew what is there is drawn, larger.
  for (const Framing& framing : {Framing{}, Framing{.zoom = 4}}) {
    uploader_->set_place({0, 0, 40, 40}, framing);
    EXPECT_TRUE(uploader_->is_front_misfit());
    expect_quarters(draw(40, 40), picture_, {kBlue, kRed, kGreen, kGrey}, 5);
    put(*make_quarters({}), {.rotation_degrees = 90});
    EXPECT_FALSE(uploader_->is_front_misfit());
  }
  EXPECT_EQ(uploader_->front()->plane_widths[0], 64);
  EXPECT_EQ(uploader_->front()->plane_heights[0], 48);
}

TEST_F(VideoPassTest, HdrIsLeftToTheShader) {
  make_uploader(true, true);
  uploader_->set_place({0, 0, 32, 24}, {});
  const auto frame = make_quarters({.format = planar(10, 1, 1), .color = color(9, false)});
  frame->set_color({.primaries = 9, .transfer = 16, .matrix = 9, .is_full_range = false});
  put(*frame);
  EXPECT_FALSE(uploader_->front()->is_rgb);
}

INSTANTIATE_TEST_SUITE_P(
    Formats, VideoPassColors,
    testing::Values(
        Case{"Bt601Limited", {.color = color(6, false)}, 3}, Case{"Bt601Full", {.color = color(5, true)}, 2},
        Case{"Bt709Limited", {.color = color(1, false)}, 3}, Case{"Bt709Full", {.color = color(1, true)}, 2},
        Case{"Bt2020Limited", {.color = color(9, false)}, 3},
        Case{"Bt2020TenBits", {.format = planar(10, 1, 1), .color = color(9, false)}, 1},
        Case{"Bt709TenBitsFull", {.format = planar(10, 1, 1), .color = color(1, true)}, 1},
        Case{"TwelveBits422", {.format = planar(12, 1, 0), .color = color(1, false)}, 1},
        Case{"SixteenBits444", {.format = planar(16, 0, 0), .color = color(1, false)}, 1},
        Case{"Eight444", {.format = planar(8, 0, 0), .color = color(1, false)}, 3},
        Case{"Eight422", {.format = planar(8, 1, 0), .color = color(1, false)}, 3},
        Case{"Eight440", {.format = planar(8, 0, 1), .color = color(1, false)}, 3},
        Case{"Eight411", {.format = planar(8, 2, 0), .color = color(1, false)}, 3},
        Case{"Nv12", {.format = semi_planar(8, 0), .color = color(1, false)}, 3},
        Case{"Nv12Full601", {.format = semi_planar(8, 0), .color = color(6, true)}, 2},
        Case{"P010", {.format = semi_planar(10, 6), .color = color(9, false)}, 1},
        Case{"IdentityGbr", {.format = planar(8, 0, 0), .color = color(0, true)}, 1},
        Case{"UnspecifiedSmallIs601", {.color = color(2, false)}, 3},
        Case{"OddSizes", {.width = 67, .height = 51, .color = color(1, false)}, 3},
        Case{"OddSizesNv12", {.width = 63, .height = 33, .format = semi_planar(8, 0), .color = color(1, false)}, 3}),
    [](const auto& each) { return each.param.name; });

TEST_F(VideoPassTest, UnspecifiedLargeIs709) {
  PictureSpec spec{.width = 1280, .height = 16, .color = color(1, false)};
  const auto frame = make_picture(spec, [](int, int) { return kRed; });
  frame->set_color(color(2, false));
  put(*frame);
  EXPECT_TRUE(is_near(pixel(draw(1280, 16), 640, 8), kRed, 3));
}

TEST_F(VideoPassTest, GreyHasNoColour) {
  PictureSpec spec{.format = {.planes = 1, .chroma_shift_x = 0, .chroma_shift_y = 0}, .color = color(1, false)};
  put(*make_picture(spec, [](int x, int) { return x < 32 ? Rgb{255, 255, 255} : kGrey; }));
  const Image image = draw(64, 48);
  EXPECT_TRUE(is_near(pixel(image, 10, 10), {255, 255, 255}, 1));
  EXPECT_TRUE(is_near(pixel(image, 50, 10), kGrey, 1));
}

TEST_F(VideoPassTest, BlackAndWhiteReachTheEnds) {
  PictureSpec spec{.color = color(1, false)};
  put(*make_picture(spec, [](int x, int) { return x < 32 ? Rgb{0, 0, 0} : Rgb{255, 255, 255}; }));
  const Image image = draw(64, 48);
  EXPECT_TRUE(is_near(pixel(image, 8, 8), {0, 0, 0}, 0));
  EXPECT_TRUE(is_near(pixel(image, 56, 8), {255, 255, 255}, 0));
}

TEST_F(VideoPassTest, TurnsClockwise) {
  const PictureSpec spec{};
  const auto frame = make_quarters(spec);
  put(*frame, {.rotation_degrees = 90});
  expect_quarters(draw(48, 64), picture_, {kBlue, kRed, kGreen, kGrey}, 3);
  EXPECT_EQ(picture_, (Rect{0, 0, 48, 64}));
  put(*frame, {.rotation_degrees = 180});
  expect_quarters(draw(64, 48), picture_, {kGrey, kBlue, kRed, kGreen}, 3);
  put(*frame, {.rotation_degrees = 270});
  expect_quarters(draw(48, 64), picture_, {kGreen, kGrey, kBlue, kRed}, 3);
}

TEST_F(VideoPassTest, KeepsProportionsAndBlackensTheRest) {
  put(*make_quarters({}));  // 4:3
  const Image image = draw(160, 60);
  EXPECT_EQ(picture_, (Rect{40, 0, 80, 60}));
  EXPECT_TRUE(is_near(pixel(image, 39, 30), {0, 0, 0}, 0));
  EXPECT_TRUE(is_near(pixel(image, 120, 30), {0, 0, 0}, 0));
  expect_quarters(image, picture_, kUpright, 3);
}

TEST_F(VideoPassTest, WideSamplesWidenThePicture) {
  put(*make_quarters({}), {.sample_aspect_ratio = {2, 1}});
  draw(128, 128);
  EXPECT_EQ(picture_, (Rect{0, 40, 128, 48}));
  // Turned, the wide samples are tall.
  put(*make_quarters({}), {.sample_aspect_ratio = {2, 1}, .rotation_degrees = 90});
  draw(128, 128);
  EXPECT_EQ(picture_, (Rect{40, 0, 48, 128}));
}

TEST_F(VideoPassTest, DrawsOnlyItsArea) {
  put(*make_quarters({}));
  const Canvas canvas(100, 100);
  const Rect picture = pass_->draw(*uploader_->front(), {20, 10, 64, 48}, 100);
  EXPECT_EQ(picture, (Rect{20, 10, 64, 48}));
  const Image image = canvas.read();
  EXPECT_TRUE(is_near(pixel(image, 19, 30), {255, 0, 255}, 0));
  EXPECT_TRUE(is_near(pixel(image, 84, 30), {255, 0, 255}, 0));
  EXPECT_TRUE(is_near(pixel(image, 50, 9), {255, 0, 255}, 0));
  EXPECT_TRUE(is_near(pixel(image, 50, 58), {255, 0, 255}, 0));
  expect_quarters(image, picture, kUpright, 3);
}

TEST_F(VideoPassTest, NearerIsACutOfTheLargerPicture) {
  for (const int rotation : {0, 90, 180, 270}) {
    put(*make_quarters({}), {.rotation_degrees = rotation});
    const int width = rotation % 180 == 0 ? 64 : 48;
    const int height = 112 - width;
    const Image whole = draw(2 * width, 2 * height);
    // Each corner of it in turn.
    for (const double x : {-1.0, 1.0})
      for (const double y : {-1.0, 1.0}) {
        const Image near = draw(width, height, {.zoom = 2, .pan_x = x / 4, .pan_y = y / 4});
        EXPECT_EQ(picture_, (Rect{x > 0 ? 0 : -width, y > 0 ? 0 : -height, 2 * width, 2 * height}));
        for (const int at_x : {3, width / 2, width - 4})
          for (const int at_y : {3, height / 2, height - 4})
            EXPECT_TRUE(is_near(pixel(near, at_x, at_y),
                                pixel(whole, at_x + (x > 0 ? 0 : width), at_y + (y > 0 ? 0 : height)), 1))
                << rotation << " " << x << " " << y;
      }
  }
}

TEST_F(VideoPassTest, FillsCutsAndStretches) {
  put(*make_quarters({}));  // 64 by 48
  const Image filled = draw(128, 48, {.fills = true});
  EXPECT_EQ(picture_, (Rect{0, -24, 128, 96}));
  expect_quarters(filled, {0, 0, 128, 48}, kUpright, 3);
  draw(96, 48, {.aspect = 2});
  EXPECT_EQ(picture_, (Rect{0, 0, 96, 48}));
  const Image small = draw(64, 48, {.zoom = 0.5, .pan_x = 0.5});
  EXPECT_EQ(picture_, (Rect{32, 12, 32, 24}));
  EXPECT_TRUE(is_near(pixel(small, 10, 24), {0, 0, 0}, 0)) << "black around it";
  expect_quarters(small, picture_, kUpright, 3);
}

TEST_F(VideoPassTest, FramingStaysInBounds) {
  TexturedFrame frame;
  frame.width = 64;
  frame.height = 48;
  const Rect area{0, 0, 64, 48};
  const Framing near = clamp_framing(frame, area, {.zoom = 2, .pan_x = 9, .pan_y = -9});
  EXPECT_EQ(place_picture(frame, area, near), (Rect{0, -48, 128, 96})) << "as far as the edges";
  EXPECT_EQ(clamp_framing(frame, area, {.pan_x = 1}).pan_x, 0) << "all of it is there";
  EXPECT_EQ(clamp_framing(frame, area, {.zoom = 1000}).zoom, kMostZoom);
  EXPECT_EQ(clamp_framing(frame, area, {.zoom = 0}).zoom, kLeastZoom);
  // As large as it gets, a place far off the window's middle is still drawn to the pixel.
  put(*make_quarters({}));
  const Framing far = clamp_framing(*uploader_->front(), area, {.zoom = kMostZoom, .pan_x = -1, .pan_y = 1});
  EXPECT_TRUE(is_near(pixel(draw(64, 48, far), 32, 24), kGreen, 3)) << "the upper right corner";
}

// Left siting: the chroma of an even column is its own; the column between two takes half of each.
TEST_F(VideoPassTest, ChromaLiesOnTheEvenColumns) {
  PictureSpec spec{.width = 16, .height = 16, .color = color(1, true)};
  const auto frame = make_picture(spec, [](int, int) { return kGrey; });
  const media::PlaneView plane = frame->plane(2);
  for (int y = 0; y < plane.height; ++y)
    for (int x = 0; x < plane.width; ++x) frame->writable_plane(2)[y * plane.stride + x] = x < 4 ? 128 : 178;
  put(*frame);
  const Image image = draw(16, 16);
  const double full = 128 + 50 * 1.5748;
  EXPECT_NEAR(pixel(image, 6, 8)[0], 128, 2);  // on chroma sample 3
  EXPECT_NEAR(pixel(image, 7, 8)[0], (128 + full) / 2, 3);
  EXPECT_NEAR(pixel(image, 8, 8)[0], full, 2);  // on chroma sample 4
}

TEST_F(VideoPassTest, HighDynamicRangeRisesAndStaysGrey) {
  for (const int transfer : {16, 18}) {
    PictureSpec spec{.format = planar(10, 1, 1), .color = color(9, false)};
    spec.color.transfer = static_cast<std::uint8_t>(transfer);
    // Greys rise with the signal and stay grey; full signal is white.
    put(*make_picture(spec, [](int x, int) { return Rgb{x * 4, x * 4, x * 4}; }));
    const Image image = draw(64, 48);
    EXPECT_TRUE(is_near(pixel(image, 0, 8), {0, 0, 0}, 3));
    EXPECT_TRUE(is_near(pixel(image, 62, 8), {255, 255, 255}, 6));
    int before = -1;
    for (int x = 0; x < 64; x += 2) {
      const Rgb seen = pixel(image, x, 8);
      EXPECT_GE(seen[0], before - 1);
      EXPECT_LE(std::max({seen[0], seen[1], seen[2]}) - std::min({seen[0], seen[1], seen[2]}), 3);
      before = seen[0];
    }
  }
}

// Codes of SMPTE ST 2084: 50 cd/m2 keeps its light, reference white (203, ITU-R BT.2408) is below a highlight of 1000,
// which is the display's white.
TEST_F(VideoPassTest, HighlightsAreMappedNotClipped) {
  PictureSpec spec{.format = planar(16, 0, 0), .color = color(9, true)};
  spec.color.transfer = 16;
  const auto code = [](double signal) { return static_cast<int>(std::lround(signal * 255)); };
  put(*make_picture(spec, [&](int x, int) {
    const int value = code(x < 16 ? 0.4402 : x < 32 ? 0.5807 : x < 48 ? 0.6548 : 0.7518);  // 50, 203, 400, 1000
    return Rgb{value, value, value};
  }));
  const Image image = draw(64, 48);
  EXPECT_NEAR(pixel(image, 8, 10)[0], 255 * std::pow(50.0 / 203, 1 / 2.2), 3);
  EXPECT_NEAR(pixel(image, 24, 10)[0], 228, 10);
  EXPECT_GT(pixel(image, 40, 10)[0], pixel(image, 24, 10)[0] + 5);
  EXPECT_GT(pixel(image, 56, 10)[0], pixel(image, 40, 10)[0] + 2);
  EXPECT_GE(pixel(image, 56, 10)[0], 253);
}

// What the server makes of HDR for browsers is what the player shows.
TEST_F(VideoPassTest, ShaderAndConverterMapAlike) {
  for (const int transfer : {16, 18}) {
    PictureSpec spec{.width = 64, .height = 64, .format = planar(10, 0, 0), .color = color(9, false)};
    spec.color.transfer = static_cast<std::uint8_t>(transfer);
    const auto frame = make_picture(spec, [](int x, int y) { return Rgb{x * 4, y * 4, (x + y) * 2}; });
    put(*frame);
    const Image image = draw(64, 64);
    media::PictureConverter converter;
    const auto rgb = converter.convert(frame->view(), spec.color,
                                       {{.chroma_shift_x = 0, .chroma_shift_y = 0}, 64, 64, {1, 1, 0, true}});
    ASSERT_TRUE(rgb) << rgb.error().message;
    for (int y = 0; y < 64; y += 3)
      for (int x = 0; x < 64; x += 3) {
        const auto value = [&](int plane) {
          return int{(*rgb)->plane(plane).data[y * (*rgb)->plane(plane).stride + x]};
        };
        // The darkest component of a saturated colour is at the edge of the gamut, where the curve is steepest: there a
        // rounding of the signal is worth several steps.
        const Rgb seen = pixel(image, x, y);
        const Rgb wanted{value(2), value(0), value(1)};
        for (std::size_t c = 0; c < 3; ++c)
          EXPECT_NEAR(seen[c], wanted[c], wanted[c] < 96 ? 16 : 8) << "component " << c << " at " << x << ", " << y;
      }
  }
}

TEST_F(VideoPassTest, FitHandlesEmptyAreas) {
  TexturedFrame frame;
  frame.width = 64;
  frame.height = 48;
  EXPECT_EQ(fit_picture(frame, {5, 6, 0, 100}), (Rect{5, 6, 0, 0}));
  EXPECT_EQ(fit_picture(TexturedFrame{}, {5, 6, 100, 100}), (Rect{5, 6, 0, 0}));
  frame.presentation.sample_aspect_ratio = {0, 1};  // unknown
  EXPECT_EQ(fit_picture(frame, {0, 0, 64, 64}), (Rect{0, 8, 64, 48}));
}

TEST_F(VideoPassTest, BrokenShaderNamesFileAndLine) {
  const test::TempDir folder;
  std::ofstream(folder.path() + "/bad.vert") << "#version 330 core\nvoid main() { gl_Position = vec4(0.0); }\n";
  std::ofstream(folder.path() + "/bad.frag")
      << "#version 330 core\nout vec4 color;\nvoid main() { color = nothing; }\n";
  const auto shader = Shader::load(folder.path(), "bad", "LAYOUT=1");
  ASSERT_FALSE(shader);
  EXPECT_EQ(shader.error().code, Errc::kMalformed);
  EXPECT_NE(shader.error().message.find("bad.frag"), std::string::npos) << shader.error().message;
  EXPECT_NE(shader.error().message.find(":3("), std::string::npos) << shader.error().message;
  const auto missing = Shader::load(folder.path(), "missing");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace zoe::render
