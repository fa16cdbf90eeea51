#pragma once

namespace zoe::server {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace zoe::server
