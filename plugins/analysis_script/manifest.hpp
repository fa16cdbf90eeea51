// What a script is and how it is called, as its manifest says (docs/analysis-scripts.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/core/result.hpp"

namespace zoe::plugins::analysis_script {

struct Limits {
  std::int64_t seconds = 6 * 3600;
  std::int64_t memory_mib = 2048;  // of all its processes together
  std::int64_t output_mib = 512;
  std::int64_t file_mib = 1024;  // of each file that it writes
  std::int64_t processes = 64;   // and threads
  std::int64_t nice = 10;
  std::int64_t at_once = 1;
};

struct Manifest {
  std::string id;
  std::string name;
  std::string description;
  std::string version;
  std::string file;    // of the manifest
  std::string folder;  // it lies in
  std::vector<std::string> command;
  std::vector<std::string> needs;  // programs
  Limits limits;
  nlohmann::json parameters = nlohmann::json::array();  // as zoe_analyser_info says

  // The names of parameters that are files.
  std::vector<std::string> file_parameters() const;
};

// At most 64 KiB of TOML. kMalformed, whose words name the file, the line, and what would be right.
Result<Manifest> parse_manifest(std::string_view text, const std::string& file);
Result<Manifest> load_manifest(const std::string& file);

// What stands in a command's words for what is known when it is called.
struct Places {
  std::string media;
  std::string parameters;
  std::string work;
  std::string folder;
};

// The words with all of {media}, {parameters}, {work} and {folder} in them replaced; nothing in what they are replaced
// by is looked at again.
std::vector<std::string> fill_in(const std::vector<std::string>& command, const Places& places);

}  // namespace zoe::plugins::analysis_script
