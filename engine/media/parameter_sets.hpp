// The parameter sets of a track's header, as packets carry them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/core/byte_io.hpp"

namespace zoe::media {

// The parameter sets of an avcC (H.264) or hvcC (HEVC) header, each with its length in front as NAL units have it in
// the packets. Empty for anything else, and for a header that does not hold together.
std::vector<std::uint8_t> parameter_sets_of(std::string_view codec, Bytes header);

}  // namespace zoe::media
