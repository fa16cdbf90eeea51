#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include "tests/swap/process_sample.hpp"

namespace zoe::test {

namespace fs = std::filesystem;

ProcessSample sample_process(pid_t pid, const std::string& run_folder) {
  const fs::path proc = fs::path("/proc") / std::to_string(pid);
  ProcessSample sample;
  std::error_code error;
  for (auto at = fs::directory_iterator(proc / "fd", error); !error && at != fs::directory_iterator();
       at.increment(error))
    ++sample.descriptors;
  if (error) throw std::runtime_error("the server's descriptors cannot be read: " + error.message());
  std::string line;
  std::set<std::string> libraries;
  for (std::ifstream maps(proc / "maps"); std::getline(maps, line);) {
    ++sample.mappings;
    if (const auto at = line.find(run_folder); at != std::string::npos) libraries.insert(line.substr(at));
  }
  sample.plugin_names.assign(libraries.begin(), libraries.end());
  sample.plugin_libraries = static_cast<std::int64_t>(libraries.size());
  for (std::ifstream status(proc / "status"); std::getline(status, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name == "VmRSS:") words >> sample.resident_kib;
    if (name == "Threads:") words >> sample.threads;
  }
  return sample;
}

}  // namespace zoe::test
