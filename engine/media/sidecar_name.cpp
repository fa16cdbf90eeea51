#include "engine/media/sidecar_name.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/media/languages.hpp"
#include "engine/media/stream_info.hpp"

namespace zoe::media {
namespace {

constexpr std::array<std::string_view, 4> kFormats = {"srt", "vtt", "ass", "ssa"};
constexpr std::size_t kMostTitleBytes = 128;

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

std::string_view stem_of(std::string_view name) {
  const auto dot = name.find_last_of('.');
  return dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot);
}

void read_token(std::string_view token, SidecarName& out) {
  const std::string word = lower_ascii(token);
  if (word == "forced") {
    out.is_forced = true;
  } else if (word == "sdh" || word == "cc" || word == "hi") {
    // "hi" is Hindi, too; beside another language it means the hearing impaired.
    if (word == "hi" && out.language.empty())
      out.language = "hin";
    else
      out.is_for_deaf = true;
  } else if (const std::string code = language_code(token); !code.empty() && out.language.empty()) {
    out.language = code;
  } else if (word != "default" && !word.empty()) {
    out.title += (out.title.empty() ? "" : " ") + clean_text(token, kMostTitleBytes);
  }
}

}  // namespace

bool read_sidecar_name(std::string_view name, std::string_view video_name, SidecarName& out) {
  const std::string_view stem = stem_of(name);
  const std::string_view video = stem_of(video_name);
  if (stem.size() == name.size() || !stem.starts_with(video)) return false;
  out.format = lower_ascii(name.substr(stem.size() + 1));
  if (std::find(kFormats.begin(), kFormats.end(), out.format) == kFormats.end()) return false;
  std::string_view rest = stem.substr(video.size());
  if (!rest.empty() && rest.front() != '.') return false;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto end = std::min(rest.find('.'), rest.size());
    read_token(rest.substr(0, end), out);
    rest.remove_prefix(end);
  }
  out.title = clean_text(out.title, kMostTitleBytes);
  return true;
}

}  // namespace zoe::media
