#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "plugins/analysis_script/work_folder.hpp"

namespace zoe::plugins::analysis_script {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "zoetrope-script-";

std::string parent_or_default(const std::string& parent) {
  std::error_code error;
  return parent.empty() ? fs::temp_directory_path(error).string() : parent;
}

void remove(const std::string& path) {
  std::error_code ignored;
  fs::remove_all(path, ignored);  // follows no links
}

}  // namespace

Result<WorkFolder> WorkFolder::make(const std::string& parent) {
  std::string path = parent_or_default(parent) + "/" + std::string(kPrefix) + std::to_string(::getpid()) + "-XXXXXX";
  if (!::mkdtemp(path.data())) return fail(errno_error("make a folder for a script like " + path, errno));
  return WorkFolder(std::move(path));
}

WorkFolder::~WorkFolder() {
  if (!path_.empty()) remove(path_);
}

void WorkFolder::sweep(const std::string& parent) {
  std::error_code error;
  for (fs::directory_iterator entry(parent_or_default(parent), error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    int pid = 0;
    const auto [rest, failed] = std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), pid);
    if (failed != std::errc() || *rest != '-' || pid <= 0) continue;
    if (::kill(pid, 0) != 0 && errno == ESRCH) remove(entry->path().string());
  }
}

}  // namespace zoe::plugins::analysis_script
