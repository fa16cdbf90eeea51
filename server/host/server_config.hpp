// What the server was told: flags over the configuration file over defaults that work.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/core/log.hpp"
#include "engine/core/result.hpp"

namespace zoe::server {

struct ServerConfig {
  std::vector<std::string> folders;     // absolute; at least one of them can be read
  std::vector<std::string> root_names;  // what each is called
  std::string data_folder;              // absolute, as all paths here
  std::string plugins_folder;
  std::string name;  // for people: the machine's name
  LogConfig log;
  std::string ready_file;  // empty: none is written
  bool is_quarantine_released = false;

  std::string tls_certificate_file;  // both empty: the made certificate
  std::string tls_key_file;

  std::string database;  // as StoreConfig::location; empty: a file in the data folder

  std::size_t store_bytes = std::size_t{512} << 20;
  std::uint64_t store_disk_bytes = std::uint64_t{4} << 30;  // 0: nothing is kept
  std::size_t index_memory_bytes = std::size_t{64} << 20;
  std::uint64_t index_disk_bytes = std::uint64_t{1} << 30;

  bool is_announced = true;             // players on the same network are told of it
  std::uint16_t discovery_port = 7340;  // UDP, 0 lets the system choose

  std::size_t most_clients = 4096;
  std::size_t most_streams_per_client = 8;
  std::size_t api_workers = 2;
  std::size_t auth_workers = 2;
  std::size_t open_workers = 4;
  std::size_t segment_workers = 0;  // 0: as many as the machine has cores

  bool is_watching_plugins = true;
  std::chrono::milliseconds plugin_trial_deadline{20'000};
  std::chrono::milliseconds plugin_init_deadline{10'000};
  std::chrono::milliseconds plugin_drain_deadline{10'000};

  std::chrono::milliseconds rescan_every{30'000};
  std::size_t most_files = 1'000'000;
  bool is_watching_library = true;
  std::size_t prober_memory_bytes = std::size_t{2048} << 20;
  std::uint64_t artwork_disk_bytes = std::uint64_t{4} << 30;

  std::size_t analyses_at_once = 1;
  std::uint64_t analysis_result_bytes = std::uint64_t{512} << 20;  // of one job

  // Each plugin's own settings as the text of a JSON object, by the plugin's id.
  std::map<std::string, std::string> plugin_settings;
};

// What a command line comes to: a server to run, or a text to print (--help, --version) and be done.
struct CommandLine {
  bool is_to_serve = true;
  std::string text;
  ServerConfig config;
};

// kInvalidArgument names the flag, or the file, line and key, and says what would be right; kNotFound and others from
// reading the file that --config names.
Result<CommandLine> parse_command_line(int argc, const char* const* argv);

}  // namespace zoe::server
