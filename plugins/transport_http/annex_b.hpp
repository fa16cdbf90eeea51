// H.264 with start codes (ITU-T H.264, annex B).
#pragma once

#include <cstddef>
#include <vector>

#include "engine/core/byte_io.hpp"

namespace zoe::transport_http {

// A unit between two start codes, without the zeros behind it.
struct Unit {
  std::size_t begin = 0;
  std::size_t end = 0;

  std::size_t size() const { return end - begin; }
};

std::vector<Unit> units_of(Bytes data);

bool begins_with_start_code(Bytes data);

}  // namespace zoe::transport_http
