#include "plugins/transport_http/subtitle_text.hpp"

#include <cstdint>

#include "engine/media/subtitles.hpp"
#include "engine/media/text_encoding.hpp"
#include "plugins/transport_http/http_text.hpp"

namespace zoe::transport_http {
namespace {

// "00:01:02,345 --> 00:01:04,000": the comma of SubRip is a dot in WebVTT.
std::string timing_of(std::string_view line) {
  std::string out(line);
  for (std::size_t i = 1; i + 1 < out.size(); ++i) {
    const bool is_between_digits = out[i - 1] >= '0' && out[i - 1] <= '9' && out[i + 1] >= '0' && out[i + 1] <= '9';
    if (out[i] == ',' && is_between_digits) out[i] = '.';
  }
  return out;
}

std::string from_subrip(std::string_view text) {
  std::string out = "WEBVTT\n\n";
  out.reserve(text.size() + 16);
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.find(" --> ") != std::string_view::npos)
      out += timing_of(line);
    else
      out += line;
    out.push_back('\n');
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace

Result<std::string> to_webvtt(std::string_view text, std::string_view name) {
  const Bytes bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  const auto dot = name.find_last_of('.');
  const std::string_view ending = dot == std::string_view::npos ? std::string_view() : name.substr(dot);
  if (equals_ignoring_case(ending, ".vtt")) return media::to_utf8(bytes);
  if (equals_ignoring_case(ending, ".srt")) return from_subrip(media::to_utf8(bytes));
  if (!equals_ignoring_case(ending, ".ass") && !equals_ignoring_case(ending, ".ssa"))
    return fail(Errc::kUnsupported, "subtitles of this format cannot be shown in a browser");
  ZOE_TRY(const media::SubtitleScript script, media::parse_subtitles(bytes, "ass"));
  return media::to_webvtt(script);
}

}  // namespace zoe::transport_http
