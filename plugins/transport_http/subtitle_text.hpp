// Subtitle files as WebVTT, which browsers read.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/result.hpp"

namespace zoe::transport_http {

// `name` is the file's; WebVTT stays as it is, SubRip is rewritten, ASS and SSA keep what WebVTT can say of them. The
// text may be in any character set that media::to_utf8 tells. kUnsupported for other formats, else as
// media::parse_subtitles.
Result<std::string> to_webvtt(std::string_view text, std::string_view name);

}  // namespace zoe::transport_http
