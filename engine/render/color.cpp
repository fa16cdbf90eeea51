// Colour matrices of ITU-T H.273: coded samples to R'G'B'.
#include <array>
#include <cmath>

#include "engine/render/video_pass.hpp"

namespace zoe::render {
namespace {

// Normalised texture value to code value and from there to the signal: signal = value * scale + offset.
struct Levels {
  float scale = 1;
  float offset = 0;
};

struct Coding {
  double per_unit = 255;  // code values that a texture value of 1 stands for
  double step = 1;        // code values per 8-bit code value: 2^(depth - 8)
  double most = 255;      // highest code value
};

Coding coding_of(const TexturedFrame& frame) {
  const double most_in_texture = frame.bytes_per_sample == 1 ? 255.0 : 65535.0;
  return {.per_unit = most_in_texture / std::ldexp(1.0, frame.bit_shift),
          .step = std::ldexp(1.0, frame.bit_depth - 8),
          .most = std::ldexp(1.0, frame.bit_depth) - 1.0};
}

Levels luma_levels(const Coding& coding, bool is_full_range) {
  if (is_full_range) return {.scale = static_cast<float>(coding.per_unit / coding.most), .offset = 0};
  return {.scale = static_cast<float>(coding.per_unit / (219.0 * coding.step)), .offset = -16.0F / 219.0F};
}

// -0.5 to 0.5
Levels chroma_levels(const Coding& coding, bool is_full_range) {
  if (is_full_range)
    return {.scale = static_cast<float>(coding.per_unit / coding.most),
            .offset = static_cast<float>(-128.0 * coding.step / coding.most)};
  return {.scale = static_cast<float>(coding.per_unit / (224.0 * coding.step)), .offset = -128.0F / 224.0F};
}

using Rows = std::array<std::array<float, 3>, 3>;  // from (Y, U, V) signals to R'G'B'

Rows rows_of_weights(float kr, float kb) {
  const float kg = 1.0F - kr - kb;
  return {{{1, 0, 2 * (1 - kr)}, {1, -2 * (1 - kb) * kb / kg, -2 * (1 - kr) * kr / kg}, {1, 2 * (1 - kb), 0}}};
}

constexpr int kIdentity = 0;
constexpr int kYCgCo = 8;

Rows rows_of(int matrix, bool is_hd) {
  switch (matrix) {
    case 1:
      return rows_of_weights(0.2126F, 0.0722F);
    case 4:  // FCC
      return rows_of_weights(0.30F, 0.11F);
    case 5:
    case 6:  // BT.601
      return rows_of_weights(0.299F, 0.114F);
    case 7:  // SMPTE 240M
      return rows_of_weights(0.212F, 0.087F);
    case 9:
    case 10:  // BT.2020; constant luminance is shown as if it were not
      return rows_of_weights(0.2627F, 0.0593F);
    case kYCgCo:
      return {{{1, -1, 1}, {1, 1, 0}, {1, -1, -1}}};
    default:
      return is_hd ? rows_of_weights(0.2126F, 0.0722F) : rows_of_weights(0.299F, 0.114F);
  }
}

// Row r of the result: sum over c of rows[r][c] * (value_c * levels_c.scale + levels_c.offset).
std::array<float, 12> fold(const Rows& rows, const std::array<Levels, 3>& levels) {
  std::array<float, 12> result{};
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t c = 0; c < 3; ++c) {
      result[r * 4 + c] = rows[r][c] * levels[c].scale;
      result[r * 4 + 3] += rows[r][c] * levels[c].offset;
    }
  }
  return result;
}

}  // namespace

std::array<float, 12> color_matrix(const TexturedFrame& frame) {
  const Coding coding = coding_of(frame);
  const Levels luma = luma_levels(coding, frame.color.is_full_range);
  const Levels chroma = chroma_levels(coding, frame.color.is_full_range);
  if (frame.planes == 1) return fold({{{1, 0, 0}, {1, 0, 0}, {1, 0, 0}}}, {luma, Levels{}, Levels{}});
  if (frame.color.matrix == kIdentity && frame.planes == 3)
    return fold({{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}}}, {luma, luma, luma});
  const bool is_hd = frame.height >= 720 || frame.width >= 1280;
  return fold(rows_of(frame.color.matrix, is_hd), {luma, chroma, chroma});
}

}  // namespace zoe::render
