// The whole life of a plugin, once through: what zoetrope-plugin-check runs in a process of its own.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "engine/core/log.hpp"
#include "engine/core/result.hpp"
#include "engine/plugin/host/generation.hpp"

namespace zoe::plugin {

struct TrialOptions {
  std::string folder;           // private; for the copy and the plugin's data
  std::string settings_json;    // empty: "{}"; unless `settings` is asked
  std::string certificate_pem;  // what a transport is handed; empty: the server has none
  std::string key_pem;
  LogLevel log_level = LogLevel::kInfo;
  std::chrono::milliseconds deadline{10'000};  // of each function of the plugin

  // Told before "load", "init", "self_test", "deinit" and "unload"; may be empty.
  std::function<void(std::string_view)> stage;

  // Asked, once the plugin has said its id, for its settings; may still set the certificate. May be empty.
  std::function<Result<std::string>(std::string_view id)> settings;
};

struct TrialReport {
  GenerationInfo info;
  UnloadReport unload;
};

// Load, init, self-test, deinit, unload, with every service of the host; the server that a transport finds takes no
// clients. An Error where any step fails, or timers, jobs or threads are left behind. No other thread of the process
// may start threads meanwhile. `options` must outlive what a hanging plugin does with it: the process.
Result<TrialReport> try_plugin(const std::string& path, const TrialOptions& options);

}  // namespace zoe::plugin
