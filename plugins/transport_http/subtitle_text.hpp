// Subtitle files as WebVTT, which browsers read.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/result.hpp"

namespace zoe::transport_http {

// `name` is the file's; WebVTT stays as it is, SubRip is rewritten. Bytes that are no UTF-8 are taken for Windows-1252,
// as most old files are. kUnsupported for other formats.
Result<std::string> to_webvtt(std::string_view text, std::string_view name);

}  // namespace zoe::transport_http
