// One loaded copy of a plugin, with its life, and the pins that keep it alive.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "engine/plugin/host/host_services.hpp"
#include "engine/plugin/host/interfaces.hpp"
#include "engine/plugin/host/main_call.hpp"
#include "engine/plugin/host/plugin_library.hpp"

namespace zoe::plugin {

// The states of abi/entry.h.
enum class GenerationState { kLoaded = 1, kInitialised, kActive, kDraining, kIdle, kGone };

std::string_view to_string(GenerationState state);

// The arrows of the picture in abi/entry.h.
bool is_allowed(GenerationState from, GenerationState to);

// What an unload found.
struct UnloadReport {
  bool is_resident = false;        // it could not be removed from memory
  std::string why;                 // it stays: for its author
  bool has_left_jobs = false;      // jobs still ran long after deinit, so it was left loaded
  std::size_t timers_left = 0;     // timers that deinit forgot; they were cancelled
  std::size_t processes_left = 0;  // processes that deinit forgot; they were killed
};

// Everything of it that may be shown to people.
struct GenerationInfo {
  std::string id;
  std::string name;
  std::string version;
  std::string kind;
  std::string path;  // the file it was loaded from
  std::uint64_t number = 0;
  GenerationState state = GenerationState::kLoaded;
  std::size_t pins = 0;
  std::int64_t buffers = 0;
  std::int64_t buffer_bytes = 0;
  std::int64_t jobs = 0;
  std::int64_t timers = 0;
  std::uint64_t memory_bytes = 0;  // of its code and data as mapped
  std::string stuck_in;            // the function that was given up because it does not return; empty: none
};

// load, self_test, publish, drain, disconnect and unload: the host's plugin thread, never two at once (checked in debug
// builds). What these call in the plugin runs on short-lived threads, with a deadline. Everything else: any thread.
// Whoever calls into the plugin holds a Pin.
class Generation : public std::enable_shared_from_this<Generation> {
 public:
  struct Options {
    std::uint64_t number = 1;    // counts up for each load
    std::function<void()> wake;  // a draining generation may have become idle; any thread, must only wake; may be empty
    std::chrono::milliseconds deadline{10'000};   // of each call of a [main] function
    std::function<void(std::string_view)> stage;  // [that thread] told before "load", "init", ...; may be empty
    bool is_alone = false;  // nobody else starts threads meanwhile: one more at the end than before is the plugin's
  };

  // Loads, initialises and checks that the interface of its kind is there. Nothing is left of a failure. kUnavailable
  // when it does not want to serve under this configuration ("not enabled"), kTimeout when it did not come back in time
  // (the library then stays in memory until it does); else as PluginLibrary::load, or what its init said.
  static Result<std::shared_ptr<Generation>> load(std::shared_ptr<const StagedFile> file, HostServices& services,
                                                  Options options);

  ~Generation();
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  const std::string& id() const { return info_.id; }
  const std::string& version() const { return info_.version; }
  const std::string& path() const { return info_.path; }
  const std::string& copy_path() const { return library_->file().path; }
  std::uint64_t number() const { return info_.number; }
  std::uint32_t kind() const { return kind_; }
  GenerationState state() const;
  std::size_t pins() const;
  GenerationInfo info() const;

  // Any interface of the initialised plugin by its id; null where it does not offer it. The caller holds a Pin.
  const void* interface(const char* id) const { return library_->entry().get_interface(plugin_, id); }

  HostContext& context() { return *context_; }

  void publish();

  // Tells the plugin that no new work will come. It becomes idle when its pins and jobs are gone.
  void drain();

  // The clients of a transport are told to go on elsewhere; nothing for the other kinds.
  void disconnect();

  // Open connections of a transport; 0 for the other kinds.
  std::uint32_t connections() const;

  // From now on its open connections do not keep it: deinit may close them.
  void give_up_connections() { are_connections_given_up_ = true; }

  // Draining (or never published), neither pinned nor busy nor stuck, without connections: time to unload.
  bool is_unloadable() const;

  // deinit, wait for its jobs, unload, verify. Only when is_unloadable().
  UnloadReport unload();

  // The self-test of a plugin that offers one. Before it is published.
  Status self_test();

 private:
  friend class Pin;

  struct Calling;

  Generation(std::unique_ptr<PluginLibrary> library, HostServices& services, Options options);

  static Result<std::shared_ptr<Generation>> load_here(std::shared_ptr<const StagedFile> file, HostServices& services,
                                                       Options options, std::size_t threads_before);
  Status init();
  bool call(const char* function, std::function<void()> body, std::function<void()> late = {});
  UnloadReport release_library();
  std::string why_it_must_stay();
  void advance(GenerationState to);
  void tell_stage(std::string_view stage) const;
  void wake() const;
  bool try_pin();
  void unpin();

  const std::unique_ptr<PluginLibrary> library_;
  HostServices& services_;
  const Options options_;
  std::atomic<bool> is_in_main_{false};
  std::atomic<bool> are_connections_given_up_{false};
  std::size_t threads_before_ = 0;
  GenerationInfo info_;  // the facts that never change
  std::uint32_t kind_ = 0;
  std::unique_ptr<HostContext> context_;
  std::shared_ptr<Usage> usage_ = std::make_shared<Usage>();
  zoe_plugin* plugin_ = nullptr;
  const void* table_ = nullptr;

  mutable Mutex mutex_;
  GenerationState state_ ZOE_GUARDED_BY(mutex_) = GenerationState::kLoaded;
  std::size_t pins_ ZOE_GUARDED_BY(mutex_) = 0;
  std::string running_in_ ZOE_GUARDED_BY(mutex_);    // the [main] function that runs now
  bool is_given_up_ ZOE_GUARDED_BY(mutex_) = false;  // and that is waited for no longer
};

// Keeps a generation from being unloaded: one is held by every codec session, connection, call and listing that runs in
// it. Copying pins once more. Any thread; release it only after the plugin's function has returned and what it gave was
// closed.
class Pin {
 public:
  Pin() = default;

  // Pins `generation`; empty when it is idle or gone already.
  explicit Pin(std::shared_ptr<Generation> generation);

  // Pins the generation that a host function was called by.
  static Pin of(const zoe_host* host);

  Pin(const Pin& other) : Pin(other.generation_) {}
  Pin(Pin&& other) noexcept : generation_(std::move(other.generation_)) { other.generation_.reset(); }
  Pin& operator=(Pin other) noexcept {
    std::swap(generation_, other.generation_);
    return *this;
  }
  ~Pin() { reset(); }

  void reset();

  explicit operator bool() const { return generation_ != nullptr; }
  const Generation& generation() const { return *generation_; }
  zoe_plugin* plugin() const { return generation_->plugin_; }

  // The interface of the plugin's kind (zoe_codec_v1, ...); null where the plugin is of another kind.
  template <typename Table>
  const Table* table() const {
    if (!generation_ || generation_->kind_ != InterfaceTraits<Table>::kKind) return nullptr;
    return static_cast<const Table*>(generation_->table_);
  }

 private:
  std::shared_ptr<Generation> generation_;
};

}  // namespace zoe::plugin
