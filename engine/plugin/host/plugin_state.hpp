// What the plugin manager remembers over restarts: which plugins the operator disabled, which files behaved in a trial.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/log.hpp"
#include "engine/core/result.hpp"

namespace zoe::plugin {

// One thread.
class PluginState {
 public:
  // A file that passed its trial with these settings.
  struct Passed {
    std::string hash;      // of the file
    std::string id;        // that it told
    std::string settings;  // fingerprint of its settings and of the checker
  };

  // An empty path keeps nothing. A damaged file is reported and replaced at the next change.
  static PluginState load(std::string path, Log& log);

  bool is_disabled(std::string_view id) const { return disabled_.contains(std::string(id)); }
  Status set_disabled(const std::string& id, bool is_disabled);

  const Passed* find_passed(std::string_view hash) const;
  Status add_passed(Passed passed);

 private:
  Status save() const;

  std::string path_;
  std::set<std::string> disabled_;
  std::vector<Passed> passed_;  // the newest last
};

}  // namespace zoe::plugin
