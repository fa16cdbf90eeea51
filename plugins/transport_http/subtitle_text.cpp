#include "plugins/transport_http/subtitle_text.hpp"

#include <array>
#include <cstdint>

#include "plugins/transport_http/http_text.hpp"

namespace zoe::transport_http {
namespace {

void add_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (code >> 6)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xE0 | (code >> 12)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

std::string from_windows_1252(std::string_view text) {
  // 0x80 to 0x9F; the rest is that of Latin-1. What is not assigned is a replacement character.
  constexpr std::array<std::uint16_t, 32> kHigh = {0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
                                                   0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    add_utf8(out, byte >= 0x80 && byte < 0xA0 ? kHigh[byte - 0x80U] : byte);
  }
  return out;
}

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
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  const std::string utf8 = is_utf8(text) ? std::string(text) : from_windows_1252(text);
  const auto dot = name.find_last_of('.');
  const std::string_view ending = dot == std::string_view::npos ? std::string_view() : name.substr(dot);
  if (equals_ignoring_case(ending, ".vtt")) return utf8;
  if (equals_ignoring_case(ending, ".srt")) return from_subrip(utf8);
  return fail(Errc::kUnsupported, "subtitles of this format cannot be shown in a browser");
}

}  // namespace zoe::transport_http
