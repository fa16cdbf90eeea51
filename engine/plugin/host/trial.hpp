// The whole life of a plugin, once through: what zoetrope-plugin-check runs in a process of its own.
#pragma once

#include <string>

#include "engine/core/log.hpp"
#include "engine/core/result.hpp"
#include "engine/plugin/host/generation.hpp"

namespace zoe::plugin {

struct TrialOptions {
  std::string folder;           // private; for the copy and the plugin's data
  std::string settings_json;    // empty: "{}"
  std::string certificate_pem;  // what a transport is handed; empty: the server has none
  std::string key_pem;
  LogLevel log_level = LogLevel::kInfo;
};

struct TrialReport {
  GenerationInfo info;
  UnloadReport unload;
};

// Load, init, self-test, deinit, unload, with every service of the host; the server that a transport finds takes no
// clients. An Error where any step fails, or timers or jobs are left behind.
Result<TrialReport> try_plugin(const std::string& path, const TrialOptions& options);

}  // namespace zoe::plugin
