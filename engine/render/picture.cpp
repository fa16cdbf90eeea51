#include "engine/render/picture.hpp"

#include <fmt/core.h>
#include <stb_image.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <utility>

namespace zoe::render {
namespace {

struct StbDeleter {
  void operator()(stbi_uc* pixels) const { stbi_image_free(pixels); }
};

// stb_image as packaged knows more formats than we want strangers to choose from.
bool is_jpeg(Bytes bytes) { return bytes.size() > 4 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF; }

}  // namespace

Result<Image> decode_jpeg(Bytes bytes) {
  if (!is_jpeg(bytes) || bytes.size() > std::numeric_limits<int>::max())
    return fail(Errc::kMalformed, "the picture is no JPEG");
  const int size = static_cast<int>(bytes.size());
  int width = 0;
  int height = 0;
  int channels = 0;
  if (stbi_info_from_memory(bytes.data(), size, &width, &height, &channels) == 0 || width < 1 || height < 1)
    return fail(Errc::kMalformed, "the picture's header cannot be read");
  if (width > kMostPictureSide || height > kMostPictureSide || width > kMostPicturePixels / height)
    return fail(Errc::kTooLarge, fmt::format("the picture is too large: {} x {} pixels", width, height));
  int read_width = 0;
  int read_height = 0;
  const std::unique_ptr<stbi_uc, StbDeleter> pixels(
      stbi_load_from_memory(bytes.data(), size, &read_width, &read_height, &channels, 3));
  if (!pixels || read_width != width || read_height != height)
    return fail(Errc::kMalformed, "the picture cannot be decoded");
  Image image{.width = width, .height = height};
  image.rgb.assign(pixels.get(), pixels.get() + static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  return image;
}

Image shrunk(Image image, int most_side) {
  const int side = std::max(image.width, image.height);
  if (side <= most_side || most_side < 1) return image;
  const int step = (side + most_side - 1) / most_side;
  Image small{.width = std::max(image.width / step, 1), .height = std::max(image.height / step, 1)};
  small.rgb.reserve(static_cast<std::size_t>(small.width) * static_cast<std::size_t>(small.height) * 3);
  const auto stride = static_cast<std::size_t>(image.width) * 3;
  for (int y = 0; y < small.height; ++y) {
    const int top = y * step;
    const int rows = std::min(step, image.height - top);
    for (int x = 0; x < small.width; ++x) {
      const int left = x * step;
      const int columns = std::min(step, image.width - left);
      for (std::size_t channel = 0; channel < 3; ++channel) {
        std::uint32_t sum = 0;
        for (int j = 0; j < rows; ++j) {
          const std::uint8_t* at = image.rgb.data() + static_cast<std::size_t>(top + j) * stride +
                                   static_cast<std::size_t>(left) * 3 + channel;
          for (int i = 0; i < columns; ++i, at += 3) sum += *at;
        }
        const auto count = static_cast<std::uint32_t>(rows * columns);
        small.rgb.push_back(static_cast<std::uint8_t>((sum + count / 2) / count));
      }
    }
  }
  return small;
}

}  // namespace zoe::render
