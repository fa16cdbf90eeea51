// The Range header (RFC 9110, section 14).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace zoe::transport_http {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;  // at least 1

  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// More in one request is answered as if none had been asked for: nobody has a use for them but to make work.
inline constexpr std::size_t kMostRanges = 16;

// What "bytes=0-499,-500" asks for of a body of `size` bytes: parts that lie within it, in the order of the header.
// Nothing where the header is to be passed over (another unit, malformed, too many); an empty list where it can be read
// but no part of it lies in the body: 416.
std::optional<std::vector<ByteRange>> parse_ranges(std::string_view header, std::uint64_t size);

}  // namespace zoe::transport_http
