// The plugins of the program: which generation of each serves now, and which are on their way out.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/log.hpp"
#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "engine/plugin/host/generation.hpp"

namespace zoe::plugin {

// What a folder of plugins gave.
struct FolderReport {
  struct Skipped {
    std::string path;
    std::string reason;  // "not enabled"
  };
  struct Failed {
    std::string path;
    Error error;
  };
  std::vector<std::string> loaded;  // ids, in the order of the files' names
  std::vector<Skipped> skipped;
  std::vector<Failed> failed;
};

// A generation that was ended.
struct EndedGeneration {
  GenerationInfo info;  // as it was just before
  std::string copy_path;
  UnloadReport report;
};

// The functions marked [main] are called by one thread at a time, the host's plugin thread; the others by any.
//
// A hot swap is: stage, prepare, (self_test,) publish; the old generation drains, and `collect` unloads it when its
// last pin has gone. The Manager does it with everything that may go wrong. One lock guards the lists; no function of a
// plugin is called under it.
class Registry {
 public:
  struct Options {
    std::string run_folder;      // private copies of the libraries; made, and emptied of what a crash left
    std::function<void()> wake;  // [any] `collect` has work now: wake the plugin thread; may be empty
    std::chrono::milliseconds init_deadline{10'000};  // of each call of a plugin's [main] function
  };

  // [main] Fails where the folder cannot be made private. `services` must outlive the registry and every pin.
  static Result<std::unique_ptr<Registry>> create(HostServices& services, Options options);

  // [main] Stops, without patience.
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // [main] Checks the file and makes a private copy of it. See open_plugin_file and copy_plugin_file for the errors.
  // `source` is what the words call it; empty: `path`.
  Result<std::shared_ptr<const StagedFile>> stage(const std::string& path, const std::string& source = {});

  // [main] Loads and initialises it without publishing it. See Generation::load for the errors.
  Result<std::shared_ptr<Generation>> prepare(std::shared_ptr<const StagedFile> file);
  Result<std::shared_ptr<Generation>> prepare(const std::string& path);

  // The number that the next generation gets.
  std::uint64_t next_number() const { return next_number_; }

  // [main] Hands new work to `generation` from now on; the one of the same id that served before drains.
  void publish(const std::shared_ptr<Generation>& generation);

  // [main] Unloads a prepared generation that is not to be published; later where a function of it hangs.
  EndedGeneration discard(const std::shared_ptr<Generation>& generation);

  // [main] prepare and publish.
  Result<std::shared_ptr<Generation>> load(const std::string& path);

  // [main] Loads each "*.so" of the folder. A file that fails does not keep the others from serving; a second file with
  // an id that is served already fails with kConflict. The Result fails only where the folder cannot be read.
  Result<FolderReport> load_folder(const std::string& folder);

  // [main] Takes a plugin out of service. kNotFound.
  Status retire(std::string_view id);

  // [main] Unloads what became idle, and logs it. Call it when `wake` was called. A transport with open connections
  // (which need not be clients yet) is left for later: see Generation::give_up_connections.
  std::vector<EndedGeneration> collect();

  // [main] The generations on their way out.
  std::vector<std::shared_ptr<Generation>> leaving() const;

  // [main] Retires everything and waits for the pins; false when some were still held at the end of the time: those
  // libraries stay loaded, and the log names them.
  bool stop(std::int64_t timeout_ns);

  // [any] The serving generation of an id, pinned; empty where there is none.
  Pin find(std::string_view id) const;

  // [any] All serving generations of a kind (ZOE_PLUGIN_...), pinned, in the order of their ids.
  std::vector<Pin> active(std::uint32_t kind) const;

  // [any] Every generation in memory, for the operator: by id, then by number.
  std::vector<GenerationInfo> snapshot() const;

 private:
  struct Signal;
  using Generations = std::vector<std::shared_ptr<Generation>>;

  Registry(HostServices& services, Options options);

  void start_leaving(const std::shared_ptr<Generation>& generation);
  EndedGeneration end(const std::shared_ptr<Generation>& generation);

  HostServices& services_;
  Log& log_;
  const Options options_;
  const std::shared_ptr<Signal> signal_;
  std::uint64_t next_number_ = 1;  // [main]
  std::uint64_t next_copy_ = 1;    // [main]

  mutable Mutex mutex_;
  Generations active_ ZOE_GUARDED_BY(mutex_);  // by id
  Generations leaving_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::plugin
