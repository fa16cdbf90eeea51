#include "engine/ui/backdrop.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace zoe::ui {
namespace {

constexpr int kWidth = 640;
constexpr int kHeight = 360;

struct Light {
  float x, y;  // 0 to 1
  float radius;
  float strength;
};
// A lamp above the left, its glimmer below the right.
constexpr std::array<Light, 3> kLights{
    {{0.18F, -0.05F, 0.62F, 1.0F}, {0.92F, 1.08F, 0.5F, 0.55F}, {0.7F, 0.2F, 0.3F, 0.18F}}};

// A Gaussian is the product of one along x and one along y.
std::vector<float> fall_off(int count, float center, float radius, float aspect) {
  std::vector<float> values;
  for (int i = 0; i < count; ++i) {
    const float d = ((static_cast<float>(i) + 0.5F) / static_cast<float>(count) - center) * aspect / radius;
    values.push_back(std::exp(-d * d));
  }
  return values;
}

std::vector<float> make_light() {
  std::vector<float> sum(static_cast<std::size_t>(kWidth) * kHeight);
  for (const Light& light : kLights) {
    const auto along_x = fall_off(kWidth, light.x, light.radius, static_cast<float>(kWidth) / kHeight);
    const auto along_y = fall_off(kHeight, light.y, light.radius, 1);
    std::size_t at = 0;
    for (const float y : along_y)
      for (const float x : along_x) sum[at++] += light.strength * x * y;
  }
  return sum;
}

// -0.5 to 0.5: steps of one part in 256 are seen on a dark ground, unless noise breaks their edges.
float noise(std::size_t index) {
  auto hash = static_cast<std::uint32_t>(index) * 2654435761U;
  hash ^= hash >> 15U;
  hash *= 2246822519U;
  hash ^= hash >> 13U;
  return static_cast<float>(hash & 0xFFFFU) / 65535.0F - 0.5F;
}

}  // namespace

void Backdrop::make(const Palette& palette) {
  const std::vector<float> light = make_light();
  std::vector<std::uint8_t> pixels;
  pixels.reserve(light.size() * 4);
  for (std::size_t i = 0; i < light.size(); ++i) {
    const float t = std::min(light[i], 1.0F);
    const float dither = noise(i);
    const auto mix = [&](std::uint8_t from, std::uint8_t to) {
      const float value = static_cast<float>(from) + (static_cast<float>(to) - static_cast<float>(from)) * t + dither;
      return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 255.0F)));
    };
    pixels.insert(pixels.end(), {mix(palette.ground.r, palette.glow.r), mix(palette.ground.g, palette.glow.g),
                                 mix(palette.ground.b, palette.glow.b), 255});
  }
  texture_ = render::make_texture();
  glBindTexture(GL_TEXTURE_2D, texture_.get());
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, kWidth, kHeight, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
  glBindTexture(GL_TEXTURE_2D, 0);
}

void Backdrop::draw(Ui& ui, float alpha) {
  if (alpha <= 0) return;
  if (!texture_) make(ui.palette());
  const auto id = reinterpret_cast<ImTextureID>(static_cast<std::uintptr_t>(texture_.get()));
  const auto opacity = static_cast<int>(std::lround(std::clamp(alpha, 0.0F, 1.0F) * 255));
  ImGui::GetBackgroundDrawList()->AddImage(id, ui.screen().min(), ui.screen().max(), {0, 0}, {1, 1},
                                           IM_COL32(255, 255, 255, opacity));
}

}  // namespace zoe::ui
