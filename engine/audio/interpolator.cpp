#include "engine/audio/interpolator.hpp"

#include <cmath>
#include <numbers>

namespace zoe::audio {
namespace {

constexpr double kHalf = Interpolator::kTaps / 2;

// Blackman's window: side lobes of -58 dB, which what is left of them in music hides.
double window(double x) {
  const double t = std::numbers::pi * x / kHalf;
  return 0.42 + 0.5 * std::cos(t) + 0.08 * std::cos(2 * t);
}

double weight_at(double x) {
  if (x == 0) return 1;
  if (x == std::round(x) || std::abs(x) >= kHalf) return 0;
  return std::sin(std::numbers::pi * x) / (std::numbers::pi * x) * window(x);
}

}  // namespace

Interpolator::Interpolator() {
  for (std::size_t phase = 0; phase < taps_.size(); ++phase) {
    const double fraction = static_cast<double>(std::min(phase, kPhases)) / kPhases;
    std::array<double, kTaps> weights{};
    double sum = 0;
    for (std::size_t tap = 0; tap < kTaps; ++tap) {
      weights[tap] = weight_at(static_cast<double>(tap) - static_cast<double>(kBefore) - fraction);
      sum += weights[tap];
    }
    // What is constant stays what it is.
    for (std::size_t tap = 0; tap < kTaps; ++tap) taps_[phase][tap] = static_cast<float>(weights[tap] / sum);
  }
}

}  // namespace zoe::audio
