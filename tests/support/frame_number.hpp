// The number that media_maker puts into each frame, read back from the picture.
//
// Along the bottom of the frame runs a strip, an eighth of the frame high (in the sample clips: a 32nd) and as wide as
// the frame, of 24 equal cells, black (0) or white (1): the sync pair 10, the number in 16 bits (most significant
// first), 4 check bits (the sum of the number's four nibbles and 5, modulo 16), and the sync pair 01. Cell places are
// fractions of the frame, so scaling does not matter, and only the middle of each cell is read, so neither do blurred
// edges.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace zoe::test {

// Reads the number from a luma plane. `depth` is the bits of a sample: 8, or 9 to 16 where each sample takes two bytes
// in the machine's order with the value in the low bits (yuv420p10; for P010, whose value is in the high bits, pass
// 16). Works for full and limited range alike. Nothing where the picture carries no intact strip.
std::optional<std::uint32_t> read_frame_number(const std::uint8_t* luma, std::ptrdiff_t stride, int width, int height,
                                               int depth = 8);

// The same from packed 8-bit RGBA or RGB pixels (`bytes_per_pixel` 4 or 3), such as a screenshot. The pointer and the
// size are those of the picture's own rectangle, without bars around it.
std::optional<std::uint32_t> read_frame_number_rgb(const std::uint8_t* pixels, std::ptrdiff_t stride, int width,
                                                   int height, int bytes_per_pixel = 4);

}  // namespace zoe::test
