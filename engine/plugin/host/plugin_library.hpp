// One private copy of a plugin's shared library in this process.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/plugin/abi/entry.h"
#include "engine/plugin/host/plugin_file.hpp"

namespace zoe::plugin {

// What became of a library that was to be unloaded.
enum class Unloaded {
  kGone,     // the process no longer maps it
  kResident  // something of it holds it in memory (docs/plugins.md says what can)
};

// Owns the loaded library and its bytes. Not thread-safe. The destructor unloads.
class PluginLibrary {
 public:
  // Loads the bytes. The entry is complete and of an ABI version that this host serves. kMalformed, kUnsupported
  // (another major version), each naming the source file and the reason; on failure nothing is left loaded.
  static Result<std::unique_ptr<PluginLibrary>> load(std::shared_ptr<const StagedFile> file);

  ~PluginLibrary();
  PluginLibrary(const PluginLibrary&) = delete;
  PluginLibrary& operator=(const PluginLibrary&) = delete;

  const zoe_plugin_entry_v1& entry() const { return *entry_; }
  const std::string& path() const { return file_->source; }
  const StagedFile& file() const { return *file_; }

  // What its code and data occupy.
  std::uint64_t mapped_bytes() const { return mapped_bytes_; }

  // The names of threads of this process that began in its code; empty where none is found.
  std::vector<std::string> threads() const;

  // Unloads, looks whether it is gone, lets go of the bytes. `entry` must not be used any more.
  Unloaded unload();

  // Leaves it mapped for ever: when a job or a thread of the plugin still runs, unloading would crash the program.
  void abandon();

 private:
  PluginLibrary(std::shared_ptr<const StagedFile> file, void* handle);

  std::shared_ptr<const StagedFile> file_;
  void* handle_;
  const zoe_plugin_entry_v1* entry_ = nullptr;
  std::uint64_t mapped_bytes_ = 0;
};

// True while this process maps the file of that path: asked of the loader, and of the kernel.
bool is_mapped(const std::string& path);

// Fails where an entry does not follow abi/entry.h; `path` is for the words.
Status check_entry(const zoe_plugin_entry_v1& entry, const std::string& path);

}  // namespace zoe::plugin
