#include "tests/support/paths.hpp"

#include <cstdlib>
#include <filesystem>

namespace zoe::test {
namespace {

std::filesystem::path build_path() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path();
}

std::string in_build(std::string_view folder, std::string name) { return build_path() / folder / std::move(name); }

}  // namespace

std::string repository_folder() { return build_path().parent_path().parent_path(); }

std::string build_folder() { return build_path(); }

std::string program(std::string_view name) { return in_build("bin", std::string(name)); }

std::string plugin_file(std::string_view name) { return in_build("plugins", std::string(name) + ".so"); }

std::string test_plugin_file(std::string_view name) { return in_build("test_plugins", std::string(name) + ".so"); }

std::optional<std::string> real_clips_folder() {
  const char* folder = std::getenv("ZOE_CLIPS");
  if (folder == nullptr || !std::filesystem::is_directory(folder)) {
    return std::nullopt;
  }
  return folder;
}

}  // namespace zoe::test
