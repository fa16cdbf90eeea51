// Bytes as text, RFC 4648 with padding.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"

namespace zoe::net {

std::string to_base64(Bytes bytes);

// kMalformed.
Result<std::vector<std::uint8_t>> from_base64(std::string_view text);

}  // namespace zoe::net
