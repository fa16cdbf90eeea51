#include "engine/media/tone_map.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "engine/media/convert.hpp"

namespace zoe::media {
namespace {

using Rgb = std::array<double, 3>;

// PQ signals of greys, from SMPTE ST 2084's own table: 0.1, 50, 100, 203 and 1000 cd/m2.
constexpr double kPq50 = 0.4402;
constexpr double kPq100 = 0.5081;
constexpr double kPq203 = 0.5807;
constexpr double kPq1000 = 0.7518;

double grey(std::uint8_t transfer, double signal) { return tone_mapped(transfer, {signal, signal, signal})[0]; }

double nits_of(double shown) { return 203 * std::pow(shown, 2.2); }

TEST(ToneMap, DarkAndMiddleTonesKeepTheirLight) {
  EXPECT_EQ(grey(kTransferPq, 0), 0);
  EXPECT_NEAR(nits_of(grey(kTransferPq, kPq50)), 50, 1);
  // Half of HLG's signal is a twelfth of the scene's light: 1000 * (1/12)^1.2 on a display of 1000 cd/m2.
  EXPECT_NEAR(nits_of(grey(kTransferHlg, 0.5)), 50.7, 1);
}

TEST(ToneMap, WhiteIsBrightAndHighlightsAreLeftRoom) {
  EXPECT_NEAR(nits_of(grey(kTransferPq, kPq100)), 99, 5);
  const double white = nits_of(grey(kTransferPq, kPq203));
  EXPECT_GT(white, 140);
  EXPECT_LT(white, 190);
  EXPECT_NEAR(grey(kTransferPq, kPq1000), 1, 0.005);
  EXPECT_NEAR(grey(kTransferPq, 1), 1, 0.005);
  EXPECT_NEAR(grey(kTransferHlg, 1), 1, 0.005);
}

TEST(ToneMap, RisesWithTheSignalAndKeepsGreysGrey) {
  for (const std::uint8_t transfer : {kTransferPq, kTransferHlg}) {
    double before = -1;
    for (int i = 0; i <= 1000; ++i) {
      const Rgb shown = tone_mapped(transfer, {i / 1000.0, i / 1000.0, i / 1000.0});
      EXPECT_GE(shown[0], before);
      EXPECT_NEAR(shown[0], shown[1], 0.002);
      EXPECT_NEAR(shown[0], shown[2], 0.002);
      before = shown[0];
    }
  }
}

TEST(ToneMap, HuesStay) {
  // A BT.709 red of 150 cd/m2 and one of 900, in BT.2020's primaries: red stays red when it is bright.
  const auto pq = [](double nits) {
    const double y = std::pow(nits / 10'000, 0.1593017578125);
    return std::pow((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y), 78.84375);
  };
  for (const double nits : {50.0, 150.0, 900.0}) {
    const Rgb shown = tone_mapped(kTransferPq, {pq(0.6274 * nits), pq(0.0691 * nits), pq(0.0164 * nits)});
    EXPECT_GT(shown[0], 0.5) << nits;
    EXPECT_LT(shown[1], 0.12) << nits;
    EXPECT_LT(shown[2], 0.12) << nits;
  }
}

TEST(ToneMap, TheTableIsTheFormula) {
  std::mt19937 random(3);
  for (const std::uint8_t transfer : {kTransferPq, kTransferHlg}) {
    const ToneTable table(transfer);
    double sum = 0;
    std::vector<double> offs;
    constexpr int kTries = 4000;
    for (int i = 0; i < kTries; ++i) {
      // Colours near grey, as pictures mostly are.
      const auto part = [&] { return static_cast<double>(random() % 10'000) / 10'000; };
      const double level = part();
      const Rgb signal{std::min(level * (0.9 + 0.1 * part()), 1.0), level, std::min(level * (0.9 + 0.1 * part()), 1.0)};
      const auto in = [&](int c) {
        return static_cast<std::uint16_t>(std::lround(signal[static_cast<std::size_t>(c)] * 65'535));
      };
      const auto seen = table.at(in(0), in(1), in(2));
      const Rgb wanted = tone_mapped(transfer, signal);
      for (std::size_t c = 0; c < 3; ++c) {
        const double off = std::abs(seen[c] / 65'535.0 - wanted[c]) * 255;
        sum += off;
        offs.push_back(off);
      }
    }
    EXPECT_LT(sum / (3 * kTries), 0.5) << int{transfer};
    std::sort(offs.begin(), offs.end());
    EXPECT_LT(offs[offs.size() * 99 / 100], 4) << int{transfer} << ": of a hundred";
  }
  const ToneTable table(kTransferPq);
  EXPECT_EQ(table.at(0, 0, 0), (std::array<std::uint16_t, 3>{0, 0, 0}));
  EXPECT_GT(table.at(65'535, 65'535, 65'535)[0], 65'000);
}

TEST(ToneMap, ConversionToSdrMapsAndOtherConversionsDoNot) {
  constexpr ColorInfo kPq{.primaries = 9, .transfer = kTransferPq, .matrix = 9, .is_full_range = false};
  constexpr PixelFormat kTen{.bit_depth = 10};
  auto made = Frame::create(kTen, 64, 32);
  ASSERT_TRUE(made);
  // Greys of 0, 50 and 203 cd/m2 and above, in columns.
  const std::array<double, 4> signals{0, kPq50, kPq203, kPq1000};
  for (int plane = 0; plane < 3; ++plane) {
    const PlaneView view = (*made)->plane(plane);
    for (int y = 0; y < view.height; ++y)
      for (int x = 0; x < view.width; ++x) {
        const double signal = signals[static_cast<std::size_t>(x * 4 / view.width)];
        const auto value = static_cast<std::uint16_t>(plane == 0 ? std::lround(64 + 876 * signal) : 512);
        std::uint8_t* at = (*made)->writable_plane(plane) + static_cast<std::ptrdiff_t>(y) * view.stride + 2 * x;
        at[0] = static_cast<std::uint8_t>(value & 0xFF);
        at[1] = static_cast<std::uint8_t>(value >> 8);
      }
  }
  PictureConverter converter;
  const auto sdr = converter.convert((*made)->view(), kPq, {{}, 64, 32, {1, 1, 1, true}});
  ASSERT_TRUE(sdr) << sdr.error().message;
  const PlaneView luma = (*sdr)->plane(0);
  for (std::size_t i = 0; i < signals.size(); ++i) {
    const double wanted = 255 * grey(kTransferPq, signals[i]);
    EXPECT_NEAR(luma.data[16 * luma.stride + static_cast<int>(i) * 16 + 8], wanted, 2) << i;
    EXPECT_NEAR((*sdr)->plane(1).data[8 * (*sdr)->plane(1).stride + static_cast<int>(i) * 8 + 4], 128, 1);
  }
  // To a smaller size, and without mapping where HDR is wanted.
  EXPECT_EQ((*converter.convert((*made)->view(), kPq, {{}, 32, 16, {1, 1, 1, false}}))->width(), 32);
  ColorInfo still_pq = kPq;
  still_pq.is_full_range = true;
  const auto hdr = converter.convert((*made)->view(), kPq, {{}, 64, 32, still_pq});
  ASSERT_TRUE(hdr);
  EXPECT_NEAR((*hdr)->plane(0).data[16 * (*hdr)->plane(0).stride + 40], 255 * kPq203, 2);
}

}  // namespace
}  // namespace zoe::media
