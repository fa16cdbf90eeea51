#include "server/library/quarantine.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <optional>
#include <string_view>
#include <tuple>

#include "engine/core/file.hpp"

namespace zoe::server {
namespace {

constexpr std::size_t kMostBytes = std::size_t{4} << 20;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::optional<std::string> unescape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

std::string_view take_word(std::string_view& line) {
  const auto space = line.find(' ');
  const std::string_view word = line.substr(0, space);
  line = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
  return word;
}

template <typename T>
bool read_number(std::string_view word, T& out) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
  return error == std::errc() && end == word.data() + word.size();
}

std::optional<QuarantinedFile> parse_line(std::string_view line) {
  QuarantinedFile file;
  file.signal = take_word(line);
  if (!file.signal.starts_with("SIG")) return std::nullopt;
  if (!read_number(take_word(line), file.size_bytes)) return std::nullopt;
  if (!read_number(take_word(line), file.mtime_ns)) return std::nullopt;
  auto path = unescape(line);
  if (!path || path->empty()) return std::nullopt;
  file.path = std::move(*path);
  return file;
}

auto identity(const QuarantinedFile& file) { return std::tie(file.path, file.size_bytes, file.mtime_ns); }

}  // namespace

Result<Quarantine> Quarantine::load(const std::string& path) {
  auto bytes = read_file(path, kMostBytes);
  if (!bytes) {
    if (bytes.error().code == Errc::kNotFound) return parse({}, path);
    return fail(std::move(bytes).error().with("the list of quarantined files"));
  }
  return parse(as_text(*bytes), path);
}

Quarantine Quarantine::parse(std::string_view text, const std::string& path) {
  Quarantine quarantine;
  quarantine.file_ = path;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (auto file = parse_line(text.substr(0, end))) quarantine.files_.push_back(std::move(*file));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  auto& files = quarantine.files_;
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return identity(a) < identity(b); });
  files.erase(
      std::unique(files.begin(), files.end(), [](const auto& a, const auto& b) { return identity(a) == identity(b); }),
      files.end());
  return quarantine;
}

Status Quarantine::release_all(const std::string& path) {
  if (std::remove(path.c_str()) != 0 && errno != ENOENT) return fail(errno_error("remove " + path, errno));
  return {};
}

const QuarantinedFile* Quarantine::find(const std::string& path, std::uint64_t size_bytes,
                                        std::int64_t mtime_ns) const {
  const auto wanted = std::tie(path, size_bytes, mtime_ns);
  const auto found =
      std::lower_bound(files_.begin(), files_.end(), wanted,
                       [](const QuarantinedFile& file, const auto& key) { return identity(file) < key; });
  return found != files_.end() && identity(*found) == wanted ? &*found : nullptr;
}

}  // namespace zoe::server
