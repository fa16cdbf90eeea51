// Pictures from strangers as pixels: posters and preview sheets.
#pragma once

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"
#include "engine/render/screenshot.hpp"

namespace zoe::render {

inline constexpr int kMostPictureSide = 8192;
inline constexpr int kMostPicturePixels = 8 << 20;  // 24 MiB decoded

// A JPEG as RGB. Any thread. kMalformed for what is none, kTooLarge for one above the bounds, which are checked before
// anything is decoded.
Result<Image> decode_jpeg(Bytes bytes);

// The picture with every square of n x n pixels averaged into one, n being the smallest with which no side is above
// `most_side`. What is small enough is returned as it is.
Image shrunk(Image image, int most_side);

}  // namespace zoe::render
