#include "tests/swap/plugin_builds.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace zoe::test {

namespace fs = std::filesystem;

std::vector<std::string> plugin_files(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".so") names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

// The text stands by itself between two zero bytes. Other texts that happen to read the same change too, which hurts
// none.
std::string with_version(std::string library, std::string_view from, std::string_view to) {
  const std::string sought = '\0' + std::string(from) + '\0';
  bool is_found = false;
  for (auto at = library.find(sought); at != std::string::npos; at = library.find(sought, at + 1)) {
    library.replace(at + 1, to.size(), to);
    is_found = true;
  }
  if (!is_found) throw std::runtime_error("the library does not hold its version " + std::string(from));
  return library;
}

std::string another_version(std::string version) {
  version.back() = version.back() == '9' ? '8' : '9';
  return version;
}

void drop_in(const std::string& folder, const std::string& file_name, const std::string& bytes) {
  const fs::path arriving = fs::path(folder) / ("." + file_name + ".new");
  {
    std::ofstream out(arriving, std::ios::binary | std::ios::trunc);
    out << bytes;
    if (!out.flush()) throw std::runtime_error("cannot write " + arriving.string());
  }
  fs::permissions(arriving, fs::perms::owner_all | fs::perms::group_read | fs::perms::others_read);
  fs::rename(arriving, fs::path(folder) / file_name);
}

}  // namespace zoe::test
