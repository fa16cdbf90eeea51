#include "engine/media/parameter_sets.hpp"

namespace zoe::media {
namespace {

constexpr std::size_t kMostBytes = 64 << 10;

std::uint16_t read_be16(ByteReader& in) {
  const auto high = in.read<std::uint8_t>();
  return static_cast<std::uint16_t>(high << 8 | in.read<std::uint8_t>());
}

// Copies `count` units of 16-bit length and content, each with a length of `length_bytes` in front.
void copy_units(ByteReader& in, int count, int length_bytes, std::vector<std::uint8_t>& out) {
  for (int i = 0; i < count && in.is_ok(); ++i) {
    const Bytes unit = in.read_bytes(read_be16(in));
    for (int shift = 8 * (length_bytes - 1); shift >= 0; shift -= 8)
      out.push_back(static_cast<std::uint8_t>(unit.size() >> shift));
    out.insert(out.end(), unit.begin(), unit.end());
  }
}

}  // namespace

std::vector<std::uint8_t> parameter_sets_of(std::string_view codec, Bytes header) {
  std::vector<std::uint8_t> out;
  ByteReader in(header);
  if (codec == "h264" && header.size() >= 7 && header[0] == 1) {  // ISO/IEC 14496-15, 5.3.3.1
    const int length_bytes = (header[4] & 3) + 1;
    in.read_bytes(5);
    copy_units(in, in.read<std::uint8_t>() & 0x1F, length_bytes, out);
    copy_units(in, in.read<std::uint8_t>(), length_bytes, out);
  } else if (codec == "hevc" && header.size() >= 23 && header[0] == 1) {  // 8.3.3.1
    const int length_bytes = (header[21] & 3) + 1;
    in.read_bytes(22);
    const int arrays = in.read<std::uint8_t>();
    for (int i = 0; i < arrays && in.is_ok(); ++i) {
      in.read<std::uint8_t>();  // NAL unit type
      copy_units(in, read_be16(in), length_bytes, out);
    }
  }
  if (!in.is_ok() || out.size() > kMostBytes) out.clear();
  return out;
}

}  // namespace zoe::media
