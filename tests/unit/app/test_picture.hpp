// Frames whose colours are worked out here, from the equations of the standards and not from the code under test.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>

#include "engine/media/frame.hpp"
#include "tests/unit/app/gl_test.hpp"

namespace zoe::test {

struct PictureSpec {
  int width = 64;
  int height = 48;
  media::PixelFormat format{};
  media::ColorInfo color{.primaries = 1, .transfer = 1, .matrix = 1, .is_full_range = false};
};

// Kr and Kb of ITU-R BT.601, BT.709 and BT.2020 by H.273's matrix code points.
inline std::array<double, 2> weights_of(int matrix) {
  switch (matrix) {
    case 1:
      return {0.2126, 0.0722};
    case 9:
      return {0.2627, 0.0593};
    default:
      return {0.299, 0.114};
  }
}

// E'Y, E'Cb, E'Cr quantised to the code values of H.273, equations 20 to 37.
inline std::array<int, 3> code_values(const Rgb& rgb, const PictureSpec& spec) {
  const auto [kr, kb] = weights_of(spec.color.matrix);
  const double r = rgb[0] / 255.0;
  const double g = rgb[1] / 255.0;
  const double b = rgb[2] / 255.0;
  const double y = kr * r + (1 - kr - kb) * g + kb * b;
  const double cb = (b - y) / (2 * (1 - kb));
  const double cr = (r - y) / (2 * (1 - kr));
  const double step = std::pow(2.0, spec.format.bit_depth - 8);
  const double most = std::pow(2.0, spec.format.bit_depth) - 1;
  const auto quantise = [](double value) { return static_cast<int>(std::lround(value)); };
  if (spec.color.matrix == 0) return {quantise(g * most), quantise(b * most), quantise(r * most)};
  if (spec.color.is_full_range)
    return {quantise(y * most), quantise(cb * most + 128 * step), quantise(cr * most + 128 * step)};
  return {quantise((219 * y + 16) * step), quantise((224 * cb + 128) * step), quantise((224 * cr + 128) * step)};
}

// A frame whose pixel (x, y) has the colour that `color_at` says; a chroma sample takes that of its first pixel.
inline std::shared_ptr<media::Frame> make_picture(const PictureSpec& spec,
                                                  const std::function<Rgb(int, int)>& color_at) {
  auto made = media::Frame::create(spec.format, spec.width, spec.height);
  if (!made) throw std::runtime_error(made.error().message);
  const std::shared_ptr<media::Frame> frame = *made;
  frame->set_color(spec.color);
  for (int index = 0; index < spec.format.planes; ++index) {
    const media::PlaneView plane = frame->plane(index);
    std::uint8_t* data = frame->writable_plane(index);
    const int shift_x = index == 0 ? 0 : spec.format.chroma_shift_x;
    const int shift_y = index == 0 ? 0 : spec.format.chroma_shift_y;
    for (int y = 0; y < plane.height; ++y) {
      for (int x = 0; x < plane.width * plane.components; ++x) {
        const int column = x / plane.components;
        const auto codes = code_values(
            color_at(std::min(column << shift_x, spec.width - 1), std::min(y << shift_y, spec.height - 1)), spec);
        const int value = codes[static_cast<std::size_t>(index + x % plane.components)] << spec.format.bit_shift;
        std::uint8_t* at = data + y * plane.stride + x * plane.bytes_per_sample;
        at[0] = static_cast<std::uint8_t>(value);
        if (plane.bytes_per_sample == 2) at[1] = static_cast<std::uint8_t>(value >> 8);
      }
    }
  }
  return frame;
}

inline constexpr Rgb kRed{220, 30, 40};
inline constexpr Rgb kGreen{40, 200, 60};
inline constexpr Rgb kBlue{30, 60, 210};
inline constexpr Rgb kGrey{128, 128, 128};

// Red and green above, blue and grey below.
inline Rgb quarter(const PictureSpec& spec, int x, int y) {
  if (y < spec.height / 2) return x < spec.width / 2 ? kRed : kGreen;
  return x < spec.width / 2 ? kBlue : kGrey;
}

inline std::shared_ptr<media::Frame> make_quarters(const PictureSpec& spec) {
  return make_picture(spec, [&](int x, int y) { return quarter(spec, x, y); });
}

}  // namespace zoe::test
