// A TCP port on 127.0.0.1 that was free a moment ago. A program that can listen on port 0 and say which port it got is
// better off with that; this is for those that must be told.
#pragma once

#include <cstdint>

namespace zoe::test {

// Throws std::system_error.
std::uint16_t free_port();

}  // namespace zoe::test
