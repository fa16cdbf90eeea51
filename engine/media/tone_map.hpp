// From HDR (PQ, HLG) to what a display of standard range shows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/media/track.hpp"

namespace zoe::media {

inline constexpr std::uint8_t kTransferPq = 16;   // SMPTE ST 2084
inline constexpr std::uint8_t kTransferHlg = 18;  // ARIB STD-B67

inline constexpr double kSdrWhiteNits = 203;  // HDR reference white of ITU-R BT.2408
inline constexpr double kHdrPeakNits = 1000;  // of what is mapped; what is brighter is shown as bright as that
inline constexpr double kDisplayGamma = 2.2;  // with which SDR pictures are shown unconverted

bool is_hdr(const ColorInfo& color);

// What pictures of such colours are once they have been mapped: BT.709 in the same range. Others stay what they are.
ColorInfo sdr_color(ColorInfo color);

// What the stream's R'G'B' (0 to 1) becomes: R'G'B' with BT.709 primaries for a display of kDisplayGamma.
//
// Light is taken from the signal by its transfer (HLG with the OOTF of a display of kHdrPeakNits), and its brightest
// component through the EETF of ITU-R BT.2390-10, 5.4.1, from kHdrPeakNits to kSdrWhiteNits, the other two in
// proportion, so that hues stay; then the primaries are those of BT.709, and what lies outside is clipped.
std::array<double, 3> tone_mapped(std::uint8_t transfer, const std::array<double, 3>& signal);

// The same as a table: kSide values a component in 16 bits, R changing fastest, three numbers an entry. What lies
// between is interpolated linearly: off by less than half an 8-bit step on average, by more only in the darkest
// component of a saturated colour, where the gamut's edge is.
class ToneTable {
 public:
  static constexpr int kSide = 65;

  explicit ToneTable(std::uint8_t transfer);

  const std::vector<std::uint16_t>& values() const { return values_; }

  // In 16 bits, 0 to 65535.
  std::array<std::uint16_t, 3> at(std::uint16_t red, std::uint16_t green, std::uint16_t blue) const;

 private:
  std::vector<std::uint16_t> values_;
};

}  // namespace zoe::media
