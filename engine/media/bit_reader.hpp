// Bits of a coded picture's header, most significant first.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/core/byte_io.hpp"

namespace zoe::media {

// Past the end every bit is 0 and `is_ok` is false for good.
class BitReader {
 public:
  explicit BitReader(Bytes bytes) : bytes_(bytes) {}

  std::uint32_t bit() {
    const std::size_t byte = position_ >> 3;
    if (byte >= bytes_.size()) {
      is_ok_ = false;
      return 0;
    }
    const std::uint32_t value = (bytes_[byte] >> (7 - (position_ & 7))) & 1U;
    ++position_;
    return value;
  }

  // `count` up to 32.
  std::uint32_t bits(int count) {
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i) value = (value << 1) | bit();
    return value;
  }

  void skip(int count) {
    for (int i = 0; i < count; ++i) bit();
  }

  // Unsigned Exp-Golomb code (H.264, 9.1).
  std::uint32_t exp_golomb() {
    int zeros = 0;
    while (is_ok_ && bit() == 0) ++zeros;
    if (zeros > 31) is_ok_ = false;
    return is_ok_ ? ((1U << zeros) - 1) + bits(zeros) : 0;
  }

  bool is_ok() const { return is_ok_; }

 private:
  Bytes bytes_;
  std::size_t position_ = 0;
  bool is_ok_ = true;
};

}  // namespace zoe::media
