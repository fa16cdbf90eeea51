#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "plugins/analysis_script/script_folders.hpp"

namespace zoe::plugins::analysis_script {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostEntries = 1024;  // of a folder
constexpr std::size_t kMostScripts = 256;

// Nothing where it may be trusted.
std::string why_not_trusted(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return path + " cannot be looked at";
  if (facts.st_uid != 0 && facts.st_uid != ::geteuid())
    return fmt::format("{} belongs to user {}: it must belong to the server's user or to root", path, facts.st_uid);
  if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return path + " can be written by others than its owner: chmod go-w, since what it names is run";
  return {};
}

std::vector<std::string> entries_of(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    paths.push_back(entry->path().string());
    if (paths.size() == kMostEntries) break;
  }
  std::ranges::sort(paths);
  return paths;
}

std::vector<std::string> manifests_in(const std::string& folder) {
  std::vector<std::string> found;
  for (const std::string& path : entries_of(folder)) {
    std::error_code error;
    if (path.ends_with(".toml")) found.push_back(path);
    if (!fs::is_directory(path, error)) continue;
    for (const std::string& below : entries_of(path))
      if (below.ends_with(".toml")) found.push_back(below);
  }
  return found;
}

Result<Manifest> load_trusted(const std::string& file) {
  for (const std::string& path : {file, file.substr(0, file.find_last_of('/'))})
    if (const std::string why = why_not_trusted(path); !why.empty()) return fail(Errc::kDenied, why);
  return load_manifest(file);
}

bool is_program(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

FoundScripts find_scripts(const std::vector<std::string>& folders) {
  FoundScripts found;
  for (const std::string& folder : folders) {
    for (const std::string& file : manifests_in(folder)) {
      auto manifest = load_trusted(file);
      if (!manifest) {
        found.problems.push_back(manifest.error().message);
        continue;
      }
      const auto same = std::ranges::find(found.scripts, manifest->id, &Manifest::id);
      if (same != found.scripts.end()) {
        found.problems.push_back(fmt::format("{}: \"{}\" is the id of {} already", file, manifest->id, same->file));
      } else if (found.scripts.size() == kMostScripts) {
        found.problems.push_back(fmt::format("{}: there are {} scripts already", file, kMostScripts));
        return found;
      } else {
        found.scripts.push_back(std::move(*manifest));
      }
    }
  }
  return found;
}

std::string search_path() {
  const char* path = std::getenv("PATH");
  return path && *path ? path : "/usr/local/bin:/usr/bin:/bin";
}

std::string find_program(const std::string& name, const std::string& folder) {
  if (name.find('/') != std::string::npos) {
    const std::string path = name.starts_with('/') ? name : folder + "/" + name;
    return is_program(path) ? path : std::string();
  }
  const std::string all = search_path();
  for (std::size_t at = 0; at <= all.size();) {
    const auto end = std::min(all.find(':', at), all.size());
    const std::string path = all.substr(at, end - at) + "/" + name;
    if (path.starts_with('/') && is_program(path)) return path;
    at = end + 1;
  }
  return {};
}

std::string why_unavailable(const Manifest& manifest) {
  for (const std::string& program : manifest.needs)
    if (find_program(program, manifest.folder).empty())
      return fmt::format("it needs {}, which is not installed on the server", program);
  const std::string program = fill_in({manifest.command[0]}, {.folder = manifest.folder}).front();
  if (find_program(program, manifest.folder).empty())
    return fmt::format("its program, {}, is not there or cannot be run", program);
  return {};
}

}  // namespace zoe::plugins::analysis_script
