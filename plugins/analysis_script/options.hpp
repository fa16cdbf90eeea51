// [plugins.analysis_script] of the server's configuration.
#pragma once

#include <string>
#include <vector>

#include "engine/plugin/sdk/settings.hpp"

namespace zoe::plugins::analysis_script {

struct Options {
  bool is_enabled = true;
  std::string folder;                // the scripts that come with the plugin; empty: none
  std::vector<std::string> scripts;  // further folders of scripts
  std::string files;                 // what parameters of the type "file" are names in; empty: there are none
  std::string work;                  // where each job gets a folder for its time; empty: the system's for such things
  std::string user;                  // as whom scripts run, where the server runs as root

  static Result<Options> read(const sdk::Settings& settings);
};

}  // namespace zoe::plugins::analysis_script
