// Secrets that are told once, and what is kept of them.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "engine/core/result.hpp"

namespace zoe::server {

// So many random bytes in lower-case hexadecimal. kUnavailable.
Result<std::string> random_text(std::size_t bytes);

// SHA-256.
std::array<unsigned char, 32> digest_of(std::string_view text);

}  // namespace zoe::server
