// Posters and preview sheets as a server might have them, made on the spot.
#pragma once

#include <stb_image_write.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/unit/app/player_stage.hpp"

namespace zoe::test {

inline std::vector<std::uint8_t> to_jpeg(const render::Image& image) {
  std::vector<std::uint8_t> bytes;
  const auto append = [](void* to, void* data, int size) {
    const auto* from = static_cast<const std::uint8_t*>(data);
    static_cast<std::vector<std::uint8_t>*>(to)->insert(static_cast<std::vector<std::uint8_t>*>(to)->end(), from,
                                                        from + size);
  };
  stbi_write_jpg_to_func(append, &bytes, image.width, image.height, 3, image.rgb.data(), 85);
  return bytes;
}

// Hills under a sky, another for each seed.
inline render::Image landscape(int width, int height, std::uint32_t seed) {
  render::Image image{.width = width, .height = height};
  image.rgb.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  const double hue = (seed * 37 % 100) / 100.0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double u = static_cast<double>(x) / width;
      const double v = static_cast<double>(y) / height;
      const double far = 0.55 + 0.10 * std::sin(6 * u + seed) + 0.03 * std::sin(17 * u + 2.0 * seed);
      const double near = 0.75 + 0.08 * std::sin(4 * u + 1.7 * seed) + 0.02 * std::sin(23 * u + seed);
      const double sun = std::hypot((u - 0.2 - 0.6 * hue) * width / height, v - 0.3);
      double r = 230 - 90 * hue - 60 * v, g = 150 + 40 * hue + 30 * v, b = 120 + 110 * hue;
      if (sun < 0.09) r = 255, g = 240, b = 205;
      if (v > far) r = 70 + 40 * hue, g = 80, b = 110 - 30 * hue;
      if (v > near) r = 26, g = 38 + 20 * hue, b = 40;
      for (const double c : {r, g, b}) image.rgb.push_back(static_cast<std::uint8_t>(std::clamp(c, 0.0, 255.0)));
    }
  }
  return image;
}

// Answers library.artwork.
inline Result<std::vector<std::uint8_t>> made_up_artwork(std::string_view method, const std::string& params) {
  const auto asked = nlohmann::json::parse(params);
  if (method != "library.artwork") return fail(Errc::kNotFound, "no such file");
  std::uint32_t seed = 5;
  for (const char c : asked.at("media").get<std::string>()) seed = (seed * 31 + static_cast<unsigned char>(c)) % 9973;
  if (asked.at("kind") == "poster") {
    const bool is_tall = asked.at("media") == "Portrait, phone";
    return to_jpeg(is_tall ? landscape(180, 320, seed) : landscape(480, 270, seed));
  }
  // Ten by ten small ones.
  render::Image sheet{.width = 1600, .height = 900};
  sheet.rgb.resize(std::size_t{1600} * 900 * 3);
  for (int tile = 0; tile < 100; ++tile) {
    const render::Image small = landscape(160, 90, seed + static_cast<std::uint32_t>(tile) / 7);
    for (int y = 0; y < 90; ++y)
      std::copy_n(small.rgb.begin() + y * 160 * 3, 160 * 3,
                  sheet.rgb.begin() + ((tile / 10 * 90 + y) * 1600 + tile % 10 * 160) * 3);
  }
  return to_jpeg(sheet);
}

// Answers library.get.
inline nlohmann::json made_up_details() {
  return {{"media", "Big Buck Bunny"},
          {"preview",
           {{"version", "1"},
            {"interval_us", 5'000'000},
            {"tile_width", 160},
            {"tile_height", 90},
            {"columns", 10},
            {"rows", 10},
            {"sheets", 2},
            {"tiles", 119}}}};
}

// Rounds until every picture that the screen shows has come.
inline void wait_for_artwork(PlayerStage& stage) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  do {
    stage.round();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  } while (!stage.overlay->artwork().is_complete() && std::chrono::steady_clock::now() < until);
  stage.settle();
}

}  // namespace zoe::test
