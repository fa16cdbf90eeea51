#include "server/library/media_title.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "server/library/utf8_text.hpp"

namespace zoe::server {
namespace {

constexpr std::size_t kMostTitleBytes = 512;

// In lower case, without what stands around them.
constexpr std::array<std::string_view, 38> kReleaseWords = {
    "480p",  "576p",   "720p", "1080p",  "1080i",  "2160p",  "4320p",   "x264",   "x265",   "h264",
    "h265",  "hevc",   "xvid", "divx",   "av1",    "bluray", "blu-ray", "bdrip",  "brrip",  "web-dl",
    "webdl", "webrip", "hdtv", "pdtv",   "dvdrip", "hdrip",  "remux",   "proper", "repack", "10bit",
    "hdr10", "ddp5",   "aac2", "dts-hd", "truehd", "atmos",  "uhd",     "dvdscr"};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string spaced(std::string text) {
  if (text.find(' ') != std::string::npos) return text;
  // A single dot or underscore may mean something ("v1.2"); several stand for spaces.
  if (std::count(text.begin(), text.end(), '.') >= 2) std::replace(text.begin(), text.end(), '.', ' ');
  if (text.find(' ') != std::string::npos || std::count(text.begin(), text.end(), '_') >= 2)
    std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t from = 0; from < text.size();) {
    const auto end = std::min(text.find(' ', from), text.size());
    if (end > from) words.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return words;
}

std::string_view bare(std::string_view word) {
  constexpr std::string_view kAround = "[]()";
  const auto first = word.find_first_not_of(kAround);
  if (first == std::string_view::npos) return {};
  return word.substr(first, word.find_last_not_of(kAround) - first + 1);
}

bool is_release_word(std::string_view word) {
  std::string folded(bare(word));
  for (char& c : folded)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return std::any_of(kReleaseWords.begin(), kReleaseWords.end(), [&](std::string_view known) {
    // "x264-GROUP"
    return folded == known || (folded.starts_with(known) && folded[known.size()] == '-');
  });
}

bool is_year(std::string_view word) {
  word = bare(word);
  const bool is_number =
      word.size() == 4 && std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
  return is_number && (word.starts_with("19") || word.starts_with("20"));
}

std::string from_name(std::string_view file_name) {
  const auto dot = file_name.find_last_of('.');
  const std::string stem = printable_utf8(dot == 0 ? file_name : file_name.substr(0, dot));
  const std::string text = spaced(stem);
  const std::vector<std::string_view> words = words_of(text);
  const auto release = std::find_if(words.begin(), words.end(), is_release_word);
  auto end = release;
  // In front of the first word there is nothing to be called by.
  if (end == words.begin()) end = words.end();
  const bool has_year =
      end - words.begin() >= 2 && is_year(*(end - 1)) && (end != words.end() || (*(end - 1))[0] == '(');
  if (end == words.end() && !has_year) return std::string(trimmed(text));
  std::string title;
  for (auto word = words.begin(); word != end; ++word) {
    if (!title.empty()) title += ' ';
    title += has_year && word == end - 1 ? "(" + std::string(bare(*word)) + ")" : std::string(*word);
  }
  return title;
}

}  // namespace

std::string title_of(std::string_view tag, std::string_view file_name) {
  const std::string from_tag = printable_utf8(tag);
  if (const auto title = trimmed(from_tag); !title.empty()) return std::string(cut_utf8(title, kMostTitleBytes));
  const std::string title = from_name(file_name);
  return title.empty() ? printable_utf8(file_name) : std::string(cut_utf8(title, kMostTitleBytes));
}

}  // namespace zoe::server
