// The plugins of a running program: loaded from a folder, swapped while they serve, rolled back, switched off and on.
//
// One thread ("plugins") carries out one command after the other: a wish during a swap waits its turn, and several
// waiting wishes for one file become one. The life of one swap, in which every failure leaves the old generation
// serving:
//
//   open and check -> private copy -> trial of the copy in a child process -> load -> init -> self-test -> admit
//   -> publish -> the old generation drains -> no pins: deinit, unload, look whether it is gone
//
// docs/plugins.md describes it for operators and authors.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/plugin/host/generation.hpp"
#include "engine/plugin/host/registry.hpp"

namespace zoe::plugin {

enum class PluginAction { kLoad = 1, kSwap, kRollBack, kEnable, kDisable, kDrain, kUnload, kFileRemoved };

// "load", "swap", "roll_back", "enable", "disable", "drain", "unload", "file_removed".
std::string_view to_string(PluginAction action);

// Something happened to a plugin.
struct PluginEvent {
  std::string id;  // the stem of the file's name where the file never told its id
  PluginAction action = PluginAction::kLoad;
  bool is_ok = false;
  std::string message;
};

// What a command led to.
struct SwapReport {
  std::string id;
  std::uint64_t generation = 0;  // that serves now; 0 where none does
  std::string version;           // of it; empty where none serves
  std::string message;           // a sentence for the operator
  std::chrono::milliseconds took{0};
};

struct GenerationStatus {
  GenerationInfo info;
  std::uint64_t memory_bytes = 0;  // its code and data as mapped; what it allocates is not known
  std::int64_t loaded_utc_ns = 0;
};

// The operator's view of one plugin.
struct PluginStatus {
  struct Previous {
    std::uint64_t generation = 0;
    std::string version;
  };
  struct Resident {
    std::uint64_t generation = 0;
    std::string why;
  };
  struct Last {
    PluginAction action = PluginAction::kLoad;
    std::int64_t utc_ns = 0;
    bool is_ok = false;
    std::string message;
    std::chrono::milliseconds took{0};
  };
  std::string id;  // of a file that never loaded: the stem of its name
  std::string name;
  std::string version;  // of what serves, else of what served last; empty where nothing ever did
  std::string kind;     // empty where nothing ever loaded
  std::string file;     // the path in the plugin folder
  bool is_enabled = true;
  bool is_file_there = true;
  std::vector<GenerationStatus> generations;  // in memory and not given up, by number
  std::optional<Previous> previous;           // what `rollback` would take
  std::vector<Resident> residents;            // ended, but still in memory
  std::optional<Last> last;
};

struct ManagerOptions {
  std::string folder;           // the plugin folder: only the server's user (or root) may be able to write there
  std::string run_folder;       // private copies; made, and emptied of what a crash left
  std::string state_file;       // what is disabled and which files have passed their trial; empty: not kept
  std::string checker;          // path of zoetrope-plugin-check; empty: no trial in a child (tests of other rooms)
  std::string certificate_pem;  // handed to the trial of a transport; empty: it gets none
  std::string key_pem;
  std::chrono::milliseconds trial_deadline{20'000};
  std::chrono::milliseconds init_deadline{10'000};   // each call of a [main] function
  std::chrono::milliseconds drain_deadline{10'000};  // then a transport is told to disconnect its clients
  bool is_watching = true;

  // [plugin thread] The last step before `publish`; a failure refuses the generation. May be empty. The pin is for the
  // length of the call.
  std::function<Status(const Pin& pin)> admit;

  // [plugin thread] Must return quickly; may call what is marked [any], but not wait for a future. May be empty.
  std::function<void(const PluginEvent& event)> changed;
};

// Functions without a tag: any thread; those that return a future queue a command, carried out on the plugin thread.
// A future ends with kCancelled where `stop` came first.
class Manager {
 public:
  // `services` must outlive the manager and every pin. Fails where the run folder or the state file cannot be used.
  static Result<std::unique_ptr<Manager>> create(HostServices& services, ManagerOptions options);

  // Stops, without patience.
  ~Manager();
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  // [owner] Once: starts the thread, loads each "*.so" of the folder, then watches it. Returns when all are loaded. A
  // file that fails does not keep the others from serving. Fails only where the folder cannot be read.
  Result<FolderReport> start();

  // [owner] Retires everything and waits for the pins; false when some were still held at the end of the time (see
  // Registry::stop). Ends the thread.
  bool stop(std::chrono::nanoseconds timeout);

  // Takes up the file of a plugin: `what` is an id, or the path (or the name) of a file in the folder. Also where the
  // same bytes serve already. kNotFound, kConflict (another file or another kind has that id, it is disabled), or what
  // is wrong with the file.
  std::future<Result<SwapReport>> swap(std::string what);

  // Back to the bytes that served before. kNotFound where none are kept.
  std::future<Result<SwapReport>> rollback(std::string id);

  // Kept over restarts. Disabling takes the plugin out of service; enabling loads its file. Doing it again is no
  // failure.
  std::future<Result<SwapReport>> enable(std::string id);
  std::future<Result<SwapReport>> disable(std::string id);

  // Does now what the drain deadline would do to the leaving generations of `id`: transports tell their clients to go
  // on elsewhere. kNotFound where none is leaving.
  std::future<Result<SwapReport>> drain(std::string id);

  // Every plugin that serves, served, or lies in the folder: by id.
  std::vector<PluginStatus> snapshot() const;

  // As in Registry.
  Pin find(std::string_view id) const { return registry_->find(id); }
  std::vector<Pin> active(std::uint32_t kind) const { return registry_->active(kind); }

  // For those who only look plugins up: `find`, `active` and `snapshot` of it may be called.
  const Registry& registry() const { return *registry_; }

 private:
  class Worker;

  explicit Manager(std::unique_ptr<Registry> registry);

  std::unique_ptr<Registry> registry_;
  std::unique_ptr<Worker> worker_;
};

}  // namespace zoe::plugin
