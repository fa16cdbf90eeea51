// The steps behind the manager's commands, and what the operator is told of each plugin.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/threads.hpp"
#include "engine/plugin/host/manager.hpp"
#include "engine/plugin/host/plugin_state.hpp"

namespace zoe::plugin {

// [plugin thread], but for `snapshot`.
class Swapper {
 public:
  using Steady = std::chrono::steady_clock;

  // `stop_fd` becomes readable when a trial is to be given up.
  Swapper(HostServices& services, const ManagerOptions& options, Registry& registry, int stop_fd);

  Result<FolderReport> load_folder();

  // A file came, or is to be looked at again although it came before.
  void file_arrived(const std::string& name);
  // Its permissions changed: looked at again where they were what was wrong.
  void file_changed(const std::string& name);
  void file_gone(const std::string& name);
  // Compares the whole folder with what is known.
  void look_through_folder();

  Result<SwapReport> swap(const std::string& what);
  Result<SwapReport> roll_back(const std::string& id);
  Result<SwapReport> enable(const std::string& id);
  Result<SwapReport> disable(const std::string& id);
  Result<SwapReport> drain(const std::string& id);

  // Unloads what is idle, acts on drain deadlines; returns when it wants to be called again at the latest.
  std::chrono::milliseconds tend();

  // [any]
  std::vector<PluginStatus> snapshot() const;

 private:
  struct Record {
    PluginStatus facts;  // its generations are the registry's
    std::shared_ptr<const StagedFile> current;
    std::shared_ptr<const StagedFile> previous;
    std::map<std::uint64_t, std::int64_t> loaded_utc_ns;
    std::map<std::uint64_t, std::string> resident_paths;
    bool was_denied = false;  // the last failure was one of owner or permissions
  };
  struct Leaving {
    Steady::time_point due;
    int warnings = 0;
  };
  enum class Trial { kAlways, kUnlessPassed };

  Result<SwapReport> take_up(const std::shared_ptr<const StagedFile>& file, Trial trial);
  Result<std::shared_ptr<Generation>> make_ready(const std::shared_ptr<const StagedFile>& file, Trial trial);
  Result<SwapReport> finish(PluginAction action, const std::string& path, Steady::time_point began,
                            Result<SwapReport> result);
  Status pass_trial(const StagedFile& file, Trial trial);
  Status check_identity(const std::string& id, std::string_view kind, const std::string& path);
  std::string fingerprint(std::string_view id) const;
  SwapReport publish(const std::shared_ptr<Generation>& generation, const std::shared_ptr<const StagedFile>& file);
  void note(const std::string& id, PluginAction action, bool is_ok, const std::string& message,
            std::chrono::milliseconds took, const std::string& file = {});
  void note_resident(const std::string& id, std::uint64_t number, const std::string& path, const std::string& why);
  void note_ended(const EndedGeneration& ended);
  void look_at_residents();
  std::string path_of(const std::string& name) const;
  std::string id_of_file(const std::string& path) const;
  std::string file_of(const std::string& id) const;

  HostServices& services_;
  Log& log_;
  const ManagerOptions& options_;
  Registry& registry_;
  const int stop_fd_;
  PluginState state_;
  std::map<std::uint64_t, Leaving> leaving_;

  mutable Mutex mutex_;
  std::map<std::string, Record> records_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::plugin
