#include "player/client/download_names.hpp"

#include <algorithm>

#include "engine/ui/utf8.hpp"

namespace zoe::player {
namespace {

constexpr std::size_t kMostEndingBytes = 16;  // ".mkv"; what is longer is no ending

bool is_control(char32_t letter) { return letter < 0x20 || (letter >= 0x7F && letter < 0xA0); }

// Marks, embeddings, overrides and isolates of the bidirectional algorithm: "fdp.exe" must not look like "exe.pdf".
bool turns_direction(char32_t letter) {
  return letter == 0x061C || letter == 0x200E || letter == 0x200F || (letter >= 0x2028 && letter <= 0x202E) ||
         (letter >= 0x2066 && letter <= 0x2069);
}

// Where the ending begins; the name's end where it has none.
std::size_t ending_of(std::string_view name) {
  const std::size_t dot = name.find_last_of('.');
  const bool is_one = dot != std::string_view::npos && dot > 0 && name.size() - dot <= kMostEndingBytes;
  return is_one ? dot : name.size();
}

// At most `most` bytes that do not end inside a character.
std::string_view front_of(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return text.substr(0, most);
}

void trim_end(std::string& name) {
  while (!name.empty() && (name.back() == ' ' || name.back() == '.')) name.pop_back();
}

}  // namespace

std::string safe_file_name(std::string_view name) {
  std::string safe;
  for (name = front_of(name, 4096); !name.empty();) {
    const char32_t letter = ui::take_code_point(name);
    const bool is_bad = letter == U'/' || letter == U'\\' || is_control(letter) || turns_direction(letter);
    ui::append_code_point(safe, is_bad ? U'_' : letter);
  }
  trim_end(safe);
  if (!safe.empty() && (safe.front() == '.' || safe.front() == '-' || safe.front() == ' ')) safe.front() = '_';
  if (safe.size() > kMostFileNameBytes) {
    const std::string ending = safe.substr(ending_of(safe));
    safe = std::string(front_of(safe, kMostFileNameBytes - ending.size())) + ending;
    trim_end(safe);
  }
  return safe.empty() ? "download" : safe;
}

std::string numbered_name(const std::string& name, int number) {
  if (number <= 1) return name;
  const std::size_t dot = ending_of(name);
  return name.substr(0, dot) + " (" + std::to_string(number) + ')' + name.substr(dot);
}

std::string_view last_part(std::string_view path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace zoe::player
