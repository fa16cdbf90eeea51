#include "player/layers/saved_files.hpp"

#include <filesystem>
#include <system_error>

namespace zoe::player {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostName = 120;  // bytes

}  // namespace

std::string file_name_of(const std::string& title) {
  std::string name;
  for (const char c : title.substr(0, kMostName)) {
    const bool is_plain =
        static_cast<unsigned char>(c) >= 0x20 && std::string_view("/\\:*?\"<>|").find(c) == std::string_view::npos;
    name.push_back(is_plain ? c : '_');
  }
  // Not in the middle of a letter.
  while (!name.empty() && title.size() > kMostName && (static_cast<unsigned char>(name.back()) & 0x80U) != 0)
    name.pop_back();
  while (!name.empty() && (name.back() == ' ' || name.back() == '.')) name.pop_back();
  return name.empty() || name.front() == '.' ? "picture" + name : name;
}

std::string free_path(const std::string& folder, const std::string& name, std::string_view extension) {
  const std::string end(extension);
  std::error_code ignored;
  std::string path = (fs::path(folder) / (name + end)).string();
  for (int i = 2; fs::exists(path, ignored) && i < 1000; ++i)
    path = (fs::path(folder) / (name + " " + std::to_string(i) + end)).string();
  return path;
}

}  // namespace zoe::player
