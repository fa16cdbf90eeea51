// Text of an unknown character set as UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/core/byte_io.hpp"

namespace zoe::media {

// The length of the valid UTF-8 sequence at the start of `text`, 0 for none (RFC 3629, table 3-7 of Unicode).
std::size_t utf8_length(std::string_view text);

// What a byte order mark says; without one UTF-16 where every second byte is mostly 0, UTF-8 where it is valid
// throughout, and else Windows-1252, as most old subtitle files are. A byte order mark is left out, what cannot be read
// becomes U+FFFD, NUL characters are dropped. At most three times as long as `bytes`.
std::string to_utf8(Bytes bytes);

}  // namespace zoe::media
