#include "engine/media/tone_map.hpp"

#include <algorithm>
#include <cmath>

namespace zoe::media {
namespace {

using Rgb = std::array<double, 3>;

// Rec. ITU-R BT.2100-2, table 4.
constexpr double kM1 = 0.1593017578125;
constexpr double kM2 = 78.84375;
constexpr double kC1 = 0.8359375;
constexpr double kC2 = 18.8515625;
constexpr double kC3 = 18.6875;

double pq_to_nits(double signal) {
  const double p = std::pow(std::clamp(signal, 0.0, 1.0), 1 / kM2);
  return 10'000 * std::pow(std::max(p - kC1, 0.0) / (kC2 - kC3 * p), 1 / kM1);
}

double nits_to_pq(double nits) {
  const double y = std::pow(std::clamp(nits / 10'000, 0.0, 1.0), kM1);
  return std::pow((kC1 + kC2 * y) / (1 + kC3 * y), kM2);
}

// Rec. ITU-R BT.2100-2, table 5: scene light, then the OOTF of a display of kHdrPeakNits.
Rgb hlg_to_nits(const Rgb& signal) {
  constexpr double kA = 0.17883277;
  constexpr double kB = 0.28466892;
  constexpr double kC = 0.55991073;
  constexpr double kSystemGamma = 1.2;
  Rgb scene{};
  for (std::size_t i = 0; i < 3; ++i) {
    const double s = std::clamp(signal[i], 0.0, 1.0);
    scene[i] = s <= 0.5 ? s * s / 3 : (std::exp((s - kC) / kA) + kB) / 12;
  }
  const double y = 0.2627 * scene[0] + 0.6780 * scene[1] + 0.0593 * scene[2];
  const double factor = y > 0 ? kHdrPeakNits * std::pow(y, kSystemGamma - 1) : 0;
  return {scene[0] * factor, scene[1] * factor, scene[2] * factor};
}

// Rec. ITU-R BT.2390-10, 5.4.1, for a black of 0: unchanged up to a knee, then a Hermite spline up to the display's
// peak.
double eetf(double nits) {
  const double source_peak = nits_to_pq(kHdrPeakNits);
  const double most = nits_to_pq(kSdrWhiteNits) / source_peak;
  const double knee = 1.5 * most - 0.5;
  const double e = std::min(nits_to_pq(nits) / source_peak, 1.0);
  if (e < knee) return nits;
  const double t = (e - knee) / (1 - knee);
  const double t2 = t * t;
  const double t3 = t2 * t;
  const double mapped = (2 * t3 - 3 * t2 + 1) * knee + (t3 - 2 * t2 + t) * (1 - knee) + (-2 * t3 + 3 * t2) * most;
  return pq_to_nits(mapped * source_peak);
}

// Rec. ITU-R BT.2087-0, M2 and its way back: linear light from BT.2020's primaries to BT.709's.
constexpr std::array<Rgb, 3> kToBt709{
    {{1.6605, -0.5876, -0.0728}, {-0.1246, 1.1329, -0.0083}, {-0.0182, -0.1006, 1.1187}}};

Rgb shown_of(Rgb nits) {
  for (double& each : nits) each = std::min(each, kHdrPeakNits);
  const double brightest = std::max({nits[0], nits[1], nits[2]});
  const double factor = brightest > 0 ? eetf(brightest) / brightest : 0;
  Rgb shown{};
  for (std::size_t row = 0; row < 3; ++row) {
    double light = 0;
    for (std::size_t i = 0; i < 3; ++i) light += kToBt709[row][i] * nits[i] * factor / kSdrWhiteNits;
    shown[row] = std::pow(std::clamp(light, 0.0, 1.0), 1 / kDisplayGamma);
  }
  return shown;
}

}  // namespace

bool is_hdr(const ColorInfo& color) { return color.transfer == kTransferPq || color.transfer == kTransferHlg; }

ColorInfo sdr_color(ColorInfo color) {
  constexpr std::uint8_t kBt709 = 1;
  if (is_hdr(color)) color.primaries = color.transfer = color.matrix = kBt709;
  return color;
}

std::array<double, 3> tone_mapped(std::uint8_t transfer, const std::array<double, 3>& signal) {
  if (transfer == kTransferHlg) return shown_of(hlg_to_nits(signal));
  return shown_of({pq_to_nits(signal[0]), pq_to_nits(signal[1]), pq_to_nits(signal[2])});
}

ToneTable::ToneTable(std::uint8_t transfer) {
  values_.reserve(std::size_t{kSide} * kSide * kSide * 3);
  // What depends on one component alone is worked out once.
  std::array<double, kSide> signals{};
  std::array<double, kSide> nits{};
  for (std::size_t i = 0; i < signals.size(); ++i) {
    signals[i] = static_cast<double>(i) / (kSide - 1);
    nits[i] = pq_to_nits(signals[i]);
  }
  for (std::size_t blue = 0; blue < kSide; ++blue)
    for (std::size_t green = 0; green < kSide; ++green)
      for (std::size_t red = 0; red < kSide; ++red) {
        const Rgb light = transfer == kTransferHlg ? hlg_to_nits({signals[red], signals[green], signals[blue]})
                                                   : Rgb{nits[red], nits[green], nits[blue]};
        for (const double value : shown_of(light))
          values_.push_back(static_cast<std::uint16_t>(std::lround(value * 65'535)));
      }
}

std::array<std::uint16_t, 3> ToneTable::at(std::uint16_t red, std::uint16_t green, std::uint16_t blue) const {
  // Places in the table in 16.16 fixed point.
  struct Place {
    std::uint32_t index;
    std::uint32_t part;  // of 65536, towards the next one
  };
  const auto place_of = [](std::uint32_t value) {
    const std::uint32_t at = static_cast<std::uint32_t>(std::uint64_t{value} * (kSide - 1) * 65'536 / 65'535);
    const std::uint32_t index = std::min<std::uint32_t>(at >> 16, kSide - 2);
    return Place{index, at - (index << 16)};
  };
  const Place r = place_of(red);
  const Place g = place_of(green);
  const Place b = place_of(blue);
  constexpr std::size_t kRow = std::size_t{kSide} * 3;
  constexpr std::size_t kSheet = kRow * kSide;
  const std::uint16_t* base = values_.data() + b.index * kSheet + g.index * kRow + std::size_t{r.index} * 3;
  const auto mix = [](std::uint32_t low, std::uint32_t high, std::uint32_t part) {
    return static_cast<std::uint32_t>((std::uint64_t{low} * (65'536 - part) + std::uint64_t{high} * part) >> 16);
  };
  std::array<std::uint16_t, 3> out{};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::uint16_t* v = base + i;
    const std::uint32_t near = mix(mix(v[0], v[3], r.part), mix(v[kRow], v[kRow + 3], r.part), g.part);
    const std::uint32_t far =
        mix(mix(v[kSheet], v[kSheet + 3], r.part), mix(v[kSheet + kRow], v[kSheet + kRow + 3], r.part), g.part);
    out[i] = static_cast<std::uint16_t>(mix(near, far, b.part));
  }
  return out;
}

}  // namespace zoe::media
