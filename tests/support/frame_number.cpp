#include "tests/support/frame_number.hpp"

#include <array>
#include <cstring>

namespace zoe::test {
namespace {

constexpr int kCells = 24;
// The strip's share of the frame's height: 1/8 in test clips, 1/32 in the sample clips, where it should not disturb.
constexpr std::array<int, 2> kBandParts = {8, 32};

// Brightness of each cell, 0 to 1, as the mean over the middle half of its width and height.
template <typename Sample>
std::array<double, kCells> cell_levels(int width, int height, int band_parts, Sample&& sample) {
  std::array<double, kCells> levels{};
  const double cell_width = static_cast<double>(width) / kCells;
  const double band = static_cast<double>(height) / band_parts;
  const int top = static_cast<int>(height - 0.75 * band);
  const int bottom = static_cast<int>(height - 0.25 * band);
  for (int cell = 0; cell < kCells; ++cell) {
    const int left = static_cast<int>((cell + 0.25) * cell_width);
    const int right = static_cast<int>((cell + 0.75) * cell_width);
    double sum = 0;
    int count = 0;
    for (int y = top; y <= bottom; ++y) {
      for (int x = left; x <= right; ++x) {
        sum += sample(x, y);
        ++count;
      }
    }
    levels[static_cast<std::size_t>(cell)] = sum / count;
  }
  return levels;
}

std::optional<std::uint32_t> number_of(const std::array<double, kCells>& levels) {
  constexpr double kDark = 0.35;
  constexpr double kBright = 0.65;
  std::uint32_t bits = 0;
  for (const double level : levels) {
    if (level > kDark && level < kBright) return std::nullopt;
    bits = bits << 1 | (level >= kBright ? 1U : 0U);
  }
  const std::uint32_t number = bits >> 6 & 0xffff;
  const std::uint32_t check = bits >> 2 & 0xf;
  const std::uint32_t sum = (number & 0xf) + (number >> 4 & 0xf) + (number >> 8 & 0xf) + (number >> 12) + 5;
  const bool intact = bits >> 22 == 0b10 && (bits & 0b11) == 0b01 && (sum & 0xf) == check;
  return intact ? std::optional(number) : std::nullopt;
}

template <typename Sample>
std::optional<std::uint32_t> read_strip(int width, int height, Sample&& sample) {
  for (const int parts : kBandParts) {
    if (width < kCells || height < parts) continue;
    if (const auto number = number_of(cell_levels(width, height, parts, sample))) return number;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint32_t> read_frame_number(const std::uint8_t* luma, std::ptrdiff_t stride, int width, int height,
                                               int depth) {
  const double peak = (1 << depth) - 1;
  return read_strip(width, height, [&](int x, int y) {
    const std::uint8_t* row = luma + y * stride;
    if (depth == 8) return row[x] / peak;
    std::uint16_t value = 0;
    std::memcpy(&value, row + static_cast<std::ptrdiff_t>(x) * 2, sizeof value);
    return value / peak;
  });
}

std::optional<std::uint32_t> read_frame_number_rgb(const std::uint8_t* pixels, std::ptrdiff_t stride, int width,
                                                   int height, int bytes_per_pixel) {
  return read_strip(width, height, [&](int x, int y) {
    const std::uint8_t* pixel = pixels + y * stride + static_cast<std::ptrdiff_t>(x) * bytes_per_pixel;
    return (pixel[0] + pixel[1] + pixel[2]) / (3.0 * 255.0);
  });
}

}  // namespace zoe::test
