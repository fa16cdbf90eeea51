// One private copy of a plugin's shared library in this process.
#pragma once

#include <memory>
#include <string>

#include "engine/core/result.hpp"
#include "engine/plugin/abi/entry.h"

namespace zoe::plugin {

// What became of a library that was to be unloaded.
enum class Unloaded {
  kGone,     // the process no longer maps it
  kResident  // something of it holds it in memory (docs/plugins.md says what can)
};

// Owns the loaded library and the file it was loaded from. Not thread-safe: the host's main thread. The destructor
// unloads.
class PluginLibrary {
 public:
  // Checks the file at `path`, copies it to `copy_path` (which must not exist) and loads the copy. The entry is
  // complete and of an ABI version that this host serves. kNotFound, kDenied, kMalformed, kUnsupported (another major
  // version), each naming the file and the reason; on failure nothing is left loaded and no copy.
  static Result<std::unique_ptr<PluginLibrary>> load(const std::string& path, const std::string& copy_path);

  ~PluginLibrary();
  PluginLibrary(const PluginLibrary&) = delete;
  PluginLibrary& operator=(const PluginLibrary&) = delete;

  const zoe_plugin_entry_v1& entry() const { return *entry_; }
  const std::string& path() const { return path_; }

  // Unloads, looks whether it is gone, deletes the copy. `entry` must not be used any more.
  Unloaded unload();

  // Leaves it mapped for ever: when a job of the plugin still runs, unloading would crash the program.
  void abandon();

 private:
  PluginLibrary(std::string path, std::string copy_path, void* handle);

  const std::string path_;
  const std::string copy_path_;
  void* handle_;
  const zoe_plugin_entry_v1* entry_ = nullptr;
};

// Fails where an entry does not follow abi/entry.h; `path` is for the words.
Status check_entry(const zoe_plugin_entry_v1& entry, const std::string& path);

}  // namespace zoe::plugin
